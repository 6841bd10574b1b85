//! The audit log on SQLite and on PostgreSQL.

mod model;

mod append_only;
mod chain;
mod concurrency;
mod deletion;
mod path;
mod recorder;
mod transaction;
