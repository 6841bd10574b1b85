use crate::Kind;
use crate::block::{Block, SlugMeta};

/// A table and what restwell knows about it.
#[derive(Debug)]
pub struct ModelMeta {
    /// The name of the struct, such as `BlogPost`.
    pub name: &'static str,
    /// The name for people, such as `blog post`.
    pub verbose_name: &'static str,
    /// The name for several, such as `blog posts`.
    pub verbose_name_plural: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns in the order of the fields.
    pub columns: &'static [ColumnMeta],
    /// The number of the primary key's column.
    pub primary_key: usize,
    /// How a missing key of a new row is made.
    pub key_kind: KeyKind,
    /// The columns that restwell fills by itself.
    pub stamps: Stamps,
    /// The building blocks that it is composed of.
    pub blocks: &'static [Block],
    /// The column that is filled with a slug.
    pub slug: Option<SlugMeta>,
    /// Whether every write is recorded.
    pub audited: bool,
    /// The sets of columns whose values are unique.
    pub unique: &'static [Unique],
    /// The relations to other models.
    pub relations: &'static [RelationMeta],
}

/// A column.
#[derive(Debug)]
pub struct ColumnMeta {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub name: &'static str,
    /// Its number among the columns of the model.
    pub index: usize,
    /// The type.
    pub kind: Kind,
    /// Whether null is a value.
    pub nullable: bool,
    /// Whether audit entries and logs must not show the values.
    pub sensitive: bool,
}

/// Two models of one table are the same to the database.
impl PartialEq for ModelMeta {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
    }
}

impl PartialEq for ColumnMeta {
    fn eq(&self, other: &Self) -> bool {
        (self.table, self.name) == (other.table, other.name)
    }
}

/// How a missing key of a new row is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The database counts.
    Database,
    /// A UUIDv7 (RFC 9562) is made before the insert.
    UuidV7,
    /// It is never missing.
    Given,
}

/// The numbers of the columns that restwell fills by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stamps {
    /// Set once.
    pub created_at: Option<usize>,
    /// Set by every write.
    pub updated_at: Option<usize>,
    /// The user that made the row.
    pub created_by: Option<usize>,
    /// The user that changed it last.
    pub updated_by: Option<usize>,
    /// Counted up by every write.
    pub version: Option<usize>,
    /// Set when the row is deleted softly.
    pub deleted_at: Option<usize>,
    /// The user that deleted it.
    pub deleted_by: Option<usize>,
}

impl Stamps {
    /// No such column.
    pub const NONE: Self = Self {
        created_at: None,
        updated_at: None,
        created_by: None,
        updated_by: None,
        version: None,
        deleted_at: None,
        deleted_by: None,
    };

    /// Whether restwell alone writes the column with this number.
    pub fn owns(&self, column: usize) -> bool {
        [
            self.created_at,
            self.updated_at,
            self.created_by,
            self.updated_by,
            self.version,
            self.deleted_at,
            self.deleted_by,
        ]
        .contains(&Some(column))
    }
}

/// Columns whose values together are unique.
#[derive(Clone, Copy, Debug)]
pub struct Unique {
    /// The numbers of the columns.
    pub columns: &'static [usize],
    /// The name of the constraint or index, where it is not the database's default.
    pub name: Option<&'static str>,
    /// What the client reads instead of DRF's message.
    pub message: Option<&'static str>,
    /// Whether letters of either case are the same.
    pub ignore_case: bool,
}

/// A relation to another model.
#[derive(Clone, Copy, Debug)]
pub struct RelationMeta {
    /// Its name.
    pub name: &'static str,
    /// How the rows refer to each other.
    pub kind: RelationKind,
    /// The other model.
    pub target: fn() -> &'static ModelMeta,
}

/// How the rows of two models refer to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// The column with this number holds the other's key.
    BelongsTo {
        /// The foreign key.
        column: usize,
        /// What a deletion of the other row does to this one.
        on_delete: OnDelete,
    },
    /// The other's column of this name holds this one's key.
    HasMany {
        /// The foreign key.
        column: &'static str,
        /// Whether a soft deletion of this row, and its restoration, spread to the others.
        cascade: bool,
    },
    /// Like `HasMany`, of which there is at most one.
    HasOne {
        /// The foreign key.
        column: &'static str,
        /// Whether a soft deletion of this row, and its restoration, spread to the other.
        cascade: bool,
    },
    /// A third table holds pairs of keys.
    ManyToMany {
        /// The third table.
        through: &'static str,
        /// Its column with this one's key.
        source: &'static str,
        /// Its column with the other's key.
        target: &'static str,
    },
}

/// What becomes of a row when the row that it refers to is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// The deletion is refused with 409.
    Protect,
    /// It is deleted too.
    Cascade,
    /// Its foreign key becomes null.
    SetNull,
}

impl ModelMeta {
    /// The primary key.
    pub fn pk(&self) -> &ColumnMeta {
        &self.columns[self.primary_key]
    }

    /// The column `name`.
    pub fn column(&self, name: &str) -> Option<&'static ColumnMeta> {
        let columns: &'static [ColumnMeta] = self.columns;
        columns.iter().find(|column| column.name == name)
    }

    /// The column that marks a softly deleted row.
    pub fn deleted_at(&self) -> Option<&'static ColumnMeta> {
        let columns: &'static [ColumnMeta] = self.columns;
        self.stamps.deleted_at.map(|index| &columns[index])
    }

    /// Whether restwell marks deleted rows instead of removing them.
    pub fn is_soft_deletable(&self) -> bool {
        self.stamps.deleted_at.is_some()
    }

    /// What a deletion of the row to which the column with this number refers does to this one.
    pub fn on_delete(&self, column: usize) -> OnDelete {
        let declared = self
            .relations
            .iter()
            .find_map(|relation| match relation.kind {
                RelationKind::BelongsTo {
                    column: own,
                    on_delete,
                } if own == column => Some(on_delete),
                _ => None,
            });
        declared.unwrap_or(OnDelete::Protect)
    }

    /// The relation `name`.
    pub fn relation(&self, name: &str) -> Option<&RelationMeta> {
        self.relations.iter().find(|relation| relation.name == name)
    }
}

/// Some of the columns of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnSet(u64);

impl ColumnSet {
    /// Every column.
    pub const ALL: Self = Self(u64::MAX);
    /// No column.
    pub const NONE: Self = Self(0);

    /// The columns with these numbers, each below 64.
    pub const fn of(columns: &[usize]) -> Self {
        let mut set = 0;
        let mut i = 0;
        while i < columns.len() {
            set |= 1 << columns[i];
            i += 1;
        }
        Self(set)
    }

    /// Whether the column with this number is among them.
    pub const fn contains(self, column: usize) -> bool {
        column < 64 && self.0 & (1 << column) != 0
    }

    /// These columns and `others`.
    #[must_use]
    pub const fn union(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These columns and the one with this number.
    #[must_use]
    pub const fn with(self, column: usize) -> Self {
        self.union(Self::of(&[column]))
    }
}

impl FromIterator<usize> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        columns.into_iter().fold(Self::NONE, Self::with)
    }
}
