//! What a request does to a resource.

use std::fmt;

/// What a request does to a resource, in DRF's words.
///
/// Permissions, serializers, throttles and audit entries select on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// `GET` on a collection.
    List,
    /// `GET` on one object.
    Retrieve,
    /// `POST` on a collection.
    Create,
    /// `PUT` on one object.
    Update,
    /// `PATCH` on one object.
    PartialUpdate,
    /// `DELETE` on one object.
    Destroy,
    /// `OPTIONS`.
    Metadata,
    /// An extra action of the viewset, by the name of its function. The flag says whether it only
    /// reads (all its methods are safe).
    Custom(&'static str, Access),
}

/// Whether an extra action changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// It answers to safe methods only.
    Reads,
    /// It answers to at least one unsafe method.
    Writes,
}

impl Action {
    /// The name as it stands in route names, audit entries and `routes` listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Retrieve => "retrieve",
            Self::Create => "create",
            Self::Update => "update",
            Self::PartialUpdate => "partial_update",
            Self::Destroy => "destroy",
            Self::Metadata => "metadata",
            Self::Custom(name, _) => name,
        }
    }

    /// Whether the action only reads.
    pub fn is_read(self) -> bool {
        matches!(
            self,
            Self::List | Self::Retrieve | Self::Metadata | Self::Custom(_, Access::Reads)
        )
    }

    /// Whether this is the extra action `name`.
    pub fn is(self, name: &str) -> bool {
        matches!(self, Self::Custom(own, _) if own == name)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
