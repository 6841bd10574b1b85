use super::Sql;
use crate::model::ColumnSet;
use crate::{Dialect, ModelMeta, Value};

/// `INSERT INTO table … VALUES …`.
#[derive(Debug)]
pub struct Insert<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: Vec<&'a str>,
    /// The values of each row; `None` is what the database fills in, which PostgreSQL alone can be
    /// told in a row beside others.
    pub(crate) rows: Vec<Vec<Option<Value>>>,
    pub(crate) on_conflict: Option<OnConflict<'a>>,
    /// Every column of the model is returned.
    pub(crate) returning: &'static ModelMeta,
}

/// What happens to a row that is there already.
#[derive(Clone, Debug)]
pub enum OnConflict<'a> {
    /// The new row is left out.
    Ignore,
    /// The row that has the same `target` takes over the columns `update`.
    Update {
        /// The columns of a unique constraint.
        target: Vec<&'a str>,
        /// The columns that are overwritten.
        update: Vec<&'a str>,
    },
}

impl Insert<'_> {
    pub(crate) fn render(self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("INSERT INTO ").name(self.table);
        let single = self.rows.len() == 1;
        if !single {
            sql.one_off();
        }
        if self.columns.is_empty() {
            sql.push(" DEFAULT VALUES");
        } else {
            sql.names(" (", &self.columns).push(" VALUES ");
            for (i, row) in self.rows.into_iter().enumerate() {
                sql.push(if i == 0 { "(" } else { ", (" });
                for (j, value) in row.into_iter().enumerate() {
                    sql.push(if j == 0 { "" } else { ", " });
                    match value {
                        Some(value) => sql.bind(value),
                        None => sql.push("DEFAULT"),
                    };
                }
                sql.push(")");
            }
        }
        match &self.on_conflict {
            None => {}
            Some(OnConflict::Ignore) => {
                sql.push(" ON CONFLICT DO NOTHING");
            }
            Some(OnConflict::Update { target, update }) => {
                sql.names(" ON CONFLICT (", target).push(" DO UPDATE SET ");
                for (i, column) in update.iter().enumerate() {
                    sql.push(if i == 0 { "" } else { ", " }).name(column);
                    sql.push(" = excluded.").name(column);
                }
            }
        }
        sql.push(" RETURNING ")
            .columns(self.returning, ColumnSet::ALL);
        sql
    }
}

impl Sql {
    fn names(&mut self, open: &str, names: &[&str]) -> &mut Self {
        self.push(open).list(names).push(")")
    }

    fn list(&mut self, names: &[&str]) -> &mut Self {
        for (i, name) in names.iter().enumerate() {
            self.push(if i == 0 { "" } else { ", " }).name(name);
        }
        self
    }
}
