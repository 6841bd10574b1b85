use std::collections::HashMap;

use chrono::{DateTime, Utc};
use restwell_core::{Error, Result};

use super::{Referrer, by_keys, deleted, keys_of, locked, referrers};
use crate::model::RelationKind;
use crate::predicate::{Comparison, Predicate};
use crate::queryset::{scalar, stamped_update, update};
use crate::statement::{Select, Update};
use crate::{Context, ModelMeta, Operation, Value};

/// The keys of the rows that were deleted together, by the moment of it.
type ByMoment = HashMap<DateTime<Utc>, Vec<Value>>;

/// Takes the marks off the rows under `filter` that are deleted, and off those that were deleted
/// with them, and returns how many of the former there were.
pub(crate) fn restore(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<usize> {
    cx.atomic(|cx| {
        let rows = locked(cx, meta, deleted(meta, true).and(filter))?;
        if rows.is_empty() {
            return Ok(0);
        }
        refuse_orphans(cx, meta, &rows)?;
        let count = rows.len();
        cx.telling_together(|cx| unmark_all(cx, meta, rows))?;
        Ok(count)
    })
}

/// Takes the marks off `rows`, and off those that were deleted with them.
fn unmark_all(cx: &mut Context, meta: &'static ModelMeta, rows: Vec<Vec<Value>>) -> Result<()> {
    let mut waiting = vec![(meta, rows)];
    while let Some((meta, rows)) = waiting.pop() {
        unmark(cx, meta, by_keys(meta, &keys_of(meta, &rows)))?;
        let moments = by_moment(meta, &rows);
        for referrer in referrers(meta).into_iter().filter(Referrer::spreads) {
            for (moment, keys) in &moments {
                let rows = deleted_with(cx, &referrer, *moment, keys)?;
                if !rows.is_empty() {
                    waiting.push((referrer.target, rows));
                }
            }
        }
    }
    Ok(())
}

/// 409 when a row refers to one that is deleted itself.
fn refuse_orphans(cx: &mut Context, meta: &'static ModelMeta, rows: &[Vec<Value>]) -> Result<()> {
    for relation in meta.relations {
        let RelationKind::BelongsTo { column, .. } = relation.kind else {
            continue;
        };
        let target = (relation.target)();
        let own = keys_of(meta, rows);
        let keys: Vec<Value> = rows
            .iter()
            .filter_map(|row| row.get(column))
            .filter(|key| !key.is_null())
            .filter(|key| target.table != meta.table || !own.contains(key))
            .cloned()
            .collect();
        if keys.is_empty() || !target.is_soft_deletable() {
            continue;
        }
        let gone = deleted(target, true).and(by_keys(target, &keys));
        let sql = Select::new(target, gone).render_exists(cx.dialect()?);
        if scalar::<bool>(cx, sql)? {
            let message = format!(
                "Cannot restore: the {} that it refers to is deleted.",
                target.verbose_name
            );
            return Err(Error::conflict("deleted_reference", message));
        }
    }
    Ok(())
}

fn by_moment(meta: &ModelMeta, rows: &[Vec<Value>]) -> ByMoment {
    let mut moments = ByMoment::new();
    for row in rows {
        let moment = meta.stamps.deleted_at.and_then(|column| row.get(column));
        if let (Some(Value::DateTime(moment)), Some(key)) = (moment, row.get(meta.primary_key)) {
            moments.entry(*moment).or_default().push(key.clone());
        }
    }
    moments
}

/// The rows of `referrer` that went at `moment` with those of `keys`.
fn deleted_with(
    cx: &mut Context,
    referrer: &Referrer,
    moment: DateTime<Utc>,
    keys: &[Value],
) -> Result<Vec<Vec<Value>>> {
    let Some(column) = referrer.target.deleted_at() else {
        return Ok(Vec::new());
    };
    let together = referrer.among(keys).and(Predicate::Compare {
        column,
        comparison: Comparison::Eq,
        value: Value::DateTime(moment),
    });
    locked(cx, referrer.target, together)
}

fn unmark(cx: &mut Context, meta: &'static ModelMeta, filter: Predicate) -> Result<usize> {
    let marks = [meta.stamps.deleted_at, meta.stamps.deleted_by];
    let values = marks
        .into_iter()
        .flatten()
        .map(|column| (&meta.columns[column], Value::Null))
        .collect();
    let unmarked = Update::of_all(meta, stamped_update(meta, values, cx), filter);
    update(cx, unmarked, Operation::Restore).map_err(taken)
}

/// 409: another row has taken a unique value meanwhile.
fn taken(error: Error) -> Error {
    if error.status() != 400 || error.fields().is_empty() {
        return error;
    }
    let fields = error.fields().clone();
    Error::conflict(
        "taken",
        "Cannot restore: another row has a value that must be unique.",
    )
    .with_fields(fields)
    .with_source(error)
}
