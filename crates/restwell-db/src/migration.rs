//! Bringing a database up to date.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource, Result as MigrationResult};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use restwell_core::{Error, Result};

use crate::Context;
use crate::connection::AnyConnection;

/// Migrations of one subject, embedded in the program, written once for each database.
///
/// The library's own tables ship as such sets; an application lists those that it uses beside its
/// own.
pub struct Migrations {
    /// For PostgreSQL.
    pub postgres: EmbeddedMigrations,
    /// For SQLite.
    pub sqlite: EmbeddedMigrations,
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Migrations")
    }
}

/// Several sets as one source.
struct Sources<'a>(Vec<&'a EmbeddedMigrations>);

impl<DB: Backend> MigrationSource<DB> for Sources<'_> {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<DB>>>> {
        let mut all = Vec::new();
        for source in &self.0 {
            all.extend(MigrationSource::<DB>::migrations(*source)?);
        }
        all.sort_by(|one, other| one.name().version().cmp(&other.name().version()));
        Ok(all)
    }
}

/// The key of the advisory lock: "restwell" in ASCII, as a number.
#[cfg(feature = "postgres")]
const LOCK: i64 = 0x7265_7374_7765_6c6c;

/// Runs the migrations that have not run yet, in the order of their versions, and returns their
/// names. Programs that start at the same time wait for each other.
///
/// # Errors
/// 500 when a migration fails; what it changed is undone.
pub fn migrate(cx: &mut Context, sets: &[&Migrations]) -> Result<Vec<String>> {
    match cx.connection()? {
        #[cfg(feature = "postgres")]
        AnyConnection::Pg(connection) => {
            use diesel::RunQueryDsl;
            let sources = Sources(sets.iter().map(|set| &set.postgres).collect());
            diesel::sql_query(format!("SELECT pg_advisory_lock({LOCK})")).execute(connection)?;
            let outcome = run_pending(connection, sources);
            diesel::sql_query(format!("SELECT pg_advisory_unlock({LOCK})")).execute(connection)?;
            outcome
        }
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(connection) => {
            let sources = Sources(sets.iter().map(|set| &set.sqlite).collect());
            run_pending(connection, sources)
        }
    }
}

fn run_pending<C, DB>(connection: &mut C, sources: Sources<'_>) -> Result<Vec<String>>
where
    C: MigrationHarness<DB>,
    DB: Backend,
{
    let versions = connection
        .run_pending_migrations(sources)
        .map_err(Error::internal)?;
    Ok(versions.iter().map(ToString::to_string).collect())
}
