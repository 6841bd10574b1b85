#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    clippy::unwrap_used,
    reason = "the code is Diesel's derive's"
)]

/// A connection to whichever database the URL names.
///
/// It is an ordinary Diesel connection: typed queries run on it, and `match` reaches the native
/// connection where a query needs what one database alone can do.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Pg(diesel::PgConnection),
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
}
