use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use restwell_core::{QueryString, Result};
use restwell_db::model::RelationKind;
use restwell_db::relation::Relation;
use restwell_db::statement::Order;
use restwell_db::{ColumnMeta, ColumnValue, Context, Field, Model, ModelMeta, OrderBy, Q};

use crate::ordering::sortable;
use crate::parameter::{Across, Source};
use crate::search::Place;
use crate::{Filtered, Invalid, Lookup, Lookups, Ordering, Orderings, Parameter, Search};

/// What a query string may ask of a list of `M`: filters, a search and an order.
///
/// A parameter has the name of its column, without the `_id` of a foreign key, and behind `__`
/// that of its lookup. An empty value asks for nothing; of a repeated parameter the last counts.
/// An unknown parameter, value or order is refused with 400, unless the filters are
/// [`lenient`](Self::lenient).
#[must_use]
pub struct Filters<M> {
    declared: Declared,
    model: PhantomData<fn() -> M>,
}

/// The declaration without the type of the model.
#[derive(Clone)]
pub(crate) struct Declared {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) places: Vec<Place>,
    pub(crate) orderings: Vec<Ordering>,
    pub(crate) default_order: Vec<Order>,
    pub(crate) strict: bool,
}

impl<M: Model> Filters<M> {
    /// Nothing may be asked for.
    pub fn new() -> Self {
        Self {
            declared: Declared {
                parameters: Vec::new(),
                places: Vec::new(),
                orderings: Vec::new(),
                default_order: Vec::new(),
                strict: true,
            },
            model: PhantomData,
        }
    }

    /// Filters by `field`, under its own name.
    pub fn filter<T: ColumnValue, L: Lookups<T>>(self, field: Field<M, T>, lookups: L) -> Self {
        let name = parameter_name(M::META, field.column());
        self.filter_as(name, field, lookups)
    }

    /// Filters by `field` under another name.
    pub fn filter_as<T: ColumnValue, L: Lookups<T>>(
        mut self,
        name: &'static str,
        field: Field<M, T>,
        _lookups: L,
    ) -> Self {
        let column = field.column();
        let is_key = is_foreign_key(M::META, column);
        self.declared
            .declare(name, column, L::LOOKUPS, is_key, None);
        self
    }

    /// Filters by a field of the rows on the other side of `relation`, as far as the principal
    /// may know of them.
    pub fn related<R: Relation<M>, T: ColumnValue, L: Lookups<T>>(
        mut self,
        name: &'static str,
        relation: R,
        field: Field<R::Target, T>,
        _lookups: L,
    ) -> Self {
        let across: Across = Arc::new(move |predicate, cx| {
            let q = Q::from_predicate(predicate) & R::Target::scope(cx);
            relation.having(q).into_predicate()
        });
        let column = field.column();
        let is_key = column.index == R::Target::META.primary_key;
        self.declared
            .declare(name, column, L::LOOKUPS, is_key, Some(across));
        self
    }

    /// Filters by a condition of your own. It is asked for values that are not empty, without the
    /// space around them.
    pub fn filter_with(
        mut self,
        name: &'static str,
        make: impl Fn(&str, &Context) -> Result<Q<M>, Invalid> + Send + Sync + 'static,
    ) -> Self {
        self.declared.parameters.push(Parameter {
            name: name.to_owned(),
            source: Source::Custom(Arc::new(move |value, cx| {
                make(value, cx).map(Q::into_predicate)
            })),
        });
        self
    }

    /// No filter, and as strict as these: for requests that are about one row.
    pub fn without_parameters(&self) -> Self {
        let mut bare = Self::new();
        bare.declared.strict = self.declared.strict;
        bare
    }

    /// Those of these parameters, searched fields and orders that `keep` holds for, given the name
    /// of each and the column that it is about, where there is one. The others are as unknown as if
    /// they were never declared.
    pub fn retain(&self, keep: impl Fn(&str, Option<&ColumnMeta>) -> bool) -> Self {
        let mut kept = self.clone();
        let declared = &mut kept.declared;
        declared
            .parameters
            .retain(|parameter| keep(parameter.name(), parameter.column()));
        declared
            .places
            .retain(|place| keep(&place.name, Some(place.column)));
        declared
            .orderings
            .retain(|ordering| keep(ordering.name, Some(ordering.column)));
        kept
    }

