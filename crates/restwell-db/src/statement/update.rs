use super::{Each, Sql};
use crate::constraint::References;
use crate::model::ColumnSet;
use crate::predicate::Predicate;
use crate::{ColumnMeta, Dialect, ModelMeta, Value};

/// `UPDATE table SET … WHERE …`.
#[derive(Debug)]
pub struct Update {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) assignments: Vec<Assignment>,
    /// What differs from row to row.
    pub(crate) each: Option<Each>,
    pub(crate) filter: Predicate,
}

/// What an update returns of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returning {
    /// Nothing.
    Nothing,
    /// As they are now.
    New,
    /// As they are now, and behind that as they were: PostgreSQL alone.
    NewAndOld,
}

/// The rows before the update.
const OLD: &str = "__old";

/// What a column becomes.
#[derive(Clone, Debug)]
pub enum Assignment {
    /// This value.
    Set(&'static ColumnMeta, Value),
    /// What it was, plus this value.
    Increment(&'static ColumnMeta, Value),
}

impl Update {
    /// The same change of every row under `filter`.
    pub(crate) fn of_all(
        meta: &'static ModelMeta,
        assignments: Vec<Assignment>,
        filter: Predicate,
    ) -> Self {
        Self {
            meta,
            assignments,
            each: None,
            filter,
        }
    }

    /// The foreign keys that it writes.
    pub(crate) fn references(&self) -> References {
        let mut references = References::default();
        for assignment in &self.assignments {
            if let Assignment::Set(column, value) = assignment {
                references.note(self.meta, column, value);
            }
        }
        if let Some(each) = &self.each {
            for (column, value) in each.values() {
                references.note(self.meta, column, value);
            }
        }
        references
    }

    /// The columns that it sets in every row, and to what.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static ColumnMeta, Value)> {
        self.assignments
            .iter()
            .filter_map(|assignment| match assignment {
                Assignment::Set(column, value) => Some((*column, value.clone())),
                Assignment::Increment(..) => None,
            })
    }

    pub(crate) fn render(self, dialect: Dialect, returning: Returning) -> Sql {
        let mut sql = Sql::new(dialect);
        if let Some(each) = &self.each {
            sql.with_each(self.meta, each);
        }
        sql.push("UPDATE ").name(self.meta.table).push(" SET ");
        let mut separator = "";
        if let Some(each) = self.each.as_ref().filter(|each| !each.columns.is_empty()) {
            sql.set_each(each);
            separator = ", ";
        }
        for assignment in self.assignments {
            sql.push(separator);
            separator = ", ";
            match assignment {
                Assignment::Set(column, value) => {
                    sql.name(column.name).push(" = ").bind(value);
                }
                Assignment::Increment(column, value) => {
                    sql.name(column.name).push(" = ").incremented(column, value);
                }
            }
        }
        if self.each.is_some() {
            sql.join_each();
        }
        if returning == Returning::NewAndOld {
            sql.push(if self.each.is_some() { ", " } else { " FROM " });
            sql.join_old(self.meta, &self.filter);
        } else {
            sql.filter(&self.filter);
        }
        if let Some(each) = &self.each {
            sql.match_each(self.meta, each);
        }
        if returning != Returning::Nothing {
            sql.push(" RETURNING ").columns(self.meta, ColumnSet::ALL);
        }
        if returning == Returning::NewAndOld {
            for column in self.meta.columns {
                sql.push(", ").column(OLD, column.name);
            }
        }
        sql
    }
}

impl Sql {
    /// The rows under `filter` as they are, locked as the update itself would, one after the other by
    /// their keys: whoever changes one at the same time is waited for, and what that left is what is
    /// read here.
    fn join_old(&mut self, meta: &ModelMeta, filter: &Predicate) {
        self.push("(SELECT ").columns(meta, ColumnSet::ALL);
        self.push(" FROM ").name(meta.table).filter(filter);
        self.by_key(meta).push(" FOR NO KEY UPDATE) AS ").name(OLD);
        self.push(" WHERE ").column(meta.table, meta.pk().name);
        self.push(" = ").column(OLD, meta.pk().name);
    }

    /// A column plus a value. SQLite makes doubles of decimals, and keeps numbers that are too
    /// large for the type of the column; there `abs` of the least number of all is an error.
    fn incremented(&mut self, column: &ColumnMeta, value: Value) -> &mut Self {
        if self.is_text_decimal(column) {
            self.push("decimal_add(").column(column.table, column.name);
            return self.push(", ").bind(value).push(")");
        }
        let bounds = match column.kind.integer_range() {
            Some(bounds) if !self.dialect().is_postgres() => bounds,
            _ => {
                return self
                    .column(column.table, column.name)
                    .push(" + ")
                    .bind(value);
            }
        };
        self.push("CASE WHEN ").column(column.table, column.name);
        self.push(" + ").bind(value.clone()).push(" BETWEEN ");
        self.bind(Value::Int(bounds.0))
            .push(" AND ")
            .bind(Value::Int(bounds.1));
        self.push(" THEN ").column(column.table, column.name);
        self.push(" + ")
            .bind(value)
            .push(" ELSE abs(")
            .bind(Value::Int(i64::MIN));
        self.push(" + 0 * ")
            .column(column.table, column.name)
            .push(") END")
    }
}
