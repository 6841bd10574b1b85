//! Whole applications over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod api_tokens;
mod application;
mod basic;
mod browser;
mod logins;
mod registration;
mod sessions;
