use super::Sql;
use crate::model::ColumnSet;
use crate::{Dialect, ModelMeta, Value};

/// The table between two models of a many-to-many relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// The table.
    pub through: &'static str,
    /// Its column with the key of the one side.
    pub source: &'static str,
    /// Its column with the key of the other side.
    pub target: &'static str,
}

impl Link {
    /// The rows of `meta` on the other side of `keys`, each behind the key that it belongs to.
    pub(crate) fn render_targets(
        self,
        dialect: Dialect,
        meta: &ModelMeta,
        columns: ColumnSet,
        keys: &[Value],
    ) -> Sql {
        let pk = meta.pk();
        let mut sql = Sql::new(dialect);
        sql.push("SELECT ")
            .column(self.through, self.source)
            .push(", ")
            .columns(meta, columns);
        self.render_source(&mut sql, meta, keys);
        sql.push(" ORDER BY ").column(meta.table, pk.name);
        sql
    }

    /// How many rows of `meta` are on the other side of each of `keys`.
    pub(crate) fn render_counts(self, dialect: Dialect, meta: &ModelMeta, keys: &[Value]) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT ")
            .column(self.through, self.source)
            .push(", COUNT(*)");
        self.render_source(&mut sql, meta, keys);
        sql.push(" GROUP BY ").column(self.through, self.source);
        sql
    }

    fn render_source(self, sql: &mut Sql, meta: &ModelMeta, keys: &[Value]) {
        sql.push(" FROM ")
            .name(meta.table)
            .push(" JOIN ")
            .name(self.through);
        sql.push(" ON ").column(self.through, self.target);
        sql.push(" = ").column(meta.table, meta.pk().name);
        if let Some(deleted_at) = meta.deleted_at() {
            sql.push(" AND ")
                .column(meta.table, deleted_at.name)
                .push(" IS NULL");
        }
        sql.push(" WHERE ")
            .column(self.through, self.source)
            .bind_list(keys);
    }

    /// Takes away the links of each source, all but those to the targets beside it, and returns
    /// them if told to.
    pub(crate) fn render_unlink(
        self,
        dialect: Dialect,
        kept: &[(Value, Vec<Value>)],
        returning: bool,
    ) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("DELETE FROM ").name(self.through).push(" WHERE ");
        sql.column(self.through, self.source);
        if let [(source, targets)] = kept {
            sql.push(" = ").bind(source.clone());
            if !targets.is_empty() {
                sql.push(" AND NOT ")
                    .column(self.through, self.target)
                    .bind_list(targets);
            }
        } else {
            let sources: Vec<Value> = kept.iter().map(|(source, _)| source.clone()).collect();
            sql.bind_list(&sources).except(self, kept);
        }
        if returning {
            sql.push(" RETURNING ").pair(self);
        }
        sql
    }

    /// Adds those of the pairs that are not there yet, and returns them if told to.
    pub(crate) fn render_link(
        self,
        dialect: Dialect,
        pairs: Vec<[Value; 2]>,
        returning: bool,
    ) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("INSERT INTO ").name(self.through);
        sql.push(" (")
            .name(self.source)
            .push(", ")
            .name(self.target)
            .push(")");
        let (sources, targets) = pairs.iter().cloned().map(Into::into).unzip();
        if sql.bind_columns(&[sources, targets]).is_none() {
            sql.one_off();
            sql.push(" VALUES ");
            for (i, [source, target]) in pairs.into_iter().enumerate() {
                sql.push(if i == 0 { "(" } else { ", (" });
                sql.bind(source).push(", ").bind(target).push(")");
            }
        }
        sql.push(" ON CONFLICT DO NOTHING");
        if returning {
            sql.push(" RETURNING ").pair(self);
        }
        sql
    }

    /// The links of `sources`.
    pub(crate) fn render_pairs(self, dialect: Dialect, sources: &[Value]) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT ").pair(self);
        sql.push(" FROM ").name(self.through).push(" WHERE ");
        sql.column(self.through, self.source).bind_list(sources);
        sql
    }
}

impl Sql {
    fn except(&mut self, link: Link, kept: &[(Value, Vec<Value>)]) -> &mut Self {
        let mut separator = " AND NOT (";
        for (source, targets) in kept {
            for target in targets {
                if separator == " AND NOT (" {
                    self.one_off();
                    self.push(separator).pair(link).push(") IN (VALUES (");
                } else {
                    self.push(separator);
                }
                separator = "), (";
                self.bind(source.clone()).push(", ").bind(target.clone());
            }
        }
        if separator == "), (" {
            self.push("))");
        }
        self
    }

    fn pair(&mut self, link: Link) -> &mut Self {
        self.column(link.through, link.source)
            .push(", ")
            .column(link.through, link.target)
    }
}
