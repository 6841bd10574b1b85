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
    /// `POST` of many new objects.
    BulkCreate,
    /// `PUT` of many objects.
    BulkUpdate,
    /// `PATCH` of many objects.
    BulkPartialUpdate,
    /// `DELETE` of many objects.
    BulkDestroy,
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
            Self::BulkCreate => "bulk_create",
            Self::BulkUpdate => "bulk_update",
            Self::BulkPartialUpdate => "bulk_partial_update",
            Self::BulkDestroy => "bulk_destroy",
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

    /// What a bulk action does to each of its rows; `None` for any other action.
    ///
    /// ```
    /// use restwell_core::Action;
    /// assert_eq!(Action::BulkCreate.of_each_row(), Some(Action::Create));
    /// assert_eq!(Action::Create.of_each_row(), None);
    /// ```
    pub const fn of_each_row(self) -> Option<Self> {
        match self {
            Self::BulkCreate => Some(Self::Create),
            Self::BulkUpdate => Some(Self::Update),
            Self::BulkPartialUpdate => Some(Self::PartialUpdate),
            Self::BulkDestroy => Some(Self::Destroy),
            _ => None,
        }
    }

    /// Whether the action is about many rows at once.
    pub const fn is_bulk(self) -> bool {
        self.of_each_row().is_some()
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
