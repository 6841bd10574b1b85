use super::Block;
use crate::Kind;

/// A column of a block, as a migration makes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockColumn {
    pub(crate) name: &'static str,
    /// The type, where the model does not say it.
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    /// What a row has that was made without it: SQL.
    pub(crate) default: Option<&'static str>,
    pub(crate) checks: &'static [Check],
}

/// What the database holds the values of a column to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// So many characters.
    Length(usize, usize),
    /// Between two numbers, both included.
    Range(i32, i32),
    /// JSON of this type: `object` or `array`.
    Json(&'static str),
    /// Null where the other column is null, and only there.
    With(&'static str),
}

impl BlockColumn {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            nullable: false,
            default: None,
            checks: &[],
        }
    }

    const fn nullable(name: &'static str, kind: Kind) -> Self {
        Self {
            nullable: true,
            ..Self::new(name, kind)
        }
    }

    /// A text that may be empty.
    const fn text(name: &'static str, checks: &'static [Check]) -> Self {
        Self {
            default: Some("''"),
            checks,
            ..Self::new(name, Kind::Text)
        }
    }
}

const MOST_100: &[Check] = &[Check::Length(0, 100)];
const MOST_255: &[Check] = &[Check::Length(0, 255)];

const TIMESTAMPS: &[BlockColumn] = &[
    BlockColumn::new("created_at", Kind::DateTime),
    BlockColumn::new("updated_at", Kind::DateTime),
];

const USER_ACTIONS: &[BlockColumn] = &[
    BlockColumn::nullable("created_by", Kind::Uuid),
    BlockColumn::nullable("updated_by", Kind::Uuid),
];

const SOFT_DELETE: &[BlockColumn] = &[
    BlockColumn::nullable("deleted_at", Kind::DateTime),
    BlockColumn::nullable("deleted_by", Kind::Uuid),
];

const VERSION: &[BlockColumn] = &[BlockColumn {
    default: Some("1"),
    ..BlockColumn::new("version", Kind::BigInt)
}];

const SLUG: &[BlockColumn] = &[BlockColumn {
    checks: &[Check::Length(1, 255)],
    ..BlockColumn::new("slug", Kind::Text)
}];

const METADATA: &[BlockColumn] = &[
    BlockColumn {
        default: Some("'{}'"),
        checks: &[Check::Json("object")],
        ..BlockColumn::new("metadata", Kind::Json)
    },
    BlockColumn {
        default: Some("'[]'"),
        checks: &[Check::Json("array")],
        ..BlockColumn::new("tags", Kind::Json)
    },
    BlockColumn::text("notes", &[Check::Length(0, 10_000)]),
];

const IDENTITY: &[BlockColumn] = &[
    BlockColumn {
        checks: &[Check::Length(1, 100)],
        ..BlockColumn::new("first_name", Kind::Text)
    },
    BlockColumn::text("middle_name", MOST_100),
    BlockColumn::text("last_name", MOST_100),
    BlockColumn {
        checks: &[Check::Length(3, 254)],
        ..BlockColumn::new("email", Kind::Text)
    },
    BlockColumn::text("phone", &[Check::Length(0, 32)]),
    BlockColumn::nullable("birth_date", Kind::Date),
];

const ADDRESS: &[BlockColumn] = &[
    BlockColumn::text("street_address", MOST_255),
    BlockColumn::text("street_address_2", MOST_255),
    BlockColumn::text("city", MOST_100),
    BlockColumn::text("state_province", MOST_100),
    BlockColumn::text("postal_code", &[Check::Length(0, 20)]),
    BlockColumn::text("country", MOST_100),
    BlockColumn {
        checks: &[Check::Range(-90, 90)],
        ..BlockColumn::nullable("latitude", Kind::Float)
    },
    BlockColumn {
        checks: &[Check::Range(-180, 180), Check::With("latitude")],
        ..BlockColumn::nullable("longitude", Kind::Float)
    },
];

impl Block {
    /// The columns.
    pub(crate) const fn columns(self) -> &'static [BlockColumn] {
        match self {
            Self::Timestamps => TIMESTAMPS,
            Self::UserActions => USER_ACTIONS,
            Self::SoftDelete => SOFT_DELETE,
            Self::Version => VERSION,
            Self::Slug => SLUG,
            Self::Metadata => METADATA,
            Self::Identity => IDENTITY,
            Self::Address => ADDRESS,
        }
    }
}
