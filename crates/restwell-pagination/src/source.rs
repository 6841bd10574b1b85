//! The rows of a list without the type of their model, so that the code of the paginations is
//! compiled once.

use restwell_core::{QueryString, Result};
use restwell_db::predicate::Predicate;
use restwell_db::statement::Order;
use restwell_db::{ColumnSet, Context, Model, ModelMeta, Q, QuerySet, Value};

/// Which rows of a list.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) filter: Predicate,
    pub(crate) order: Vec<Order>,
    pub(crate) columns: ColumnSet,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

impl Window {
    pub(crate) fn new(order: Vec<Order>, limit: i64, offset: i64) -> Self {
        Self {
            filter: Predicate::All,
            order,
            columns: ColumnSet::NONE,
            limit,
            offset,
        }
    }
}

/// A list, and the rows of it that were read.
pub(crate) trait Source {
    fn meta(&self) -> &'static ModelMeta;

    fn count(&self, cap: Option<i64>, cx: &mut Context) -> Result<i64>;

    /// Reads rows, in place of those that were read before, and returns how many.
    fn load(&mut self, window: Window, cx: &mut Context) -> Result<i64>;

    /// The value of a column in one of the rows.
    fn value(&self, row: usize, column: usize) -> Value;

    fn truncate(&mut self, length: i64);

    fn reverse(&mut self);
}

pub(crate) struct Rows<M> {
    list: QuerySet<M>,
    pub(crate) rows: Vec<M>,
}

impl<M: Model> Rows<M> {
    pub(crate) fn of(list: QuerySet<M>) -> Self {
        Self {
            list,
            rows: Vec::new(),
        }
    }
}

impl<M: Model> Source for Rows<M> {
    fn meta(&self) -> &'static ModelMeta {
        M::META
    }

    fn count(&self, cap: Option<i64>, cx: &mut Context) -> Result<i64> {
        let list = self.list.clone();
        match cap {
            Some(cap) => list.count_capped(cx, cap),
            None => list.count(cx),
        }
    }

    fn load(&mut self, window: Window, cx: &mut Context) -> Result<i64> {
        let mut list = self
            .list
            .clone()
            .filter(Q::from_predicate(window.filter))
            .order_by_columns(window.order)
            .also(window.columns)
            .limit(window.limit);
        if window.offset > 0 {
            list = list.offset(window.offset);
        }
        self.rows = list.load(cx)?;
        Ok(i64::try_from(self.rows.len()).unwrap_or(i64::MAX))
    }

    fn value(&self, row: usize, column: usize) -> Value {
        self.rows[row].value(column)
    }

    fn truncate(&mut self, length: i64) {
        self.rows
            .truncate(usize::try_from(length).unwrap_or_default());
    }

    fn reverse(&mut self) {
        self.rows.reverse();
    }
}

/// The absolute URL of this request with other parameters.
pub(crate) fn link(cx: &Context, changes: &[(&str, Option<&str>)]) -> String {
    let request = cx.request();
    let query: &QueryString = &request.query;
    request.absolute_url(&query.replace_all(changes))
}
