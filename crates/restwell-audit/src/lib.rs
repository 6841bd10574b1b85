//! The audit log: who changed what, and when.
//!
//! Every write to a model that is declared `#[model(audited)]` leaves an entry, on whatever path it
//! comes: single or many rows, extra actions, querysets by hand, soft deletions, restorations, links
//! of many-to-many relations, and what the database does to rows that refer to deleted ones. The
//! entry is written in the transaction of the change, so there is none without the other. All that a
//! transaction writes is recorded by one more statement, at its end; on SQLite, whose `RETURNING`
//! does not know what a row was, an update of an audited model reads it first.
//!
//! Not recorded is what hand-written Diesel does through
//! [`Context::connection`](restwell_db::Context::connection).
//!
//! # Setting up
//!
//! An application lists [`MIGRATIONS`] beside its own and gives its pool an [`Audit`]:
//!
//! ```
//! use restwell_audit::Audit;
//! use restwell_db::{DatabaseUrl, Pool, PoolOptions};
//!
//! fn pool(url: DatabaseUrl) -> Result<Pool, restwell_db::connection::ConnectError> {
//!     PoolOptions::default().recorder(Audit::new()).open(url)
//! }
//! ```
//!
//! Fields that are declared `#[model(sensitive)]` are masked: an entry says that they changed.
//!
//! # The chain
//!
//! The database refuses to change or delete entries. Whoever gets around that is found out by
//! [`verify`]: an entry has the hash of the one before it of the same row, and its own
//! [`hash`](fn@hash) covers that and everything else in it. A [`Seal`], kept elsewhere, finds out
//! whoever removed the last entries of a row or wrote its chain anew.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod append;
mod chain;
mod entry;
mod recorder;
mod seal;
mod sink;
mod state;
mod verify;

use diesel_migrations::embed_migrations;
use restwell_db::Migrations;

pub use chain::hash;
pub use entry::{AuditEntry, AuditEntryFields};
pub use recorder::Audit;
pub use seal::Seal;
pub use sink::{Entry, Sink};
pub use state::{Moment, Past, as_of, entries_of};
pub use verify::{Fault, FaultKind, verify};

/// The table `audit_log`.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};
