//! Where the databases differ.

/// The SQL of one database. Every difference between them is decided here or by a `match` on it
/// in the statement layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres,
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite,
}

impl Dialect {
    /// Whether this is PostgreSQL.
    pub fn is_postgres(self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => true,
            #[cfg(feature = "sqlite")]
            Self::Sqlite => false,
        }
    }

    /// How many bind values one statement may have.
    pub(crate) fn bind_limit(self) -> usize {
        if self.is_postgres() { 65_535 } else { 32_766 }
    }
}
