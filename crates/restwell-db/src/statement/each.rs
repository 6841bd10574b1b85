use std::collections::HashMap;

use restwell_core::Key;

use super::Sql;
use crate::{ColumnMeta, Kind, ModelMeta, Value};

/// The new values, a row for each row that is updated.
const NEW: &str = "__new";

/// Its columns beside those of the model.
const KEY: &str = "__key";
const VERSION: &str = "__version";

/// What columns become where that differs from row to row.
#[derive(Debug)]
pub struct Each {
    /// The columns.
    pub(crate) columns: Vec<&'static ColumnMeta>,
    /// What they become, for rows of which none stands twice.
    pub(crate) rows: Vec<EachRow>,
}

/// What the columns of one row become.
#[derive(Debug)]
pub(crate) struct EachRow {
    pub(crate) key: Key,
    /// The version that the row must have.
    pub(crate) version: Option<i64>,
    pub(crate) values: Vec<Value>,
}

impl Each {
    /// The new values of each row.
    pub(crate) fn by_key(&self) -> HashMap<&Key, Vec<(&'static ColumnMeta, Value)>> {
        let values = |row: &EachRow| {
            let columns = self.columns.iter().copied();
            columns.zip(row.values.iter().cloned()).collect()
        };
        let rows = self.rows.iter();
        rows.map(|row| (&row.key, values(row))).collect()
    }

    /// The new values of all rows.
    pub(super) fn values(&self) -> impl Iterator<Item = (&'static ColumnMeta, &Value)> {
        let columns = || self.columns.iter().copied();
        self.rows
            .iter()
            .flat_map(move |row| columns().zip(&row.values))
    }

    fn is_versioned(&self) -> bool {
        self.rows.iter().any(|row| row.version.is_some())
    }
}

impl Sql {
    /// The new values as a table: `WITH … AS (VALUES …) `.
    pub(super) fn with_each(&mut self, meta: &ModelMeta, each: &Each) -> &mut Self {
        self.one_off();
        let versioned = each.is_versioned();
        self.push("WITH ").name(NEW).push(" (").name(KEY);
        if versioned {
            self.push(", ").name(VERSION);
        }
        for column in &each.columns {
            self.push(", ").name(column.name);
        }
        self.push(") AS (VALUES ");
        for (i, row) in each.rows.iter().enumerate() {
            self.push(if i == 0 { "(" } else { ", (" });
            self.bind_as(meta.pk().kind, Value::from(&row.key));
            if versioned {
                let version = row.version.map_or(Value::Null, Value::Int);
                self.push(", ").bind_as(Kind::BigInt, version);
            }
            for (column, value) in each.columns.iter().zip(&row.values) {
                self.push(", ").bind_as(column.kind, value.clone());
            }
            self.push(")");
        }
        self.push(") ")
    }

    /// `column = new.column, …`
    pub(super) fn set_each(&mut self, each: &Each) -> &mut Self {
        for (i, column) in each.columns.iter().enumerate() {
            self.push(if i == 0 { "" } else { ", " });
            self.name(column.name).push(" = ").column(NEW, column.name);
        }
        self
    }

    pub(super) fn join_each(&mut self) -> &mut Self {
        self.push(" FROM ").name(NEW)
    }

    /// ` AND …`: a row of `meta` with its new values, in the version that it must have.
    pub(super) fn match_each(&mut self, meta: &ModelMeta, each: &Each) -> &mut Self {
        self.push(" AND ").column(meta.table, meta.pk().name);
        self.push(" = ").column(NEW, KEY);
        let version = meta.stamps.version.map(|index| &meta.columns[index]);
        if let Some(version) = version.filter(|_| each.is_versioned()) {
            self.push(" AND (")
                .column(NEW, VERSION)
                .push(" IS NULL OR ");
            self.column(meta.table, version.name).push(" = ");
            self.column(NEW, VERSION).push(")");
        }
        self
    }

    /// A value of a table of values. There PostgreSQL takes a null of no type for a text.
    fn bind_as(&mut self, kind: Kind, value: Value) -> &mut Self {
        if !value.is_null() || !self.dialect().is_postgres() {
            return self.bind(value);
        }
        self.push("NULL::").push(match kind {
            Kind::Bool => "bool",
            Kind::SmallInt => "int2",
            Kind::Integer => "int4",
            Kind::BigInt => "int8",
            Kind::Float => "float8",
            Kind::Text | Kind::Choice(_) => "text",
            Kind::Bytes => "bytea",
            Kind::Uuid => "uuid",
            Kind::DateTime => "timestamptz",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Decimal => "numeric",
            Kind::Json => "jsonb",
        })
    }
}
