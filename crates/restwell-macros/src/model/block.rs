//! The building blocks that a model can be composed of, by the keys that name them.

/// A block, as `#[model(…)]` names it.
pub(super) struct Definition {
    /// The key.
    pub(super) key: &'static str,
    /// The variant of `Block`.
    pub(super) variant: &'static str,
    pub(super) columns: &'static [Column],
    /// Columns that belong to it where the model has them.
    pub(super) optional: &'static [&'static str],
    /// The trait of models with the block, and its function that borrows the columns.
    pub(super) described: Option<(&'static str, &'static str)>,
}

/// A column that a block needs.
pub(super) struct Column {
    pub(super) name: &'static str,
    /// The type, in words.
    pub(super) ty: &'static str,
}

const TIME: &str = "DateTime<Utc>";
const OPTIONAL_TIME: &str = "Option<DateTime<Utc>>";
const OPTIONAL_USER: &str = "Option<Uuid>";
const TEXT: &str = "String";
const OPTIONAL_FLOAT: &str = "Option<f64>";

const fn column(name: &'static str, ty: &'static str) -> Column {
    Column { name, ty }
}

const fn filled(
    key: &'static str,
    variant: &'static str,
    columns: &'static [Column],
    optional: &'static [&'static str],
) -> Definition {
    Definition {
        key,
        variant,
        columns,
        optional,
        described: None,
    }
}

pub(super) const SLUG: Definition = filled("slug", "Slug", &[column("slug", TEXT)], &[]);

/// The blocks whose keys stand alone.
pub(super) const PLAIN: [Definition; 7] = [
    filled(
        "soft_delete",
        "SoftDelete",
        &[column("deleted_at", OPTIONAL_TIME)],
        &["deleted_by"],
    ),
    filled("version", "Version", &[column("version", "i64")], &[]),
    filled(
        "timestamps",
        "Timestamps",
        &[column("created_at", TIME), column("updated_at", TIME)],
        &[],
    ),
    filled(
        "user_actions",
        "UserActions",
        &[
            column("created_by", OPTIONAL_USER),
            column("updated_by", OPTIONAL_USER),
        ],
        &[],
    ),
    Definition {
        key: "metadata",
        variant: "Metadata",
        columns: &[
            column("metadata", "serde_json::Value"),
            column("tags", "Vec<String>"),
            column("notes", TEXT),
        ],
        optional: &[],
        described: Some(("Metadata", "metadata_columns")),
    },
    Definition {
        key: "identity",
        variant: "Identity",
        columns: &[
            column("first_name", TEXT),
            column("middle_name", TEXT),
            column("last_name", TEXT),
            column("email", TEXT),
            column("phone", TEXT),
            column("birth_date", "Option<NaiveDate>"),
        ],
        optional: &[],
        described: Some(("Identity", "identity_columns")),
    },
    Definition {
        key: "address",
        variant: "Address",
        columns: &[
            column("street_address", TEXT),
            column("street_address_2", TEXT),
            column("city", TEXT),
            column("state_province", TEXT),
            column("postal_code", TEXT),
            column("country", TEXT),
            column("latitude", OPTIONAL_FLOAT),
            column("longitude", OPTIONAL_FLOAT),
        ],
        optional: &[],
        described: Some(("Address", "address_columns")),
    },
];

/// The block whose key is `key`, among those whose keys stand alone.
pub(super) fn plain(key: &str) -> Option<&'static Definition> {
    const { &PLAIN }.iter().find(|block| block.key == key)
}
