use std::collections::HashSet;

use restwell_core::Result;

use super::{Reached, Seen, by_keys, keys_of, locked, referrers};
use crate::model::{ColumnSet, OnDelete};
use crate::predicate::Predicate;
use crate::queryset::{refused_deletion, stamped_update, update};
use crate::statement::{Delete, Update};
use crate::{Context, ModelMeta, Occasion, Operation, PendingRow, RowReader, Value, WrittenRow};

/// Removes the rows under `filter` and returns how many there were.
///
/// What the database does to the rows of observed models that refer to them is told too.
pub(crate) fn purge(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<usize> {
    // It may spread to rows of other tables.
    cx.rows().clear();
    if !reaches_observed(cx, meta)? {
        return remove(cx, meta, filter);
    }
    cx.atomic(|cx| {
        let rows = locked(cx, meta, filter)?;
        if rows.is_empty() {
            return Ok(0);
        }
        let keys = keys_of(meta, &rows);
        cx.telling_together(|cx| {
            let spread = spread(cx, meta, rows)?;
            let count = remove(cx, meta, by_keys(meta, &keys))?;
            for Removed { meta, rows } in spread {
                note_removed(cx, meta, rows)?;
            }
            Ok(count)
        })
    })
}

/// Whether somebody must know of rows of the model that are removed or let go of.
fn is_observed(cx: &mut Context, meta: &'static ModelMeta) -> Result<bool> {
    Ok(cx.is_observed(meta)? || cx.is_heard(meta, Occasion::Before)?)
}

/// Whether removing rows of `meta` removes or changes rows of other observed models.
fn reaches_observed(cx: &mut Context, meta: &'static ModelMeta) -> Result<bool> {
    let mut seen = HashSet::new();
    let mut waiting = vec![meta];
    while let Some(meta) = waiting.pop() {
        for referrer in referrers(meta) {
            let target = referrer.target;
            if referrer.on_delete == OnDelete::Protect {
                continue;
            }
            if is_observed(cx, target)? {
                return Ok(true);
            }
            if referrer.on_delete == OnDelete::Cascade && seen.insert(target.table) {
                waiting.push(target);
            }
        }
    }
    Ok(false)
}

/// Rows of a model that go with others.
struct Removed {
    meta: &'static ModelMeta,
    rows: Vec<Vec<Value>>,
}

/// The rows that will be removed with `rows`, of models that are observed. Those that outlive them
/// are let go of.
fn spread(
    cx: &mut Context,
    meta: &'static ModelMeta,
    rows: Vec<Vec<Value>>,
) -> Result<Vec<Removed>> {
    let mut removed = Vec::new();
    let mut seen = Seen::default();
    let keys = keys_of(meta, &seen.fresh(meta, rows));
    let mut waiting = vec![Reached { meta, keys }];
    while let Some(Reached { meta, keys }) = waiting.pop() {
        for referrer in referrers(meta) {
            let target = referrer.target;
            match referrer.on_delete {
                OnDelete::Cascade if is_observed(cx, target)? || reaches_observed(cx, target)? => {
                    let rows = locked(cx, target, referrer.among(&keys))?;
                    let rows = seen.fresh(target, rows);
                    let keys = keys_of(target, &rows);
                    announce(cx, target, &rows)?;
                    removed.push(Removed { meta: target, rows });
                    if !keys.is_empty() {
                        waiting.push(Reached { meta: target, keys });
                    }
                }
                OnDelete::SetNull if is_observed(cx, target)? => {
                    let released = Update::of_all(
                        target,
                        stamped_update(target, vec![(referrer.column, Value::Null)], cx),
                        referrer.among(&keys),
                    );
                    update(cx, released, Operation::Update)?;
                }
                _ => {}
            }
        }
    }
    Ok(removed)
}

fn announce(cx: &mut Context, meta: &'static ModelMeta, rows: &[Vec<Value>]) -> Result<()> {
    if !cx.is_heard(meta, Occasion::Before)? {
        return Ok(());
    }
    let pending = |old: &Vec<Value>| PendingRow {
        old: Some(old.clone()),
        set: Vec::new(),
    };
    let rows: Vec<_> = rows.iter().map(pending).collect();
    cx.announce(meta, Operation::Purge, &rows)
}

fn note_removed(cx: &mut Context, meta: &'static ModelMeta, rows: Vec<Vec<Value>>) -> Result<()> {
    let removed = |old| WrittenRow {
        old: Some(old),
        new: None,
    };
    let rows = rows.into_iter().map(removed).collect();
    cx.note_written(meta, Operation::Purge, rows)
}

fn remove(cx: &mut Context, meta: &'static ModelMeta, filter: Predicate) -> Result<usize> {
    if !cx.is_heard(meta, Occasion::Before)? {
        return remove_unannounced(cx, meta, filter);
    }
    cx.in_transaction_of(|cx| {
        let rows = locked(cx, meta, filter.clone())?;
        announce(cx, meta, &rows)?;
        remove_unannounced(cx, meta, filter)
    })
}

fn remove_unannounced(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<usize> {
    let observed = cx.is_observed(meta)?;
    let dialect = cx.dialect()?;
    let blocked = if dialect.is_postgres() {
        Predicate::Nothing
    } else {
        filter.clone()
    };
    let delete = Delete {
        meta,
        filter,
        returning: observed,
    };
    if !observed {
        let removed = delete.render(dialect).execute(cx.session()?);
        return removed.map_err(|error| refused_deletion(cx, meta, &blocked, error));
    }
    cx.in_transaction_of(|cx| {
        let removed = delete.render(dialect).load(cx.session()?, &mut |row| {
            RowReader::new(row, ColumnSet::ALL).values(meta)
        });
        let rows = removed.map_err(|error| refused_deletion(cx, meta, &blocked, error))?;
        let count = rows.len();
        note_removed(cx, meta, rows)?;
        Ok(count)
    })
}
