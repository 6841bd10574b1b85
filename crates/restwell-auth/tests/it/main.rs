//! Users, logins and tokens, on SQLite and on PostgreSQL.

mod application;
mod authentication;
mod login;
mod password;
mod plain_user;
mod refresh;
