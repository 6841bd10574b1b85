//! Users, logins and tokens, on SQLite and on PostgreSQL.

mod application;
mod authentication;
mod guessing;
mod login;
mod password;
mod plain_user;
mod refresh;
