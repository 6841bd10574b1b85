use super::Sql;
use crate::constraint::References;
use crate::model::ColumnSet;
use crate::predicate::Predicate;
use crate::{ColumnMeta, Dialect, ModelMeta, Value};

/// `UPDATE table SET … WHERE …`.
#[derive(Debug)]
pub struct Update {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) filter: Predicate,
    pub(crate) returning: bool,
}

/// What a column becomes.
#[derive(Clone, Debug)]
pub enum Assignment {
    /// This value.
    Set(&'static ColumnMeta, Value),
    /// What it was, plus this value.
    Increment(&'static ColumnMeta, Value),
}

impl Update {
    /// The foreign keys that it writes.
    pub(crate) fn references(&self) -> References {
        let mut references = References::default();
        for assignment in &self.assignments {
            if let Assignment::Set(column, value) = assignment {
                references.note(self.meta, column, value);
            }
        }
        references
    }

    pub(crate) fn render(self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("UPDATE ").name(self.meta.table).push(" SET ");
        for (i, assignment) in self.assignments.into_iter().enumerate() {
            sql.push(if i == 0 { "" } else { ", " });
            match assignment {
                Assignment::Set(column, value) => {
                    sql.name(column.name).push(" = ").bind(value);
                }
                Assignment::Increment(column, value) => {
                    sql.name(column.name).push(" = ").incremented(column, value);
                }
            }
        }
        sql.filter(&self.filter);
        if self.returning {
            sql.push(" RETURNING ").columns(self.meta, ColumnSet::ALL);
        }
        sql
    }
}

impl Sql {
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
