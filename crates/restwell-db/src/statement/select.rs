use super::Sql;
use crate::model::ColumnSet;
use crate::predicate::Predicate;
use crate::{ColumnMeta, Dialect, ModelMeta, Value};

/// `SELECT … FROM table`.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) columns: ColumnSet,
    pub(crate) filter: Predicate,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<i64>,
    pub(crate) offset: Option<i64>,
    pub(crate) lock: Option<Lock>,
}

/// An order by one column; null comes last, unless the order is a reversed one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// The column.
    pub column: &'static ColumnMeta,
    /// Whether the greatest value comes first.
    pub descending: bool,
    /// Whether null comes first.
    pub nulls_first: bool,
}

impl Order {
    /// From the least value.
    pub const fn asc(column: &'static ColumnMeta) -> Self {
        Self {
            column,
            descending: false,
            nulls_first: false,
        }
    }

    /// From the greatest value.
    pub const fn desc(column: &'static ColumnMeta) -> Self {
        Self {
            column,
            descending: true,
            nulls_first: false,
        }
    }

    /// The opposite order, with null at the other end too: what reads a page backwards.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            column: self.column,
            descending: !self.descending,
            nulls_first: !self.nulls_first,
        }
    }
}

/// How selected rows are locked until the end of the transaction, in the order of their keys where
/// no other is asked for: who locks the same rows at the same time waits at the first. SQLite locks the whole database
/// with every write transaction, so it has nothing to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Wait for others.
    Wait,
    /// Wait for others, except those who refer to a row: for changes that leave its key alone.
    NoKey,
    /// Fail when another holds a row.
    NoWait,
    /// Leave out what another holds.
    SkipLocked,
}

