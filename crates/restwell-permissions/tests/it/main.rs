//! Roles and grants, on SQLite and on PostgreSQL.

mod application;
mod grants;
mod memory;
mod roles;
mod rules;
mod seed;
