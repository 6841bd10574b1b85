use std::fmt;

use restwell_core::Authenticator;
use restwell_db::relation::Relation;
use restwell_db::{ColumnValue, Context, Field, Model, OrderBy, Q};
use restwell_filters::{Filters, Invalid, Lookups, Orderings, Search};
use restwell_pagination::Pagination;

use crate::Atomicity;
use crate::schemes::Schemes;

/// Filters, order, pages and other settings of a viewset.
#[must_use]
pub struct Options<M> {
    pub(crate) filters: Filters<M>,
    pub(crate) pagination: Pagination,
    pub(crate) require_version: bool,
    pub(crate) trash: bool,
    pub(crate) history: bool,
    pub(crate) throttled: Option<Vec<&'static str>>,
    pub(crate) atomicity: Atomicity,
    pub(crate) idempotent: bool,
    pub(crate) schemes: Option<Schemes>,
}

impl<M> fmt::Debug for Options<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("pagination", &self.pagination)
            .finish_non_exhaustive()
    }
}

impl<M: Model> Default for Options<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> Options<M> {
    /// No filter, no search, the order of the primary key, pages of 20.
    pub fn new() -> Self {
        Self {
            filters: Filters::new(),
            pagination: Pagination::default(),
            require_version: false,
            trash: false,
            history: false,
            throttled: Some(Vec::new()),
            atomicity: Atomicity::default(),
            idempotent: false,
            schemes: None,
        }
    }

    /// Lets clients filter by `field`.
    pub fn filter<T: ColumnValue, L: Lookups<T>>(self, field: Field<M, T>, lookups: L) -> Self {
        self.filters(|filters| filters.filter(field, lookups))
    }

    /// Lets clients filter by `field` under another name.
    pub fn filter_as<T: ColumnValue, L: Lookups<T>>(
        self,
        name: &'static str,
        field: Field<M, T>,
        lookups: L,
    ) -> Self {
        self.filters(|filters| filters.filter_as(name, field, lookups))
    }

    /// Lets clients filter by a field of related rows.
    pub fn filter_related<R: Relation<M>, T: ColumnValue, L: Lookups<T>>(
        self,
        name: &'static str,
        relation: R,
        field: Field<R::Target, T>,
        lookups: L,
    ) -> Self {
        self.filters(|filters| filters.related(name, relation, field, lookups))
    }

    /// Lets clients filter by a parameter that `condition` understands.
    pub fn filter_with(
        self,
        name: &'static str,
        condition: fn(&str, &Context) -> Result<Q<M>, Invalid>,
    ) -> Self {
        self.filters(|filters| filters.filter_with(name, condition))
    }

    /// Where `?search=` looks.
    pub fn search<S: Into<Search<M>>>(self, places: impl IntoIterator<Item = S>) -> Self {
        self.filters(|filters| filters.search(places))
    }

    /// What `?ordering=` may name.
    pub fn order(self, fields: impl Orderings<M>) -> Self {
        self.filters(|filters| filters.order(fields))
    }

    /// The order of a list for which the client names none.
    pub fn default_order(self, order: impl IntoIterator<Item = OrderBy<M>>) -> Self {
        self.filters(|filters| filters.default_order(order))
    }

    /// Passes over parameters that are unknown, instead of refusing them.
    pub fn lenient(self) -> Self {
        self.filters(Filters::lenient)
    }

    /// How lists are cut into pages.
    pub fn paginate(mut self, pagination: impl Into<Pagination>) -> Self {
        self.pagination = pagination.into();
        self
    }

    /// Gives softly deleted rows routes: `GET trash/` lists them, `POST {pk}/restore/` brings one
    /// back (409 when another row has taken a unique value of it), and `DELETE {pk}/purge/` removes
    /// a row for good. They are the extra actions `trash`, `restore` and `purge` for rules.
    pub fn trash(mut self) -> Self {
        self.trash = true;
        self
    }

    /// Gives the rows of an audited model a past: `GET {pk}/history/` lists the audit entries of a
    /// row, `GET {pk}/?as_of=` shows it as it was, and `POST {pk}/revert/` makes it what it was
    /// after an `entry` or `at` a time, as an update would. For rules they are the extra actions
    /// `history`, which `as_of` needs too, and `revert`, beside `partial_update`.
    ///
    /// A past object shows the columns and many-to-many relations of then, and other relations as
    /// they are now. What is reverted are the writable fields that are named as a column or
    /// relation, and relations by key.
    pub fn history(mut self) -> Self {
        self.history = true;
        self
    }

    /// Refuses updates, deletions, restorations and purges that do not say which version they mean,
    /// with 428.
    pub fn require_version(mut self) -> Self {
        self.require_version = true;
        self
    }

    /// Counts requests against the rate of `scope` too, which every view that names it shares.
    pub fn throttle(mut self, scope: &'static str) -> Self {
        self.throttled.get_or_insert_default().push(scope);
        self
    }

    /// Counts no request, against no rate.
    pub fn without_throttling(mut self) -> Self {
        self.throttled = None;
        self
    }

    /// Authenticates by `scheme` in place of those of the application; called again, by one more,
    /// behind those before it.
    pub fn authenticator(mut self, scheme: impl Authenticator<Context>) -> Self {
        self.schemes.get_or_insert_default().push(scheme);
        self
    }

    /// What of a create, update or destroy is in its transaction, in place of the write alone. An
    /// extra action says `atomic = false` itself.
    pub fn atomic(mut self, atomicity: Atomicity) -> Self {
        self.atomicity = atomicity;
        self
    }

    /// Lets clients send a POST again with the same `Idempotency-Key` without doing again what it
    /// does: create, restore and revert. The first answer is kept in the transaction of the write,
    /// and given again. An extra action says `idempotent` itself.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Whether a write must say which version it means.
    pub fn requires_version(&self) -> bool {
        self.require_version
    }

    fn filters(mut self, change: impl FnOnce(Filters<M>) -> Filters<M>) -> Self {
        self.filters = change(self.filters);
        self
    }
}
