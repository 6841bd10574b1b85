use std::str::FromStr;

use thiserror::Error;

use crate::Dialect;

/// Where the database is: `postgres://…`, `sqlite://path`, or `sqlite::memory:`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    dialect: Dialect,
    target: String,
}

/// Why a text is not the URL of a database that this program can reach.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// The scheme names no database.
    #[error(
        "a database URL starts with postgres://, sqlite:// or sqlite:, such as sqlite://blog.sqlite3"
    )]
    Scheme,
    /// The program was built without support for this database.
    #[error("this program was built without {0} support; enable restwell's feature for it")]
    NotBuilt(&'static str),
    /// No file is named.
    #[error("the URL names no SQLite file; write sqlite://path or sqlite::memory:")]
    NoFile,
}

impl DatabaseUrl {
    /// A private database in memory, which lives as long as its pool.
    #[cfg(feature = "sqlite")]
    pub fn memory() -> Self {
        Self {
            dialect: Dialect::Sqlite,
            target: ":memory:".to_owned(),
        }
    }

    /// A database in the file at `path`.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(path: impl Into<String>) -> Self {
        Self {
            dialect: Dialect::Sqlite,
            target: path.into(),
        }
    }

    /// The SQL dialect that the database speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What Diesel's `establish` takes: the whole URL for PostgreSQL, the path for SQLite.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// Whether the database lives in the memory of one connection.
    pub(crate) fn is_memory(&self) -> bool {
        self.target == ":memory:"
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            #[cfg(feature = "postgres")]
            return Ok(Self {
                dialect: Dialect::Postgres,
                target: url.to_owned(),
            });
            #[cfg(not(feature = "postgres"))]
            return Err(DatabaseUrlError::NotBuilt("PostgreSQL"));
        }
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .ok_or(DatabaseUrlError::Scheme)?;
        if path.is_empty() {
            return Err(DatabaseUrlError::NoFile);
        }
        #[cfg(feature = "sqlite")]
        return Ok(Self {
            dialect: Dialect::Sqlite,
            target: path.to_owned(),
        });
        #[cfg(not(feature = "sqlite"))]
        Err(DatabaseUrlError::NotBuilt("SQLite"))
    }
}

/// Shows no password.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// Shows no password.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => write!(f, "sqlite:{}", self.target),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => {
                let place = self.target.rsplit('@').next().unwrap_or_default();
                let place = place.trim_start_matches("postgres://");
                write!(
                    f,
                    "postgres://{}",
                    place.split('?').next().unwrap_or_default()
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = match "postgres://u:secret@db/blog?sslmode=require".parse() {
            Ok(url) => url,
            Err(error) => {
                assert_eq!(error, DatabaseUrlError::NotBuilt("PostgreSQL"));
                return;
            }
        };
        assert_eq!(url.to_string(), "postgres://db/blog");
    }

    #[test]
    fn a_mistaken_scheme_is_refused() {
        assert_eq!(
            "mysql://x".parse::<DatabaseUrl>(),
            Err(DatabaseUrlError::Scheme)
        );
        assert_eq!(
            "sqlite:".parse::<DatabaseUrl>(),
            Err(DatabaseUrlError::NoFile)
        );
    }
}
