//! The table.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel_migrations::embed_migrations;
use restwell_core::{Claim, Error, KeptAnswer, Result};
use restwell_db::{Context, Migrations};

/// The table `idempotency_keys`.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};

/// A row that is not this transaction's own.
#[derive(QueryableByName)]
pub(crate) struct Record {
    #[diesel(sql_type = Text)]
    pub(crate) fingerprint: String,
    #[diesel(sql_type = Nullable<Integer>)]
    status: Option<i32>,
    #[diesel(sql_type = Text)]
    content_type: String,
    #[diesel(sql_type = Text)]
    headers: String,
    #[diesel(sql_type = Nullable<Binary>)]
    body: Option<Vec<u8>>,
}

impl Record {
    /// The answer; `None` where there is none yet.
    pub(crate) fn answer(self) -> Result<Option<KeptAnswer>> {
        let Some(status) = self.status.and_then(|status| u16::try_from(status).ok()) else {
            return Ok(None);
        };
        let headers = serde_json::from_str(&self.headers).map_err(Error::internal)?;
        Ok(Some(KeptAnswer {
            status,
            content_type: self.content_type,
            headers,
            body: self.body,
        }))
    }
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Whether no other transaction is at work with the key. PostgreSQL would let an INSERT wait for
/// it; an SQLite database has one writer. Such a lock is the whole database's, so the number tells
/// the tables of several schemas apart.
pub(crate) fn lock(cx: &mut Context, claim: &Claim) -> Result<bool> {
    if !cx.dialect()?.is_postgres() {
        return Ok(true);
    }
    let locked: Locked = sql_query(
        "SELECT pg_try_advisory_xact_lock( \
         $1 # (CAST(CAST('idempotency_keys' AS regclass) AS bigint) << 32)) AS locked",
    )
    .bind::<BigInt, _>(claim.number())
    .get_result(cx.own_connection()?)?;
    Ok(locked.locked)
}

/// Claims the key, in place of an expired claim. The constraint decides, not a look beforehand.
pub(crate) fn insert(cx: &mut Context, claim: &Claim, now: i64, expires_at: i64) -> Result<bool> {
    let inserted = sql_query(
        "INSERT INTO idempotency_keys (id, fingerprint, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, \
         expires_at = excluded.expires_at, status = NULL, body = NULL \
         WHERE idempotency_keys.expires_at <= $4",
    )
    .bind::<Text, _>(claim.id())
    .bind::<Text, _>(claim.fingerprint())
    .bind::<BigInt, _>(expires_at)
    .bind::<BigInt, _>(now)
    .execute(cx.own_connection()?)?;
    Ok(inserted == 1)
}

pub(crate) fn find(cx: &mut Context, claim: &Claim) -> Result<Option<Record>> {
    let record = sql_query(
        "SELECT fingerprint, status, content_type, headers, body FROM idempotency_keys \
         WHERE id = $1",
    )
    .bind::<Text, _>(claim.id())
    .get_result(cx.own_connection()?);
    Ok(record.optional()?)
}

pub(crate) fn keep(cx: &mut Context, claim: &Claim, answer: &KeptAnswer) -> Result<()> {
    let headers = serde_json::to_string(&answer.headers).map_err(Error::internal)?;
    sql_query(
        "UPDATE idempotency_keys SET status = $1, content_type = $2, headers = $3, body = $4 \
         WHERE id = $5",
    )
    .bind::<Integer, _>(i32::from(answer.status))
    .bind::<Text, _>(&answer.content_type)
    .bind::<Text, _>(headers)
    .bind::<Nullable<Binary>, _>(answer.body.as_deref())
    .bind::<Text, _>(claim.id())
    .execute(cx.own_connection()?)?;
    Ok(())
}

/// Deletes the answers whose time is over, a thousand at a time, and returns how many there were.
///
/// # Errors
/// 503 when the database is away.
pub fn delete_expired(cx: &mut Context) -> Result<usize> {
    const AT_ONCE: usize = 1_000;
    let now = cx.now().timestamp();
    let mut all = 0;
    loop {
        let some = sql_query(
            "DELETE FROM idempotency_keys WHERE id IN (SELECT id FROM idempotency_keys \
             WHERE expires_at <= $1 LIMIT 1000)",
        )
        .bind::<BigInt, _>(now)
        .execute(cx.own_connection()?)?;
        all += some;
        if some < AT_ONCE {
            return Ok(all);
        }
    }
}
