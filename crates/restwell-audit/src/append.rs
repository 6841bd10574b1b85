//! The statement that appends entries.

mod rows;

use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Nullable, Text};
use restwell_core::Result;
use restwell_db::connection::MultiBackend;
use restwell_db::{AnyConnection, Context};

use self::rows::{Row, Rows};
use crate::Entry;

/// How many entries one statement appends at most: SQLite has a limit on bind values.
const MOST: usize = 5_000;

const INTO: &str = "INSERT INTO audit_log
    (at, actor_id, request_id, action, entity, entity_id, changes, previous_hash, hash) SELECT ";

/// Each entry looks up the one before it. PostgreSQL hashes by itself.
const POSTGRES: &str = ", e.action, e.entity, e.entity_id, CAST(e.changes AS json), p.hash,
    encode(sha256(convert_to(coalesce(p.hash, '') || e.digest, 'UTF8')), 'hex') FROM ";
const POSTGRES_END: &str = " LEFT JOIN LATERAL (
    SELECT a.hash FROM audit_log a
    WHERE a.entity = e.entity AND a.entity_id = e.entity_id ORDER BY a.id DESC LIMIT 1
) p ON true";

/// `sha256_hex` is the data layer's.
const SQLITE: &str = ", e.action, e.entity, e.entity_id, e.changes, p.hash,
    sha256_hex(coalesce(p.hash, '') || e.digest) FROM ";
const SQLITE_END: &str = " LEFT JOIN audit_log p ON p.id = (
    SELECT a.id FROM audit_log a
    WHERE a.entity = e.entity AND a.entity_id = e.entity_id ORDER BY a.id DESC LIMIT 1
)";

/// Entries that were made together, each of another row.
struct Append<'a> {
    at: String,
    actor_id: Option<&'a str>,
    request_id: &'a str,
    rows: Rows<'a>,
}

impl QueryFragment<MultiBackend> for Append<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let is_postgres = self.rows.are_for_postgres();
        let (before, behind) = if is_postgres {
            (POSTGRES, POSTGRES_END)
        } else {
            (SQLITE, SQLITE_END)
        };
        out.push_sql(INTO);
        out.push_sql(if is_postgres { "CAST(" } else { "" });
        out.push_bind_param::<Text, _>(&self.at)?;
        out.push_sql(if is_postgres {
            " AS timestamptz), "
        } else {
            ", "
        });
        out.push_bind_param::<Nullable<Text>, _>(&self.actor_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.request_id)?;
        out.push_sql(before);
        self.rows.walk(&mut out)?;
        out.push_sql(behind);
        Ok(())
    }
}

impl QueryId for Append<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<AnyConnection> for Append<'_> {}

/// Appends entries of different rows, each behind the last one of its row. They are of one request
/// and one moment.
pub(crate) fn append(cx: &mut Context, entries: &[&Entry]) -> Result<()> {
    for part in entries.chunks(MOST) {
        let Some(first) = part.first() else { continue };
        let rows: Vec<Row<'_>> = part
            .iter()
            .map(|entry| Row::of(entry))
            .collect::<Result<_>>()?;
        let append = Append {
            at: first.at.format("%F %T%.f%:z").to_string(),
            actor_id: first.actor_id.as_deref(),
            request_id: &first.request_id,
            rows: Rows::new(rows, cx.dialect()?),
        };
        append.execute(cx.own_connection()?)?;
    }
    Ok(())
}
