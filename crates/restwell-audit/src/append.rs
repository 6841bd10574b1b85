//! The statement that appends entries.

use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Text;
use restwell_core::{Error, Result};
use restwell_db::connection::MultiBackend;
use restwell_db::{AnyConnection, Context};
use serde::Serialize;

use crate::Entry;
use crate::chain::Contents;

/// Each entry looks up the one before it. PostgreSQL hashes by itself.
const POSTGRES: &str = "\
INSERT INTO audit_log
    (at, actor_id, action, entity, entity_id, changes, request_id, previous_hash, hash)
SELECT e.at, e.actor_id, e.action, e.entity, e.entity_id, e.changes::json, e.request_id, p.hash,
    encode(sha256(convert_to(coalesce(p.hash, '') || e.digest, 'UTF8')), 'hex')
FROM json_to_recordset(CAST(";
const POSTGRES_END: &str = " AS json)) AS e
    (at timestamptz, actor_id text, action text, entity text, entity_id text, changes text,
    request_id text, digest text)
LEFT JOIN LATERAL (
    SELECT a.hash FROM audit_log a
    WHERE a.entity = e.entity AND a.entity_id = e.entity_id ORDER BY a.id DESC LIMIT 1
) p ON true";

/// `sha256_hex` is the data layer's.
const SQLITE: &str = "\
WITH e AS MATERIALIZED (
    SELECT value ->> 'at' AS at, value ->> 'actor_id' AS actor_id, value ->> 'action' AS action,
        value ->> 'entity' AS entity, value ->> 'entity_id' AS entity_id,
        value ->> 'changes' AS changes, value ->> 'request_id' AS request_id,
        value ->> 'digest' AS digest
    FROM json_each(";
const SQLITE_END: &str = ")
), chained AS MATERIALIZED (
    SELECT e.*, (
        SELECT a.hash FROM audit_log a
        WHERE a.entity = e.entity AND a.entity_id = e.entity_id ORDER BY a.id DESC LIMIT 1
    ) AS previous FROM e
)
INSERT INTO audit_log
    (at, actor_id, action, entity, entity_id, changes, request_id, previous_hash, hash)
SELECT at, actor_id, action, entity, entity_id, changes, request_id, previous,
    sha256_hex(coalesce(previous, '') || digest)
FROM chained";

/// The text is the same for any number of entries: they are one value.
#[derive(QueryId)]
struct Append {
    is_postgres: bool,
    entries: String,
}

impl QueryFragment<MultiBackend> for Append {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let (before, behind) = if self.is_postgres {
            (POSTGRES, POSTGRES_END)
        } else {
            (SQLITE, SQLITE_END)
        };
        out.push_sql(before);
        out.push_bind_param::<Text, _>(&self.entries)?;
        out.push_sql(behind);
        Ok(())
    }
}

impl RunQueryDsl<AnyConnection> for Append {}

/// Appends entries of different rows, each behind the last one of its row.
pub(crate) fn append(cx: &mut Context, entries: &[&Entry]) -> Result<()> {
    let rows = entries.iter().map(|entry| Row::of(entry));
    let rows: Vec<Row<'_>> = rows.collect::<Result<_>>()?;
    let append = Append {
        is_postgres: cx.dialect()?.is_postgres(),
        entries: serde_json::to_string(&rows).map_err(Error::internal)?,
    };
    append
        .execute(cx.own_connection()?)
        .map(drop)
        .map_err(Error::from)
}

/// An entry as the statement reads it.
#[derive(Serialize)]
struct Row<'a> {
    at: String,
    actor_id: Option<&'a str>,
    action: &'a str,
    entity: &'a str,
    entity_id: &'a str,
    changes: &'a str,
    request_id: &'a str,
    digest: String,
}

impl<'a> Row<'a> {
    fn of(entry: &'a Entry) -> Result<Self> {
        let contents = Contents {
            at: entry.at,
            actor_id: entry.actor_id.as_deref(),
            action: &entry.action,
            entity: entry.entity,
            entity_id: &entry.entity_id,
            changes: &entry.changes,
            request_id: Some(&entry.request_id),
        };
        Ok(Self {
            at: entry.at.format("%F %T%.f%:z").to_string(),
            actor_id: contents.actor_id,
            action: contents.action,
            entity: contents.entity,
            entity_id: contents.entity_id,
            changes: contents.changes,
            request_id: &entry.request_id,
            digest: contents.digest()?,
        })
    }
}
