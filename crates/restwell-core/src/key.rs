//! Primary keys of any kind.

use std::fmt;

use uuid::Uuid;

/// The value of a primary key, whatever its type.
///
/// Typed code uses the model's own key type; this is the form in which keys meet where models of
/// different kinds are handled alike: principals, audit entries, relation inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// An integer key.
    Int(i64),
    /// A UUID key.
    Uuid(Uuid),
    /// A text key.
    Text(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(key) => key.fmt(f),
            Self::Uuid(key) => key.fmt(f),
            Self::Text(key) => f.write_str(key),
        }
    }
}

impl From<i64> for Key {
    fn from(key: i64) -> Self {
        Self::Int(key)
    }
}

impl From<i32> for Key {
    fn from(key: i32) -> Self {
        Self::Int(key.into())
    }
}

impl From<Uuid> for Key {
    fn from(key: Uuid) -> Self {
        Self::Uuid(key)
    }
}

impl From<String> for Key {
    fn from(key: String) -> Self {
        Self::Text(key)
    }
}
