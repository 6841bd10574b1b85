use chrono::{DateTime, TimeDelta, Utc};
use restwell_core::Result;

use super::{Reached, Referrer, Seen, by_keys, deleted, keys_of, locked, referrers};
use crate::constraint::protected_by;
use crate::model::OnDelete;
use crate::predicate::Predicate;
use crate::queryset::{read_values, scalar, stamped_update, update, user};
use crate::statement::{Order, Select, Update};
use crate::{Context, ModelMeta, Operation, Value};

/// Marks the rows under `filter` as deleted, and returns how many there were. Rows that are deleted
/// already keep their marks.
pub(crate) fn soft_delete(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<usize> {
    let filter = deleted(meta, false).and(filter);
    if referrers(meta).iter().all(is_indifferent) {
        let now = cx.now();
        return mark(cx, meta, filter, now);
    }
    cx.atomic(|cx| {
        let rows = locked(cx, meta, filter)?;
        if rows.is_empty() {
            return Ok(0);
        }
        let count = rows.len();
        let mut seen = Seen::default();
        let rows = seen.fresh(meta, rows);
        let (reached, now) = reach(cx, meta, keys_of(meta, &rows), &mut seen)?;
        cx.telling_together(|cx| {
            for Reached { meta, keys } in reached {
                mark(cx, meta, by_keys(meta, &keys), now)?;
            }
            Ok(count)
        })
    })
}

/// Whether rows of `referrer` neither stop the deletion nor follow it.
fn is_indifferent(referrer: &Referrer) -> bool {
    !referrer.spreads() && referrer.on_delete != OnDelete::Protect
}

/// The rows that are deleted with those of `keys`, and the moment that is written on all of them:
/// by it they are told from rows that were deleted before.
fn reach(
    cx: &mut Context,
    meta: &'static ModelMeta,
    keys: Vec<Value>,
    seen: &mut Seen,
) -> Result<(Vec<Reached>, DateTime<Utc>)> {
    let mut now = cx.now();
    let mut reached = vec![Reached { meta, keys }];
    let mut at = 0;
    while let Some(Reached { meta, keys }) = reached.get(at) {
        let (meta, keys) = (*meta, keys.clone());
        refuse_protected(cx, meta, &keys)?;
        for referrer in referrers(meta).into_iter().filter(Referrer::spreads) {
            let target = referrer.target;
            if let Some(last) = last_deletion(cx, target, referrer.among(&keys))? {
                now = now.max(last + TimeDelta::microseconds(1));
            }
            let living = deleted(target, false).and(referrer.among(&keys));
            let rows = locked(cx, target, living)?;
            let rows = seen.fresh(target, rows);
            if !rows.is_empty() {
                let keys = keys_of(target, &rows);
                reached.push(Reached { meta: target, keys });
            }
        }
        at += 1;
    }
    Ok((reached, now))
}

/// 409 when living rows refer to one of `keys` and protect it.
fn refuse_protected(cx: &mut Context, meta: &'static ModelMeta, keys: &[Value]) -> Result<()> {
    let mut tables: Vec<String> = Vec::new();
    let protecting =
        |referrer: &Referrer| referrer.on_delete == OnDelete::Protect && !referrer.spreads();
    for referrer in referrers(meta).into_iter().filter(protecting) {
        let target = referrer.target;
        let living = deleted(target, false).and(referrer.among(keys));
        let sql = Select::new(target, living).render_exists(cx.dialect()?);
        if scalar::<bool>(cx, sql)? && !tables.iter().any(|table| table == target.table) {
            tables.push(target.table.to_owned());
        }
    }
    if tables.is_empty() {
        return Ok(());
    }
    Err(protected_by(tables))
}

/// When the last of the rows under `filter` that are deleted was.
fn last_deletion(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<Option<DateTime<Utc>>> {
    let Some(column) = meta.deleted_at() else {
        return Ok(None);
    };
    let mut select = Select::new(meta, deleted(meta, true).and(filter));
    select.order.push(Order::desc(column));
    select.limit = Some(1);
    let last = read_values(cx, &select)?.pop();
    Ok(
        match last.and_then(|row| row.into_iter().nth(column.index)) {
            Some(Value::DateTime(last)) => Some(last),
            _ => None,
        },
    )
}

fn mark(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
    now: DateTime<Utc>,
) -> Result<usize> {
    let Some(deleted_at) = meta.deleted_at() else {
        return Ok(0);
    };
    let mut values = vec![(deleted_at, Value::DateTime(now))];
    if let Some(by) = meta.stamps.deleted_by {
        values.push((&meta.columns[by], user(cx)));
    }
    let marked = Update::of_all(meta, stamped_update(meta, values, cx), filter);
    update(cx, marked, Operation::Delete)
}
