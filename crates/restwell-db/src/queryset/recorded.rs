//! Updates, and what is told of them.

use std::collections::HashMap;

use diesel::deserialize;
use restwell_core::{Key, Result};

use super::load_rows;
use super::refusal::refused_write;
use crate::connection::MultiRow;
use crate::model::ColumnSet;
use crate::statement::{Each, Lock, Returning, Select, Update};
use crate::{Context, ModelMeta, Occasion, Operation, PendingRow, RowReader, Value, WrittenRow};

/// Reads a row that was written.
pub(super) type Read<'a, T> = &'a mut dyn FnMut(&MultiRow<'_, '_>) -> deserialize::Result<T>;

/// A row that was written, as it was and as it is.
struct Written<T> {
    row: T,
    old: Option<Vec<Value>>,
    new: Vec<Value>,
}

/// Runs `update` and returns how many rows there were.
pub(crate) fn update(cx: &mut Context, update: Update, operation: Operation) -> Result<usize> {
    cx.rows().forget_table(update.meta.table);
    if cx.is_observed(update.meta)? {
        return Ok(observed(cx, update, operation, &mut |_| Ok(()))?.len());
    }
    announced(cx, update, operation, execute)
}

fn execute(cx: &mut Context, update: Update) -> Result<usize> {
    let (meta, references) = (update.meta, update.references());
    let sql = update.render(cx.dialect()?, Returning::Nothing);
    let updated = sql.execute(cx.session()?);
    updated.map_err(|error| refused_write(cx, meta, references, error))
}

/// Runs `update` and returns the rows as they are now.
pub(super) fn update_returning<T>(
    cx: &mut Context,
    update: Update,
    read: Read<'_, T>,
) -> Result<Vec<T>> {
    if cx.is_observed(update.meta)? {
        return observed(cx, update, Operation::Update, read);
    }
    announced(cx, update, Operation::Update, |cx, update| {
        written(cx, update, Returning::New, read)
    })
}

/// Tells of the rows that `update` is about to change, and changes them.
fn announced<T>(
    cx: &mut Context,
    update: Update,
    operation: Operation,
    work: impl FnOnce(&mut Context, Update) -> Result<T>,
) -> Result<T> {
    let meta = update.meta;
    if !cx.is_heard(meta, Occasion::Before)? {
        return work(cx, update);
    }
    cx.in_transaction_of(|cx| {
        let mut select = Select::new(meta, update.filter.clone());
        select.lock = Some(Lock::Wait);
        let set: Vec<_> = update.values().collect();
        let mut each = update.each.as_ref().map(Each::by_key).unwrap_or_default();
        let pending = |old: Vec<Value>| {
            let key = old.get(meta.primary_key).and_then(Value::to_key);
            let own = key.and_then(|key| each.remove(&key)).unwrap_or_default();
            PendingRow {
                old: Some(old),
                set: own.into_iter().chain(set.iter().cloned()).collect(),
            }
        };
        let rows: Vec<_> = read_values(cx, &select)?.into_iter().map(pending).collect();
        cx.announce(meta, operation, &rows)?;
        work(cx, update)
    })
}

fn observed<T>(
    cx: &mut Context,
    update: Update,
    operation: Operation,
    read: Read<'_, T>,
) -> Result<Vec<T>> {
    let meta = update.meta;
    cx.in_transaction_of(|cx| {
        let written = announced(cx, update, operation, |cx, update| {
            if cx.dialect()?.is_postgres() {
                with_old_values(cx, update, read)
            } else {
                after_reading(cx, update, read)
            }
        })?;
        let (rows, changes) = written
            .into_iter()
            .map(|Written { row, old, new }| {
                (
                    row,
                    WrittenRow {
                        old,
                        new: Some(new),
                    },
                )
            })
            .unzip();
        cx.note_written(meta, operation, changes)?;
        Ok(rows)
    })
}

/// In one statement, which locks the rows before it changes them.
fn with_old_values<T>(
    cx: &mut Context,
    update: Update,
    read: Read<'_, T>,
) -> Result<Vec<Written<T>>> {
    let meta = update.meta;
    written(cx, update, Returning::NewAndOld, &mut |row| {
        Ok(Written {
            row: read(row)?,
            new: RowReader::new(row, ColumnSet::ALL).values(meta)?,
            old: Some(RowReader::behind(row, ColumnSet::ALL, meta.columns.len()).values(meta)?),
        })
    })
}

/// In two statements, for SQLite: its `RETURNING` does not know what a row was, and the
/// transaction has the database to itself.
fn after_reading<T>(
    cx: &mut Context,
    update: Update,
    read: Read<'_, T>,
) -> Result<Vec<Written<T>>> {
    let meta = update.meta;
    let select = Select::new(meta, update.filter.clone());
    let mut rows: HashMap<Key, Vec<Value>> = read_values(cx, &select)?
        .into_iter()
        .filter_map(|values| Some((values.get(meta.primary_key)?.to_key()?, values)))
        .collect();
    written(cx, update, Returning::New, &mut |row| {
        let new = RowReader::new(row, ColumnSet::ALL).values(meta)?;
        let key = new.get(meta.primary_key).and_then(Value::to_key);
        let old = key.and_then(|key| rows.remove(&key));
        Ok(Written {
            row: read(row)?,
            old,
            new,
        })
    })
}

fn written<T>(
    cx: &mut Context,
    update: Update,
    returning: Returning,
    read: Read<'_, T>,
) -> Result<Vec<T>> {
    let (meta, references) = (update.meta, update.references());
    let sql = update.render(cx.dialect()?, returning);
    let written = sql.load(cx.session()?, read);
    written.map_err(|error| refused_write(cx, meta, references, error))
}

/// The rows of a statement without the type of their model.
pub(crate) fn read_values(cx: &mut Context, select: &Select) -> Result<Vec<Vec<Value>>> {
    let meta: &'static ModelMeta = select.meta;
    let sql = select.render(cx.dialect()?);
    load_rows(cx, sql, &mut |row| {
        RowReader::new(row, ColumnSet::ALL).values(meta)
    })
}
