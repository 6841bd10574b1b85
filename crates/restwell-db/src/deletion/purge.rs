use std::collections::HashSet;

use restwell_core::Result;

use super::{Reached, Seen, by_keys, keys_of, locked, referrers};
use crate::model::{ColumnSet, OnDelete};
use crate::predicate::Predicate;
use crate::queryset::{refused_deletion, stamped_update, update};
use crate::record::RowChange;
use crate::statement::{Delete, Update};
use crate::{Context, ModelMeta, Operation, RowReader, Value};

/// Removes the rows under `filter` and returns how many there were.
///
/// What the database does to the rows of audited models that refer to them is recorded.
pub(crate) fn purge(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<usize> {
    // It may spread to rows of other tables.
    cx.rows().clear();
    if !reaches_audited(meta) {
        return remove(cx, meta, filter);
    }
    cx.atomic(|cx| {
        let rows = locked(cx, meta, filter)?;
        if rows.is_empty() {
            return Ok(0);
        }
        let keys = keys_of(meta, &rows);
        note_spread(cx, meta, rows)?;
        remove(cx, meta, by_keys(meta, &keys))
    })
}

/// Whether removing rows of `meta` removes or changes rows of other audited models.
fn reaches_audited(meta: &'static ModelMeta) -> bool {
    let mut seen = HashSet::new();
    let mut waiting = vec![meta];
    while let Some(meta) = waiting.pop() {
        for referrer in referrers(meta) {
            let target = referrer.target;
            if referrer.on_delete == OnDelete::Protect {
                continue;
            }
            if target.audited {
                return true;
            }
            if referrer.on_delete == OnDelete::Cascade && seen.insert(target.table) {
                waiting.push(target);
            }
        }
    }
    false
}

/// Notes the rows that will be removed with `rows`, and lets go of those that outlive them.
fn note_spread(cx: &mut Context, meta: &'static ModelMeta, rows: Vec<Vec<Value>>) -> Result<()> {
    let mut seen = Seen::default();
    let keys = keys_of(meta, &seen.fresh(meta, rows));
    let mut waiting = vec![Reached { meta, keys }];
    while let Some(Reached { meta, keys }) = waiting.pop() {
        for referrer in referrers(meta) {
            let target = referrer.target;
            match referrer.on_delete {
                OnDelete::Cascade if target.audited || reaches_audited(target) => {
                    let rows = locked(cx, target, referrer.among(&keys))?;
                    let rows = seen.fresh(target, rows);
                    let keys = keys_of(target, &rows);
                    if target.audited {
                        let purged = rows.into_iter().filter_map(|row| purged(target, row));
                        cx.note_changes(purged.collect::<Vec<_>>())?;
                    }
                    if !keys.is_empty() {
                        waiting.push(Reached { meta: target, keys });
                    }
                }
                OnDelete::SetNull if target.audited => {
                    let released = Update {
                        meta: target,
                        assignments: stamped_update(
                            target,
                            vec![(referrer.column, Value::Null)],
                            cx,
                        ),
                        filter: referrer.among(&keys),
                    };
                    update(cx, released, Operation::Update)?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn purged(meta: &'static ModelMeta, row: Vec<Value>) -> Option<RowChange> {
    RowChange::purged(meta, row)
}

fn remove(cx: &mut Context, meta: &'static ModelMeta, filter: Predicate) -> Result<usize> {
    let dialect = cx.dialect()?;
    let blocked = if dialect.is_postgres() {
        Predicate::Nothing
    } else {
        filter.clone()
    };
    let delete = Delete {
        meta,
        filter,
        returning: meta.audited,
    };
    if !meta.audited {
        let removed = delete.render(dialect).execute(cx.session()?);
        return removed.map_err(|error| refused_deletion(cx, meta, &blocked, error));
    }
    cx.in_transaction_of(|cx| {
        let removed = delete.render(dialect).load(cx.session()?, &mut |row| {
            RowReader::new(row, ColumnSet::ALL).values(meta)
        });
        let rows = removed.map_err(|error| refused_deletion(cx, meta, &blocked, error))?;
        let count = rows.len();
        let purged = rows.into_iter().filter_map(|row| purged(meta, row));
        cx.note_changes(purged.collect::<Vec<_>>())?;
        Ok(count)
    })
}
