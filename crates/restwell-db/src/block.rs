//! Building blocks of models: columns that many models have, with what goes with them.
//!
//! A model is composed of them by the keys of `#[model(…)]`, which hold the fields to their names
//! and types. The library fills those of [`Block::Timestamps`], [`Block::UserActions`],
//! [`Block::SoftDelete`], [`Block::Version`] and [`Block::Slug`]; the others have a trait of their
//! own. [`ddl`](crate::ddl) writes the text of their migrations.

mod address;
mod columns;
mod identity;
mod metadata;
mod slugged;

pub use address::{Address, AddressColumns};
pub(crate) use columns::{BlockColumn, Check};
pub use identity::{Identity, IdentityColumns};
pub use metadata::{LONGEST_TAG, MOST_TAGS, Metadata, MetadataColumns, MetadataColumnsMut};
pub use slugged::Slugged;

/// A building block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Block {
    /// `created_at` and `updated_at`.
    Timestamps,
    /// `created_by` and `updated_by`.
    UserActions,
    /// `deleted_at` and, where there is one, `deleted_by`.
    SoftDelete,
    /// `version`.
    Version,
    /// `slug`; see [`Slugged`].
    Slug,
    /// `metadata`, `tags` and `notes`; see [`Metadata`].
    Metadata,
    /// `first_name`, `middle_name`, `last_name`, `email`, `phone` and `birth_date`; see
    /// [`Identity`].
    Identity,
    /// `street_address`, `street_address_2`, `city`, `state_province`, `postal_code`, `country`,
    /// `latitude` and `longitude`; see [`Address`].
    Address,
}

impl Block {
    /// Every block.
    pub const ALL: [Self; 8] = [
        Self::Timestamps,
        Self::UserActions,
        Self::SoftDelete,
        Self::Version,
        Self::Slug,
        Self::Metadata,
        Self::Identity,
        Self::Address,
    ];

    /// The key in `#[model(…)]`, such as `soft_delete`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timestamps => "timestamps",
            Self::UserActions => "user_actions",
            Self::SoftDelete => "soft_delete",
            Self::Version => "version",
            Self::Slug => "slug",
            Self::Metadata => "metadata",
            Self::Identity => "identity",
            Self::Address => "address",
        }
    }
}

/// The column that is filled with a slug, and the one that it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlugMeta {
    /// The number of the column.
    pub column: usize,
    /// The number of the column with the text.
    pub source: usize,
    /// How long a slug may be.
    pub max: usize,
}

/// The parts that say something, with `separator` between them.
fn joined(parts: &[&str], separator: &str) -> String {
    let parts = parts.iter().map(|part| part.trim());
    let said: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    said.join(separator)
}
