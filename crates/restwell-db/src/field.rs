//! Typed handles of columns.

use std::fmt;
use std::marker::PhantomData;

use crate::predicate::{Comparison, Pattern, Predicate};
use crate::statement::Order;
use crate::{ColumnMeta, ColumnValue, Model, Q, Value};

/// The column of model `M` that holds a `T`, such as `Post::F.title`.
///
/// Each type has the operators that mean something for it, so a comparison that the column cannot
/// answer does not compile.
pub struct Field<M, T> {
    column: &'static ColumnMeta,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Field<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Field<M, T> {}

impl<M, T> fmt::Debug for Field<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.column.table, self.column.name)
    }
}

impl<M, T> Field<M, T> {
    /// The handle of `column`; `#[derive(Model)]` calls it.
    #[doc(hidden)]
    pub const fn new(column: &'static ColumnMeta) -> Self {
        Self {
            column,
            types: PhantomData,
        }
    }

    /// What is known about the column.
    pub const fn column(self) -> &'static ColumnMeta {
        self.column
    }
}

/// A value that can be compared with or assigned to a field of type `T`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` takes no `{Self}`",
    label = "expected a value for a field of type `{T}`"
)]
pub trait IntoField<T> {
    /// The value.
    fn into_field(self) -> T;
}

impl<T: ColumnValue> IntoField<T> for T {
    fn into_field(self) -> T {
        self
    }
}

impl<T: ColumnValue<Inner = T>> IntoField<Option<T>> for T {
    fn into_field(self) -> Option<T> {
        Some(self)
    }
}

impl IntoField<String> for &str {
    fn into_field(self) -> String {
        self.to_owned()
    }
}

impl IntoField<Option<String>> for &str {
    fn into_field(self) -> Option<String> {
        Some(self.to_owned())
    }
}

/// A type whose values have an order: numbers, times and text.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no order",
    note = "gt, gte, lt, lte and range exist for numbers, dates, times, UUIDs and text"
)]
pub trait OrderedValue: ColumnValue {}

macro_rules! ordered_values {
    ($($type:ty),*) => { $(impl OrderedValue for $type {})* };
}
ordered_values!(
    i16,
    i32,
    i64,
    f64,
    String,
    uuid::Uuid,
    chrono::DateTime<chrono::Utc>
);
ordered_values!(chrono::NaiveDate, chrono::NaiveTime, bigdecimal::BigDecimal);
impl<T: OrderedValue + ColumnValue<Inner = T>> OrderedValue for Option<T> {}

/// Free text, nullable or not.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` are not text",
    note = "contains, startswith, endswith and their case-insensitive forms exist for String"
)]
pub trait TextValue: ColumnValue {}
impl TextValue for String {}
impl TextValue for Option<String> {}

impl<M: Model, T: ColumnValue> Field<M, T> {
    /// Rows whose value is `value`; null for `None`.
    pub fn eq(self, value: impl IntoField<T>) -> Q<M> {
        match value.into_field().into_value() {
            Value::Null => self.null(true),
            value => self.compare(Comparison::Eq, value),
        }
    }

    /// Rows whose value is not `value`, null included.
    pub fn ne(self, value: impl IntoField<T>) -> Q<M> {
        !self.eq(value)
    }

    /// Rows whose value is one of `values`.
    pub fn in_<V: IntoField<T>>(self, values: impl IntoIterator<Item = V>) -> Q<M> {
        let values = values
            .into_iter()
            .map(|value| value.into_field().into_value())
            .collect();
        Q::new(Predicate::In {
            column: self.column,
            values,
        })
    }

    /// From the least value to the greatest; null comes last.
    pub fn asc(self) -> OrderBy<M> {
        OrderBy {
            order: Order::asc(self.column),
            model: PhantomData,
        }
    }

    /// From the greatest value to the least; null comes last.
    pub fn desc(self) -> OrderBy<M> {
        OrderBy {
            order: Order::desc(self.column),
            model: PhantomData,
        }
    }

    fn compare(self, comparison: Comparison, value: Value) -> Q<M> {
        Q::new(Predicate::Compare {
            column: self.column,
            comparison,
            value,
        })
    }

    fn null(self, is_null: bool) -> Q<M> {
        Q::new(Predicate::IsNull {
            column: self.column,
            is_null,
        })
    }
}

impl<M: Model, T: ColumnValue<Inner = T>> Field<M, Option<T>> {
    /// Rows whose value is null, or those whose value is not.
    pub fn is_null(self, is_null: bool) -> Q<M> {
        self.null(is_null)
    }
}

impl<M: Model, T: OrderedValue> Field<M, T> {
    /// Rows whose value is greater than `value`.
    pub fn gt(self, value: impl IntoField<T>) -> Q<M> {
        self.compare(Comparison::Gt, value.into_field().into_value())
    }

    /// Rows whose value is `value` or greater.
    pub fn gte(self, value: impl IntoField<T>) -> Q<M> {
        self.compare(Comparison::Gte, value.into_field().into_value())
    }

    /// Rows whose value is less than `value`.
    pub fn lt(self, value: impl IntoField<T>) -> Q<M> {
        self.compare(Comparison::Lt, value.into_field().into_value())
    }

    /// Rows whose value is `value` or less.
    pub fn lte(self, value: impl IntoField<T>) -> Q<M> {
        self.compare(Comparison::Lte, value.into_field().into_value())
    }

    /// Rows whose value lies from `low` to `high`, both included.
    pub fn range(self, low: impl IntoField<T>, high: impl IntoField<T>) -> Q<M> {
        self.gte(low) & self.lte(high)
    }
}

macro_rules! pattern_operators {
    ($($(#[$doc:meta])* $name:ident => $pattern:ident, $ignore_case:literal;)*) => {
        impl<M: Model, T: TextValue> Field<M, T> {
            $(
                $(#[$doc])*
                pub fn $name(self, text: impl Into<String>) -> Q<M> {
                    Q::new(Predicate::Like {
                        column: self.column,
                        pattern: Pattern::$pattern,
                        text: text.into(),
                        ignore_case: $ignore_case,
                    })
                }
            )*
        }
    };
}
pattern_operators! {
    /// Rows whose text is `text`, whatever the case.
    iexact => Exact, true;
    /// Rows whose text has `text` in it.
    contains => Contains, false;
    /// Rows whose text has `text` in it, whatever the case.
    icontains => Contains, true;
    /// Rows whose text begins with `text`.
    startswith => StartsWith, false;
    /// Rows whose text begins with `text`, whatever the case.
    istartswith => StartsWith, true;
    /// Rows whose text ends with `text`.
    endswith => EndsWith, false;
    /// Rows whose text ends with `text`, whatever the case.
    iendswith => EndsWith, true;
}

/// An order of the rows of a model by one column.
pub struct OrderBy<M> {
    pub(crate) order: Order,
    model: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for OrderBy<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.order.fmt(f)
    }
}

impl<M> Clone for OrderBy<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for OrderBy<M> {}

impl<M: Model> OrderBy<M> {
    /// The order, without its model.
    pub fn order(self) -> Order {
        self.order
    }
}
