//! Whole applications over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod application;
mod logins;
mod registration;
