//! Entries as the source of an `INSERT`.

use diesel::query_builder::AstPass;
use diesel::result::QueryResult;
use diesel::sql_types::Text;
use restwell_core::Result;
use restwell_db::Dialect;
use restwell_db::connection::{MultiBackend, TextList, Texts};

use crate::Entry;
use crate::chain::Contents;

/// How many columns each entry has its own value of.
const COLUMNS: usize = 5;

/// What an entry has of its own.
pub(super) struct Row<'a> {
    entry: &'a Entry,
    digest: String,
}

impl<'a> Row<'a> {
    pub(super) fn of(entry: &'a Entry) -> Result<Self> {
        let contents = Contents {
            at: entry.at,
            actor_id: entry.actor_id.as_deref(),
            action: &entry.action,
            entity: entry.entity,
            entity_id: &entry.entity_id,
            changes: &entry.changes,
            request_id: Some(&entry.request_id),
        };
        let digest = contents.digest()?;
        Ok(Self { entry, digest })
    }

    fn columns(&self) -> [&str; COLUMNS] {
        let Entry {
            action,
            entity,
            entity_id,
            changes,
            ..
        } = self.entry;
        [action, entity, entity_id, changes, &self.digest]
    }
}

/// A source named `e` with the columns `action`, `entity`, `entity_id`, `changes` and `digest`.
pub(super) enum Rows<'a> {
    /// An array for each column, for PostgreSQL: the statement is the same for any number of
    /// entries.
    Arrays([Texts; COLUMNS]),
    /// SQLite has no arrays, and takes its time to read JSON.
    Values(Vec<Row<'a>>),
}

impl<'a> Rows<'a> {
    pub(super) fn new(rows: Vec<Row<'a>>, dialect: Dialect) -> Self {
        if !dialect.is_postgres() {
            return Self::Values(rows);
        }
        let texts = |column: usize| rows.iter().map(move |row| row.columns()[column].to_owned());
        Self::Arrays(std::array::from_fn(|column| Texts(texts(column).collect())))
    }

    pub(super) fn are_for_postgres(&self) -> bool {
        matches!(self, Self::Arrays(_))
    }

    pub(super) fn walk<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Arrays(columns) => {
                out.push_sql("unnest(");
                for (i, column) in columns.iter().enumerate() {
                    out.push_sql(if i == 0 { "" } else { ", " });
                    out.push_bind_param::<TextList, _>(column)?;
                }
                out.push_sql(") AS e (action, entity, entity_id, changes, digest)");
            }
            Self::Values(rows) => {
                if rows.len() > 1 {
                    out.unsafe_to_cache_prepared();
                }
                out.push_sql(
                    "(SELECT column1 AS action, column2 AS entity, column3 AS entity_id, ",
                );
                out.push_sql("column4 AS changes, column5 AS digest FROM (VALUES ");
                for (i, row) in rows.iter().enumerate() {
                    out.push_sql(if i == 0 { "(" } else { ", (" });
                    for (j, value) in row.columns().into_iter().enumerate() {
                        out.push_sql(if j == 0 { "" } else { ", " });
                        out.push_bind_param::<Text, str>(value)?;
                    }
                    out.push_sql(")");
                }
                out.push_sql(")) AS e");
            }
        }
        Ok(())
    }
}
