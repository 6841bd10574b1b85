//! Events and the outbox on SQLite and on PostgreSQL.

mod desk;

mod failures;
mod links;
mod outbox;
mod paths;
mod processes;
mod relays;
mod timing;
