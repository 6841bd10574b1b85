//! SQL functions that SQLite lacks: letters beyond ASCII, decimals, which it keeps as text, and
//! hashes.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "the macro emits items without docs"
)]

use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use diesel::SqliteConnection;
use diesel::result::QueryResult;
use diesel::sql_types::{Nullable, Text};
use diesel::sqlite::SqliteAggregateFunction;
use sha2::{Digest, Sha256};

use crate::statement::{DECIMAL_COLLATION, fold};

diesel::define_sql_function! {
    /// Folds every letter to lower case; SQLite's own `lower` knows ASCII alone.
    fn unicode_lower(text: Nullable<Text>) -> Nullable<Text>;
}

diesel::define_sql_function! {
    /// Adds two decimals; SQLite's own `+` makes doubles of them.
    fn decimal_add(one: Nullable<Text>, other: Nullable<Text>) -> Nullable<Text>;
}

diesel::define_sql_function! {
    /// Adds up decimals; SQLite's own `sum` makes doubles of them.
    #[aggregate]
    fn decimal_sum(amount: Nullable<Text>) -> Nullable<Text>;
}

diesel::define_sql_function! {
    /// The SHA-256 of a text, in hexadecimal: what PostgreSQL's `sha256` is for the audit log.
    fn sha256_hex(text: Text) -> Text;
}

/// Makes the functions known to `connection`.
pub(super) fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    unicode_lower_utils::register_impl(connection, |text: Option<String>| {
        text.map(|text| fold(&text))
    })?;
    decimal_add_utils::register_impl(connection, |one: Option<String>, other: Option<String>| {
        let sum = decimal(&one?)? + decimal(&other?)?;
        Some(sum.to_plain_string())
    })?;
    sha256_hex_utils::register_impl(connection, |text: String| {
        let digest = Sha256::digest(text.as_bytes());
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    })?;
    decimal_sum_utils::register_impl::<DecimalSum, _>(connection)?;
    // Diesel hands the right side over first.
    connection.register_collation(DECIMAL_COLLATION, |right, left| {
        compare_decimals(left, right)
    })
}

fn decimal(text: &str) -> Option<BigDecimal> {
    text.parse().ok()
}

/// The order of decimals by value. Whatever is none comes before them, in the order of its text.
fn compare_decimals(one: &str, other: &str) -> Ordering {
    match (decimal(one), decimal(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (None, None) => one.cmp(other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

#[derive(Default)]
struct DecimalSum(Option<BigDecimal>);

impl SqliteAggregateFunction<Option<String>> for DecimalSum {
    type Output = Option<String>;

    fn step(&mut self, amount: Option<String>) {
        if let Some(amount) = amount.and_then(|text| decimal(&text)) {
            let sum = self.0.take().unwrap_or_default();
            self.0 = Some(sum + amount);
        }
    }

    fn finalize(sum: Option<Self>) -> Option<String> {
        Some(sum?.0?.to_plain_string())
    }
}
