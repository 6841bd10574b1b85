use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::EmbeddedMigrations;
use restwell_core::Result;

use super::{Sources, run_pending};

/// The key of the advisory lock: "restwell" in ASCII, as a number.
const LOCK: i64 = 0x7265_7374_7765_6c6c;

/// What a statement and the wait for a lock may take on this connection.
#[derive(QueryableByName)]
struct Timeouts {
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = Text)]
    lock: String,
}

pub(super) fn migrate(
    connection: &mut PgConnection,
    sources: Vec<&EmbeddedMigrations>,
) -> Result<Vec<String>> {
    let timeouts: Timeouts = sql_query(
        "SELECT current_setting('statement_timeout') AS statement, \
         current_setting('lock_timeout') AS lock",
    )
    .get_result(connection)?;
    set_timeouts(connection, "0", "0")?;
    sql_query(format!("SELECT pg_advisory_lock({LOCK})")).execute(connection)?;
    let outcome = run_pending(connection, Sources(sources));
    sql_query(format!("SELECT pg_advisory_unlock({LOCK})")).execute(connection)?;
    set_timeouts(connection, &timeouts.statement, &timeouts.lock)?;
    outcome
}

fn set_timeouts(connection: &mut PgConnection, statement: &str, lock: &str) -> Result<()> {
    sql_query(
        "SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false)",
    )
    .bind::<Text, _>(statement)
    .bind::<Text, _>(lock)
    .execute(connection)?;
    Ok(())
}
