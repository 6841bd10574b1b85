use super::Sql;
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
                    sql.name(column.name)
                        .push(" = ")
                        .column(column.table, column.name);
                    sql.push(" + ").bind(value);
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
