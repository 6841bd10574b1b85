//! A column in the text of a migration.

use super::name;
use crate::block::{BlockColumn, Check};
use crate::{Dialect, Kind};

/// A column as a line of `CREATE TABLE`.
pub(super) struct Line<'a> {
    pub(super) table: &'a str,
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// The column of a building block that it is, if it is one.
    pub(super) block: Option<BlockColumn>,
    /// How many characters a slug has at most.
    pub(super) slug: Option<usize>,
    /// `PRIMARY KEY`, with what makes missing keys.
    pub(super) key: &'static str,
    /// `REFERENCES …`.
    pub(super) reference: Option<String>,
}

impl Line<'_> {
    pub(super) fn text(&self, dialect: Dialect) -> String {
        let mut text = format!("{} {}", name(self.name), sql_type(self.kind, dialect));
        if !self.key.is_empty() {
            text = format!("{text} {}", self.key);
        } else if !self.nullable {
            text.push_str(" NOT NULL");
        }
        if let Some(default) = self.block.and_then(|block| block.default) {
            text.push_str(&format!(" DEFAULT {default}"));
        }
        let checks = self.checks(dialect);
        if !checks.is_empty() {
            let constraint = name(&format!("{}_{}_check", self.table, self.name));
            text.push_str(&format!(
                "\n        CONSTRAINT {constraint} CHECK ({})",
                checks.join(" AND ")
            ));
        }
        if let Some(reference) = &self.reference {
            let constraint = name(&format!("{}_{}_fkey", self.table, self.name));
            text.push_str(&format!("\n        CONSTRAINT {constraint} {reference}"));
        }
        text
    }

    fn checks(&self, dialect: Dialect) -> Vec<String> {
        let own = name(self.name);
        if let Kind::Choice(values) = self.kind {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            return vec![format!("{own} IN ({})", values.join(", "))];
        }
        if let Some(max) = self.slug {
            return vec![check(&Check::Length(1, max), &own, dialect)];
        }
        let checks = self.block.map(|block| block.checks).unwrap_or_default();
        checks
            .iter()
            .map(|own_check| check(own_check, &own, dialect))
            .collect()
    }
}

fn check(check: &Check, own: &str, dialect: Dialect) -> String {
    match check {
        Check::Length(0, max) => format!("length({own}) <= {max}"),
        Check::Length(min, max) => format!("length({own}) BETWEEN {min} AND {max}"),
        Check::Range(min, max) => format!("{own} BETWEEN {min} AND {max}"),
        Check::Json(of) if dialect.is_postgres() => format!("jsonb_typeof({own}) = '{of}'"),
        Check::Json(of) => format!("json_type({own}) = '{of}'"),
        Check::With(other) => format!("({own} IS NULL) = ({} IS NULL)", name(other)),
    }
}

/// A text in SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// SQLite keeps as text what it has no type for, in forms that sort and compare as the values do,
/// decimals excepted.
fn sql_type(kind: Kind, dialect: Dialect) -> &'static str {
    match (kind, dialect.is_postgres()) {
        (Kind::Bool, _) => "boolean",
        (Kind::SmallInt, _) => "smallint",
        (Kind::Integer, _) => "integer",
        (Kind::BigInt, _) => "bigint",
        (Kind::Float, true) => "double precision",
        (Kind::Float, false) => "real",
        (Kind::Bytes, true) => "bytea",
        (Kind::Bytes, false) => "blob",
        (Kind::Uuid, true) => "uuid",
        (Kind::DateTime, true) => "timestamptz",
        (Kind::Date, true) => "date",
        (Kind::Time, true) => "time",
        (Kind::Decimal, true) => "numeric",
        (Kind::Json, true) => "jsonb",
        _ => "text",
    }
}
