//! What the databases call their constraints. PostgreSQL names the constraint; SQLite names the
//! columns, or the index where it has an expression.

use super::Information;
use crate::model::Unique;
use crate::{ColumnMeta, ModelMeta};

/// The connection is gone.
pub(super) const LOST: &[&str] = &[
    "server closed the connection",
    "terminating connection",
    "connection to server",
    "no connection to the server",
    "SSL SYSCALL",
];

/// Another transaction was in the way, and this one is undone.
pub(super) const CONTENTION: &[&str] = &[
    "database is locked",
    "database table is locked",
    "deadlock detected",
];

/// Another transaction was in the way for longer than this one waits.
pub(super) const LOCK_TIMEOUT: &str = "canceling statement due to lock timeout";

/// The database has no time for this.
pub(super) const BUSY: &[&str] = &[
    "canceling statement due to",
    "could not obtain lock",
    "the database system is",
];

/// A number, a time or a text is too large.
pub(super) const OUT_OF_RANGE: &[&str] = &[
    "out of range",
    "numeric field overflow",
    "value overflows numeric format",
    "integer overflow",
    "value too long for type",
    "string or blob too big",
];

/// PostgreSQL's text has no NUL.
pub(super) const NUL: &[&str] = &[
    "invalid byte sequence for encoding",
    "unsupported Unicode escape sequence",
];

/// The name of the constraint or index.
pub(super) fn constraint(information: &Information) -> Option<&str> {
    information.constraint_name().or_else(|| {
        let (_, index) = information.message().split_once("index '")?;
        index.strip_suffix('\'')
    })
}

/// Whether the constraint `name` is what the model declares as `unique`.
pub(super) fn is_name(meta: &ModelMeta, unique: &Unique, name: &str) -> bool {
    if let Some(own) = unique.name {
        return own == name;
    }
    let columns: Vec<&str> = unique
        .columns
        .iter()
        .map(|i| meta.columns[*i].name)
        .collect();
    let stem = name
        .strip_prefix(meta.table)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(|rest| rest.strip_prefix(columns.join("_").as_str()));
    // What PostgreSQL, and people who write migrations, put behind the columns.
    match stem {
        Some("_key" | "_idx" | "_unique" | "_uniq") => true,
        Some("_lower" | "_lower_key" | "_lower_idx" | "_lower_unique") => unique.ignore_case,
        _ => false,
    }
}

/// The columns in SQLite's `UNIQUE constraint failed: posts.slug, posts.day` or PostgreSQL's
/// `Key (slug, day)=(…) already exists`, where all of them are the model's.
pub(super) fn named_columns(
    meta: &'static ModelMeta,
    information: &Information,
) -> Option<Vec<&'static ColumnMeta>> {
    let names = match information.details() {
        Some(details) => details.strip_prefix("Key (")?.split_once(")=(")?.0,
        None => information.message().split_once(": ")?.1,
    };
    names
        .split(", ")
        .map(|name| meta.column(name.rsplit('.').next()?.trim_matches('"')))
        .collect()
}

/// The key in PostgreSQL's `Key (category_id)=(5) is not present in table "categories"`.
pub(super) fn missing_key(information: &Information) -> Option<&str> {
    let (_, key) = information.details()?.split_once(")=(")?;
    Some(key.rsplit_once(") is not present in ")?.0)
}

/// The column in a constraint's name such as `posts_views_check` or `posts_author_id_fkey`.
pub(super) fn constrained_column(
    meta: &'static ModelMeta,
    constraint: &str,
) -> Option<&'static ColumnMeta> {
    let stem = constraint.strip_prefix(meta.table)?.strip_prefix('_')?;
    let name = stem
        .strip_suffix("_check")
        .or_else(|| stem.strip_suffix("_fkey"))?;
    meta.column(name)
}

/// The column that a check is about. Of a check without a name SQLite gives the condition.
pub(super) fn checked_column(
    meta: &'static ModelMeta,
    information: &Information,
) -> Option<&'static ColumnMeta> {
    let check = match information.constraint_name() {
        Some(name) => return constrained_column(meta, name),
        None => information.message().split_once(": ")?.1,
    };
    if let Some(column) = constrained_column(meta, check) {
        return Some(column);
    }
    let is_part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut mentioned = check
        .split(|letter| !is_part_of_word(letter))
        .filter_map(|word| meta.column(word));
    let column = mentioned.next()?;
    mentioned
        .all(|other| other.index == column.index)
        .then_some(column)
}

/// The table whose rows refer to one that was to be deleted, of which PostgreSQL says
/// `Key (id)=(…) is still referenced from table "posts"`.
pub(super) fn referring_table(information: &Information) -> Option<String> {
    let named = information
        .details()
        .and_then(|details| details.split_once("from table \""))
        .and_then(|(_, rest)| rest.split('"').next());
    named
        .or_else(|| information.table_name())
        .map(str::to_owned)
}
