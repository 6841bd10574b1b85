//! The data layer through the derives, on SQLite and on PostgreSQL.

#[macro_use]
mod database;
mod model;
mod schema;

mod aggregate;
mod batch;
mod constraint;
mod deletion;
mod field;
mod filter;
mod hostile;
mod migration;
mod order;
mod relation;
mod transaction;
mod typed;
mod write;
