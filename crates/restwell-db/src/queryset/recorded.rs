//! Updates, and what audited models record of them.

use std::collections::HashMap;

use diesel::deserialize;
use restwell_core::{Key, Result};

use super::load_rows;
use super::refusal::refused_write;
use crate::connection::MultiRow;
use crate::model::ColumnSet;
use crate::record::RowChange;
use crate::statement::{Returning, Select, Update};
use crate::{Context, ModelMeta, Operation, RowReader, Value};

/// Reads a row that was written.
pub(super) type Read<'a, T> = &'a mut dyn FnMut(&MultiRow<'_, '_>) -> deserialize::Result<T>;

/// A row that was written, as it was and as it is.
struct Written<T> {
    row: T,
    old: Vec<Value>,
    new: Vec<Value>,
}

/// Runs `update` and returns how many rows there were.
pub(crate) fn update(cx: &mut Context, update: Update, operation: Operation) -> Result<usize> {
    cx.rows().forget_table(update.meta.table);
    if update.meta.audited {
        return Ok(recorded(cx, update, operation, &mut |_| Ok(()))?.len());
    }
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
    if update.meta.audited {
        return recorded(cx, update, Operation::Update, read);
    }
    written(cx, update, Returning::New, read)
}

fn recorded<T>(
    cx: &mut Context,
    update: Update,
    operation: Operation,
    read: Read<'_, T>,
) -> Result<Vec<T>> {
    let meta = update.meta;
    cx.in_transaction_of(|cx| {
        let written = if cx.dialect()?.is_postgres() {
            with_old_values(cx, update, read)?
        } else {
            after_reading(cx, update, read)?
        };
        let mut rows = Vec::with_capacity(written.len());
        let mut changes = Vec::with_capacity(written.len());
        for Written { row, old, new } in written {
            rows.push(row);
            changes.extend(RowChange::between(meta, operation, old, new));
        }
        cx.note_changes(changes)?;
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
            old: RowReader::behind(row, ColumnSet::ALL, meta.columns.len()).values(meta)?,
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
        let old = key.and_then(|key| rows.remove(&key)).unwrap_or_default();
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