/// What is computed over the rows of a group.
#[derive(Clone, Copy, Debug)]
pub enum Aggregate {
    /// How many rows.
    Count,
    /// How many different values.
    CountDistinct(&'static ColumnMeta),
    /// The sum.
    Sum(&'static ColumnMeta),
    /// The mean.
    Avg(&'static ColumnMeta),
    /// The least value.
    Min(&'static ColumnMeta),
    /// The greatest value.
    Max(&'static ColumnMeta),
}

impl Select {
    pub(crate) fn new(meta: &'static ModelMeta, filter: Predicate) -> Self {
        Self {
            meta,
            columns: ColumnSet::ALL,
            filter,
            order: Vec::new(),
            limit: None,
            offset: None,
            lock: None,
        }
    }

    pub(crate) fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT ").columns(self.meta, self.columns);
        self.rest(&mut sql);
        if let Some(lock) = self.lock.filter(|_| dialect.is_postgres()) {
            sql.push(match lock {
                Lock::Wait => " FOR UPDATE",
                Lock::NoKey => " FOR NO KEY UPDATE",
                Lock::NoWait => " FOR UPDATE NOWAIT",
                Lock::SkipLocked => " FOR UPDATE SKIP LOCKED",
            });
        }
        sql
    }

    /// The values of some columns alone.
    pub(crate) fn render_columns(&self, dialect: Dialect, columns: &[&'static ColumnMeta]) -> Sql {
        let mut sql = Sql::new(dialect);
        let mut separator = "SELECT ";
        for column in columns {
            sql.push(separator).column(column.table, column.name);
            separator = ", ";
        }
        self.rest(&mut sql);
        sql
    }

    /// The primary keys of the rows, as a part of another statement.
    pub(super) fn render_key(&self, sql: &mut Sql) {
        sql.push("SELECT ")
            .column(self.meta.table, self.meta.pk().name);
        self.rest(sql);
    }

    /// How many rows there are, at most `cap` where one is given.
    pub(crate) fn render_count(&self, dialect: Dialect, cap: Option<i64>) -> Sql {
        let mut sql = Sql::new(dialect);
        if let Some(cap) = cap {
            sql.push("SELECT COUNT(*) FROM (SELECT 1");
            self.source(&mut sql);
            sql.push(" LIMIT ")
                .bind(Value::Int(cap))
                .push(") AS capped");
        } else {
            sql.push("SELECT COUNT(*)");
            self.source(&mut sql);
        }
        sql
    }

    /// Whether there is a row.
    pub(crate) fn render_exists(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT EXISTS (SELECT 1");
        self.source(&mut sql);
        sql.push(")");
        sql
    }

    /// Aggregates over groups of rows with the same values in `group`.
    pub(crate) fn render_groups(
        &self,
        dialect: Dialect,
        group: &[&'static ColumnMeta],
        aggregates: &[Aggregate],
    ) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT ");
        let mut separator = "";
        for column in group {
            sql.push(separator).column(column.table, column.name);
            separator = ", ";
        }
        for aggregate in aggregates {
            sql.push(separator).aggregate(*aggregate);
            separator = ", ";
        }
        self.source(&mut sql);
        for clause in [" GROUP BY ", " ORDER BY "] {
            let mut separator = clause;
            for column in group {
                sql.push(separator).comparable(column);
                separator = ", ";
            }
        }
        sql
    }

    fn source(&self, sql: &mut Sql) {
        sql.push(" FROM ")
            .name(self.meta.table)
            .filter(&self.filter);
    }

    fn rest(&self, sql: &mut Sql) {
        self.source(sql);
        for (i, order) in self.order.iter().enumerate() {
            sql.push(if i == 0 { " ORDER BY " } else { ", " })
                .comparable(order.column);
            if order.descending {
                sql.push(" DESC");
            }
            if order.column.nullable {
                sql.push(if order.nulls_first {
                    " NULLS FIRST"
                } else {
                    " NULLS LAST"
                });
            }
        }
        if self.order.is_empty() && self.lock.is_some() {
            sql.by_key(self.meta);
        }
        if let Some(limit) = self.limit {
            sql.push(" LIMIT ").bind(Value::Int(limit));
        } else if self.offset.is_some() && !sql.dialect().is_postgres() {
            sql.push(" LIMIT -1");
        }
        if let Some(offset) = self.offset {
            sql.push(" OFFSET ").bind(Value::Int(offset));
        }
    }
}

impl Sql {
    /// In the order of the keys.
    pub(super) fn by_key(&mut self, meta: &ModelMeta) -> &mut Self {
        self.push(" ORDER BY ").column(meta.table, meta.pk().name)
    }

    /// The selected columns of a model, in the order of its fields.
    pub(super) fn columns(&mut self, meta: &ModelMeta, selected: ColumnSet) -> &mut Self {
        let mut separator = "";
        for column in meta
            .columns
            .iter()
            .filter(|column| selected.contains(column.index))
        {
            self.push(separator).column(column.table, column.name);
            separator = ", ";
        }
        self
    }

    /// Sums and means have the type that the result is read as, on either database.
    fn aggregate(&mut self, aggregate: Aggregate) -> &mut Self {
        match aggregate {
            Aggregate::Count => self.push("COUNT(*)"),
            Aggregate::CountDistinct(column) => {
                self.push("COUNT(DISTINCT ").comparable(column).push(")")
            }
            Aggregate::Sum(column) => self.sum(column),
            Aggregate::Avg(column) => self
                .push("CAST(AVG(")
                .column(column.table, column.name)
                .push(") AS DOUBLE PRECISION)"),
            Aggregate::Min(column) => self.push("MIN(").comparable(column).push(")"),
            Aggregate::Max(column) => self.push("MAX(").comparable(column).push(")"),
        }
    }

    fn sum(&mut self, column: &ColumnMeta) -> &mut Self {
        let (open, close) = match column.kind {
            kind if kind.integer_range().is_some() => ("CAST(SUM(", ") AS BIGINT)"),
            crate::Kind::Float => ("CAST(SUM(", ") AS DOUBLE PRECISION)"),
            _ if self.is_text_decimal(column) => ("decimal_sum(", ")"),
            _ => ("SUM(", ")"),
        };
        self.push(open)
            .column(column.table, column.name)
            .push(close)
    }
}
