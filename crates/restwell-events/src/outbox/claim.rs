//! Which messages a relay works on.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Timestamptz};
use restwell_core::Result;
use restwell_db::{Context, Model as _};

use super::Message;

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Those that are due and the first of their keys. Who takes one moves `due_at` to the end of its
/// lease, so that no transaction is open while the broker is asked.
const BEGINNING: &str = "\
WITH due AS MATERIALIZED (
    SELECT o.id FROM outbox o
    WHERE o.dead_at IS NULL AND o.due_at <= $1 AND (o.key IS NULL OR NOT EXISTS (
        SELECT 1 FROM outbox e WHERE e.key = o.key AND e.id < o.id AND e.dead_at IS NULL
    ))
    ORDER BY o.id LIMIT $2";

/// What another relay is about to take is left to it. An SQLite database has one writer.
const UNLOCKED: &str = " FOR UPDATE OF o SKIP LOCKED";

const END: &str = "
)
UPDATE outbox SET due_at = $3, attempts = attempts + 1
WHERE id IN (SELECT id FROM due) RETURNING id";

/// Takes up to `most` messages for `lease`, in their order.
pub(super) fn claim(cx: &mut Context, most: u32, lease: Duration) -> Result<Vec<Message>> {
    let now = cx.clock().now();
    let lock = if cx.dialect()?.is_postgres() {
        UNLOCKED
    } else {
        ""
    };
    let claimed: Vec<Claimed> = sql_query(format!("{BEGINNING}{lock}{END}"))
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(i64::from(most))
        .bind::<Timestamptz, _>(later(now, lease))
        .load(cx.own_connection()?)?;
    let ids = claimed.into_iter().map(|claimed| claimed.id);
    Message::objects()
        .filter(Message::F.id.in_(ids))
        .order_by([Message::F.id.asc()])
        .load(cx)
}

pub(super) fn later(now: DateTime<Utc>, time: Duration) -> DateTime<Utc> {
    let time = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(time)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
