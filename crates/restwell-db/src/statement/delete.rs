use super::Sql;
use crate::model::ColumnSet;
use crate::predicate::Predicate;
use crate::{Dialect, ModelMeta};

/// `DELETE FROM table WHERE …`.
#[derive(Debug)]
pub struct Delete {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) filter: Predicate,
    /// Whether it returns the rows that were there.
    pub(crate) returning: bool,
}

impl Delete {
    pub(crate) fn render(self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("DELETE FROM ")
            .name(self.meta.table)
            .filter(&self.filter);
        if self.returning {
            sql.push(" RETURNING ").columns(self.meta, ColumnSet::ALL);
        }
        sql
    }
}
