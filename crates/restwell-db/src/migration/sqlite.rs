use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use restwell_core::{Error, Result};

use super::{Sources, run_pending};

/// How long another program's migrations may take.
const PATIENCE: i64 = 24 * 60 * 60 * 1_000;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

pub(super) fn migrate(
    connection: &mut SqliteConnection,
    sources: Vec<&EmbeddedMigrations>,
) -> Result<Vec<String>> {
    let busy = number(
        connection,
        "SELECT timeout AS number FROM pragma_busy_timeout",
    )?;
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {PATIENCE}; PRAGMA foreign_keys = OFF"
    ))?;
    let outcome = run(connection, sources);
    connection.batch_execute(&format!(
        "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = {busy}"
    ))?;
    outcome
}

fn run(
    connection: &mut SqliteConnection,
    sources: Vec<&EmbeddedMigrations>,
) -> Result<Vec<String>> {
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")?;
    match in_transaction(connection, &sources) {
        Ok(Some(versions)) => {
            AnsiTransactionManager::commit_transaction(connection)?;
            Ok(versions)
        }
        Ok(None) => {
            AnsiTransactionManager::rollback_transaction(connection)?;
            run_pending(connection, Sources(sources))
        }
        Err(error) => {
            AnsiTransactionManager::rollback_transaction(connection)?;
            Err(error)
        }
    }
}

/// `None` where a migration must not run in a transaction.
fn in_transaction(
    connection: &mut SqliteConnection,
    sources: &[&EmbeddedMigrations],
) -> Result<Option<Vec<String>>> {
    let pending =
        MigrationHarness::<Sqlite>::pending_migrations(connection, Sources(sources.to_vec()))
            .map_err(Error::internal)?;
    if pending
        .iter()
        .any(|migration| !migration.metadata().run_in_transaction())
    {
        return Ok(None);
    }
    let versions = run_pending(connection, Sources(sources.to_vec()))?;
    let query = "SELECT COUNT(*) AS number FROM pragma_foreign_key_check";
    if !versions.is_empty() && number(connection, query)? > 0 {
        return Err(Error::internal(
            "after the migrations, rows refer to rows that do not exist",
        ));
    }
    Ok(Some(versions))
}

fn number(connection: &mut SqliteConnection, query: &str) -> Result<i64> {
    let row: Number = sql_query(query).get_result(connection)?;
    Ok(row.number)
}
