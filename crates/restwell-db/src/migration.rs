//! Bringing a database up to date.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

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

/// Runs the migrations that have not run yet, in the order of their versions, and returns their
/// names. Programs that start at the same time wait for each other, however long it takes.
///
/// On SQLite all of them are one transaction, and foreign keys are checked at its end alone, so
/// that a migration can make a table anew. Where one of them must not run in a transaction
/// (`run_in_transaction = false` in its `metadata.toml`), each is on its own and there is no lock.
///
/// # Errors
/// 500 when a migration fails; what it changed is undone.
pub fn migrate(cx: &mut Context, sets: &[&Migrations]) -> Result<Vec<String>> {
    match cx.connection()? {
        #[cfg(feature = "postgres")]
        AnyConnection::Pg(connection) => {
            postgres::migrate(connection, sets.iter().map(|set| &set.postgres).collect())
        }
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(connection) => {
            sqlite::migrate(connection, sets.iter().map(|set| &set.sqlite).collect())
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
