//! Rows of a model: which, in what order, how many.

mod aggregate;
mod delete;
mod each;
mod insert;
mod recorded;
mod refusal;
mod slugged;
mod values;
mod write;

use std::fmt;
use std::marker::PhantomData;

use diesel::deserialize;
use restwell_core::{Error, Key, Result};

use crate::connection::MultiRow;
use crate::constraint::classify;
use crate::model::ColumnSet;
use crate::predicate::Predicate;
use crate::statement::{Lock, Order, Select, Sql};
use crate::{ColumnMeta, ColumnValue, Context, Field, Kind, Model, OrderBy, Q, RowReader};

pub use aggregate::Summable;
pub use aggregate::{Average, Count, Group, Maximum, Measure, Measures, Minimum, Sum};
pub use each::RowUpdate;
pub(crate) use insert::{insert_links, insert_links_returning};
pub(crate) use recorded::{read_values, update};
pub(crate) use refusal::refused_deletion;
pub use values::Columns;
pub(crate) use write::{by_keys, run, stamped_update, user};

/// Rows of model `M`: which, in what order, how many. Nothing is read until a method takes the
/// context.
///
/// Softly deleted rows are left out unless [`with_deleted`](Self::with_deleted) asks for them.
#[must_use]
pub struct QuerySet<M> {
    select: Select,
    deleted: Deleted,
    model: PhantomData<fn() -> M>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deleted {
    Without,
    With,
    Only,
}

impl<M> Clone for QuerySet<M> {
    fn clone(&self) -> Self {
        Self {
            select: self.select.clone(),
            deleted: self.deleted,
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for QuerySet<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.select.fmt(f)
    }
}

impl<M: Model> QuerySet<M> {
    pub(crate) fn live() -> Self {
        Self {
            select: Select::new(M::META, Predicate::All),
            deleted: Deleted::Without,
            model: PhantomData,
        }
    }

    /// Softly deleted rows too.
    pub fn with_deleted(mut self) -> Self {
        self.deleted = Deleted::With;
        self
    }

    /// Softly deleted rows alone.
    pub fn only_deleted(mut self) -> Self {
        self.deleted = Deleted::Only;
        self
    }

    /// The rows of these for which `q` holds.
    pub fn filter(mut self, q: Q<M>) -> Self {
        let filter = std::mem::take(&mut self.select.filter);
        self.select.filter = filter.and(q.into_predicate());
        self
    }

    /// The rows of these for which `q` does not hold.
    pub fn exclude(self, q: Q<M>) -> Self {
        self.filter(!q)
    }

    /// In this order, in place of an earlier one. The primary key decides between equals, so the
    /// order is always total.
    pub fn order_by(mut self, order: impl IntoIterator<Item = OrderBy<M>>) -> Self {
        self.select.order = order.into_iter().map(|by| by.order).collect();
        self
    }

    /// In this order of columns of `M`, in place of an earlier one.
    pub fn order_by_columns(mut self, order: Vec<Order>) -> Self {
        self.select.order = order;
        self
    }

    /// At most `limit` rows.
    pub fn limit(mut self, limit: i64) -> Self {
        self.select.limit = Some(limit.max(0));
        self
    }

    /// Without the first `offset` rows.
    pub fn offset(mut self, offset: i64) -> Self {
        self.select.offset = Some(offset.max(0));
        self
    }

    /// Locks the rows until the end of the transaction, on PostgreSQL. SQLite locks the whole
    /// database with every write transaction.
    pub fn select_for_update(mut self, lock: Lock) -> Self {
        self.select.lock = Some(lock);
        self
    }

    /// Reads `columns` alone, with the primary key; the other fields of the rows are empty.
    ///
    /// For rows that are shown and then forgotten. Never write such a row back.
    pub fn only(mut self, columns: ColumnSet) -> Self {
        self.select.columns = columns.with(M::META.primary_key);
        self
    }

    /// Reads `columns` too, where [`only`](Self::only) left them out.
    pub fn also(mut self, columns: ColumnSet) -> Self {
        self.select.columns = self.select.columns.union(columns);
        self
    }

