//! The data layer through the derives, on SQLite and on PostgreSQL.

#[macro_use]
mod database;
mod model;
mod schema;

mod field;
