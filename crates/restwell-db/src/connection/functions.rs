//! SQL functions that SQLite lacks.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "the macro emits items without docs"
)]

use diesel::SqliteConnection;
use diesel::result::QueryResult;
use diesel::sql_types::{Nullable, Text};

diesel::define_sql_function! {
    /// Folds every letter to lower case; SQLite's own `lower` knows ASCII alone.
    fn unicode_lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// Makes the functions known to `connection`.
pub(super) fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    unicode_lower_utils::register_impl(connection, |text: Option<String>| {
        text.map(|text| text.to_lowercase())
    })
}