    /// Searches in `places`: fields, or what [`Search`] makes of them. Every term must be found
    /// in at least one.
    pub fn search<S: Into<Search<M>>>(mut self, places: impl IntoIterator<Item = S>) -> Self {
        let places = places.into_iter().map(|place| place.into().place);
        self.declared.places.extend(places);
        self
    }

    /// Orders by `fields`, under their own names.
    pub fn order(mut self, fields: impl Orderings<M>) -> Self {
        for column in fields.columns() {
            let name = parameter_name(M::META, column);
            self.declared.orderings.push(Ordering { name, column });
        }
        self
    }

    /// Orders by `field` under another name.
    pub fn order_as<T: ColumnValue>(mut self, name: &'static str, field: Field<M, T>) -> Self {
        let column = sortable(field);
        self.declared.orderings.push(Ordering { name, column });
        self
    }

    /// The order when the client asks for none.
    pub fn default_order(mut self, order: impl IntoIterator<Item = OrderBy<M>>) -> Self {
        self.declared.default_order = order.into_iter().map(OrderBy::order).collect();
        self
    }

    /// Ignores parameters and orders that are unknown, as DRF does. Values that are wrong are
    /// refused all the same.
    pub fn lenient(mut self) -> Self {
        self.declared.strict = false;
        self
    }

    /// What `query` asks for. The parameters `reserved` belong to others: pages, formats, fields.
    ///
    /// # Errors
    /// 400 with everything that is wrong, by parameter.
    pub fn apply(&self, query: &QueryString, reserved: &[&str], cx: &Context) -> Result<Filtered> {
        self.declared.apply(query, reserved, cx)
    }

    /// The parameters by which the list can be filtered.
    pub fn parameters(&self) -> &[Parameter] {
        &self.declared.parameters
    }

    /// The names of the fields that are searched; without any there is no `search` parameter.
    pub fn searched(&self) -> impl Iterator<Item = &str> {
        self.declared.places.iter().map(|place| place.name.as_str())
    }

    /// By what the list can be ordered; without anything there is no `ordering` parameter.
    pub fn orderings(&self) -> &[Ordering] {
        &self.declared.orderings
    }

    /// The order when the client asks for none, as columns.
    pub fn ordered_by_default(&self) -> &[Order] {
        &self.declared.default_order
    }
}

impl<M: Model> Default for Filters<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for Filters<M> {
    fn clone(&self) -> Self {
        Self {
            declared: self.declared.clone(),
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Filters<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filters")
            .field("parameters", &self.declared.parameters)
            .field("searched", &self.declared.places)
            .field("orderings", &self.declared.orderings)
            .finish_non_exhaustive()
    }
}

impl Declared {
    fn declare(
        &mut self,
        name: &'static str,
        column: &'static ColumnMeta,
        lookups: &[Lookup],
        is_key: bool,
        across: Option<Across>,
    ) {
        self.parameters
            .extend(lookups.iter().map(|lookup| Parameter {
                name: match lookup.suffix() {
                    Some(suffix) => format!("{name}__{suffix}"),
                    None => name.to_owned(),
                },
                source: Source::Column {
                    column,
                    lookup: *lookup,
                    is_key,
                    across: across.clone(),
                },
            }));
    }
}

/// The name of the column, for a foreign key without `_id`.
fn parameter_name(meta: &ModelMeta, column: &'static ColumnMeta) -> &'static str {
    let stem = column.name.strip_suffix("_id");
    stem.filter(|_| is_foreign_key(meta, column))
        .unwrap_or(column.name)
}

fn is_foreign_key(meta: &ModelMeta, column: &ColumnMeta) -> bool {
    meta.relations.iter().any(|relation| {
        matches!(relation.kind, RelationKind::BelongsTo { column: own, .. } if own == column.index)
    })
}