    /// The rows.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn load(self, cx: &mut Context) -> Result<Vec<M>> {
        let columns = self.select.columns;
        let sql = self.ordered().render(cx.dialect()?);
        fetch(cx, sql, columns)
    }

    /// The first row.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn first(self, cx: &mut Context) -> Result<Option<M>> {
        let limit = self.select.limit.map_or(1, |limit| limit.min(1));
        Ok(self.limit(limit).load(cx)?.pop())
    }

    /// The one row that there should be.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn get(self, cx: &mut Context) -> Result<M> {
        self.first(cx)?.ok_or_else(not_found::<M>)
    }

    /// The row with this primary key.
    ///
    /// # Errors
    /// 404 when it is not among these rows.
    pub fn find(self, cx: &mut Context, pk: &M::Pk) -> Result<M> {
        self.filter(by_pk::<M>(pk)).get(cx)
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn count(self, cx: &mut Context) -> Result<i64> {
        let sql = self.sliced().render_count(cx.dialect()?, None);
        scalar(cx, sql)
    }

    /// How many rows there are, counting no further than `cap`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn count_capped(self, cx: &mut Context, cap: i64) -> Result<i64> {
        let sql = self.sliced().render_count(cx.dialect()?, Some(cap));
        scalar(cx, sql)
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn exists(self, cx: &mut Context) -> Result<bool> {
        let sql = self.sliced().render_exists(cx.dialect()?);
        scalar(cx, sql)
    }

    /// Hands the rows to `work` in chunks of `size`, ordered by primary key, so that memory does
    /// not grow with their number. Each chunk is a query of its own.
    ///
    /// # Errors
    /// What `work` returns, or 503 when the database is away.
    pub fn chunks(
        self,
        cx: &mut Context,
        size: i64,
        mut work: impl FnMut(&mut Context, Vec<M>) -> Result<()>,
    ) -> Result<()> {
        let size = size.max(1);
        let mut left = self.select.limit.unwrap_or(i64::MAX);
        let mut all = self.order_by_columns(Vec::new());
        let mut rest = all.clone();
        all.select.offset = None;
        while left > 0 {
            let rows = rest.limit(size.min(left)).load(cx)?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            let after = Predicate::Compare {
                column: &M::META.columns[M::META.primary_key],
                comparison: crate::predicate::Comparison::Gt,
                value: last.pk().into_value(),
            };
            rest = all.clone().filter(Q::from_predicate(after));
            let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
            left -= count;
            work(cx, rows)?;
            if count < size {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The values of some columns, without the rest of the rows.
    ///
    /// ```text
    /// let titles: Vec<(Uuid, String)> = Post::objects().values((Post::F.id, Post::F.title), cx)?;
    /// ```
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn values<C: Columns<M>>(self, columns: C, cx: &mut Context) -> Result<Vec<C::Values>> {
        values::load(self.ordered(), columns, cx)
    }

    /// Groups the rows by the values of some columns, to count and to add up.
    ///
    /// ```text
    /// let counts: Vec<(Status, i64)> = Post::objects().group_by(Post::F.status).measure(Count, cx)?;
    /// ```
    pub fn group_by<C: Columns<M>>(self, columns: C) -> Group<M, C> {
        Group::new(self.sliced(), columns)
    }

    /// Counts or adds up all the rows.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn aggregate<A: Measures<M>>(self, measures: A, cx: &mut Context) -> Result<A::Values> {
        aggregate::whole(self.sliced(), measures, cx)
    }

    /// The values of the column `field` as the right side of an `IN`.
    pub fn subselect<T: ColumnValue>(self, field: Field<M, T>) -> crate::predicate::SubSelect {
        self.subselect_column(field.column())
    }

    pub(crate) fn subselect_column(self, column: &ColumnMeta) -> crate::predicate::SubSelect {
        crate::predicate::SubSelect {
            table: M::META.table,
            column: column.name,
            filter: self.sliced().filter,
        }
    }

    /// How many of these rows have each value of `column`.
    pub(crate) fn render_counts_by(
        self,
        column: &'static ColumnMeta,
        cx: &mut Context,
    ) -> Result<Sql> {
        let counts = [crate::statement::Aggregate::Count];
        Ok(self
            .sliced()
            .render_groups(cx.dialect()?, &[column], &counts))
    }

    /// The statement with the condition on deleted rows.
    fn scoped(mut self) -> Select {
        if let Some(column) = M::META.deleted_at() {
            let filter = std::mem::take(&mut self.select.filter);
            let deleted = match self.deleted {
                Deleted::With => Predicate::All,
                Deleted::Without => Predicate::IsNull {
                    column,
                    is_null: true,
                },
                Deleted::Only => Predicate::IsNull {
                    column,
                    is_null: false,
                },
            };
            self.select.filter = deleted.and(filter);
        }
        self.select
    }

    /// The statement with a condition in place of a limit and an offset, which only a `SELECT` of
    /// rows can have.
    fn sliced(self) -> Select {
        if self.select.limit.is_none() && self.select.offset.is_none() {
            return self.scoped();
        }
        let slice = Predicate::InSlice {
            column: &M::META.columns[M::META.primary_key],
            slice: Box::new(self.ordered()),
        };
        Select::new(M::META, slice)
    }

    /// The statement with a total order.
    fn ordered(self) -> Select {
        let mut select = self.scoped();
        let pk = &M::META.columns[M::META.primary_key];
        if select
            .order
            .iter()
            .all(|order| order.column.index != pk.index)
        {
            let descending = select.order.last().is_some_and(|order| order.descending);
            select.order.push(if descending {
                Order::desc(pk)
            } else {
                Order::asc(pk)
            });
        }
        select
    }
}

/// The row with this primary key.
pub(crate) fn by_pk<M: Model>(pk: &M::Pk) -> Q<M> {
    Q::from_predicate(Predicate::Compare {
        column: &M::META.columns[M::META.primary_key],
        comparison: crate::predicate::Comparison::Eq,
        value: pk.clone().into_value(),
    })
}

/// DRF's 404 for a model.
pub fn not_found<M: Model>() -> Error {
    Error::new(
        404,
        "not_found",
        format!("No {} matches the given query.", M::META.name),
    )
}

pub(crate) fn fetch<M: Model>(cx: &mut Context, sql: Sql, columns: ColumnSet) -> Result<Vec<M>> {
    load_rows(cx, sql, &mut |row| {
        M::from_row(&mut RowReader::new(row, columns))
    })
}

pub(crate) fn load_rows<T>(
    cx: &mut Context,
    sql: Sql,
    read: &mut dyn FnMut(&MultiRow<'_, '_>) -> deserialize::Result<T>,
) -> Result<Vec<T>> {
    let session = cx.session()?;
    sql.load(session, read)
        .map_err(|error| classify(error, session, None))
}

pub(crate) fn scalar<T: ColumnValue>(cx: &mut Context, sql: Sql) -> Result<T> {
    let mut rows = load_rows(cx, sql, &mut |row| {
        RowReader::new(row, ColumnSet::ALL).next::<T>()
    })?;
    rows.pop()
        .ok_or_else(|| Error::internal("an aggregate returned no row"))
}

/// Reads the two keys of a link, of these kinds.
pub(crate) fn read_pair(row: &MultiRow<'_, '_>, kinds: [Kind; 2]) -> deserialize::Result<[Key; 2]> {
    let mut reader = RowReader::new(row, ColumnSet::ALL);
    Ok([
        read_key(&mut reader, kinds[0])?,
        read_key(&mut reader, kinds[1])?,
    ])
}

/// Reads a key of the given kind.
pub(crate) fn read_key(row: &mut RowReader<'_, '_, '_>, kind: Kind) -> deserialize::Result<Key> {
    Ok(match kind {
        Kind::Uuid => Key::Uuid(row.next()?),
        Kind::BigInt => Key::Int(row.next()?),
        Kind::Integer => Key::Int(row.next::<i32>()?.into()),
        Kind::Text => Key::Text(row.next()?),
        other => return Err(format!("a key cannot be of kind {other:?}").into()),
    })
}
