//! Roles and grants, on SQLite and on PostgreSQL.

#[macro_use]
mod database;

mod grants;
mod memory;
mod roles;
mod seed;
