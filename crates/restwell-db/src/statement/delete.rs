use super::Sql;
use crate::Dialect;
use crate::predicate::Predicate;

/// `DELETE FROM table WHERE …`.
#[derive(Debug)]
pub struct Delete<'a> {
    pub(crate) table: &'a str,
    pub(crate) filter: Predicate,
}

impl Delete<'_> {
    pub(crate) fn render(self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("DELETE FROM ")
            .name(self.table)
            .filter(&self.filter);
        sql
    }
}
