//! What rows must be like.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};
use std::sync::Arc;

use diesel::query_builder::QueryFragment;

use crate::connection::MultiBackend;
pub use crate::statement::fold;
use crate::statement::{Link, Select};
use crate::{ColumnMeta, Model, QuerySet, Value};

/// A condition on rows, without the type of the model: what the statement layer renders.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub enum Predicate {
    /// Every row.
    #[default]
    All,
    /// No row.
    Nothing,
    /// A column against a value that is not null.
    Compare {
        /// The column.
        column: &'static ColumnMeta,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Value,
    },
    /// A column against several values.
    In {
        /// The column.
        column: &'static ColumnMeta,
        /// The values, of one type.
        values: Vec<Value>,
    },
    /// A column that is null, or is not.
    IsNull {
        /// The column.
        column: &'static ColumnMeta,
        /// Which of the two.
        is_null: bool,
    },
    /// A text against a text.
    Like {
        /// The column.
        column: &'static ColumnMeta,
        /// How.
        pattern: Pattern,
        /// With what; wildcards in it stand for themselves.
        text: String,
        /// Whether letters of either case are the same.
        ignore_case: bool,
    },
    /// The month of a date or time.
    Month {
        /// The column.
        column: &'static ColumnMeta,
        /// From 1 to 12.
        month: u8,
    },
    /// A column that holds a value that a subquery selects.
    InSelect {
        /// The column.
        column: &'static ColumnMeta,
        /// The subquery.
        select: Box<SubSelect>,
    },
    /// Every row, if a subquery selects any, and otherwise none.
    Exists(Box<SubSelect>),
    /// A key that a table of pairs links to a key that a subquery selects.
    Linked {
        /// The key.
        column: &'static ColumnMeta,
        /// The table of pairs.
        link: Link,
        /// The subquery.
        select: Box<SubSelect>,
    },
    /// The primary key of a row of a statement that is cut by a limit or an offset.
    InSlice {
        /// The primary key.
        column: &'static ColumnMeta,
        /// The statement.
        slice: Box<Select>,
    },
    /// All of these.
    And(Vec<Predicate>),
    /// Any of these.
    Or(Vec<Predicate>),
    /// Where the condition does not hold, null included.
    Not(Box<Predicate>),
    /// A typed Diesel expression.
    Diesel(DieselFragment),
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of the comparisons")]
pub enum Comparison {
    Eq,
    Gt,
    Gte,
    Lt,
    Lte,
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of the comparisons")]
pub enum Pattern {
    Exact,
    Contains,
    StartsWith,
    EndsWith,
}

/// `SELECT column FROM table WHERE …` inside a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct SubSelect {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// Which of its rows.
    pub filter: Predicate,
}

/// A typed Diesel expression, shared.
#[derive(Clone)]
pub struct DieselFragment(pub(crate) Arc<dyn QueryFragment<MultiBackend> + Send + Sync>);

/// One is equal to its clones alone.
impl PartialEq for DieselFragment {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for DieselFragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DieselFragment")
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Nothing => f.write_str("nothing"),
            Self::Compare {
                column,
                comparison,
                value,
            } => {
                write!(f, "{} {comparison:?} {value:?}", column.name)
            }
            Self::In { column, values } => write!(f, "{} in {values:?}", column.name),
            Self::IsNull { column, is_null } => write!(f, "{} is null: {is_null}", column.name),
            Self::Like {
                column,
                pattern,
                text,
                ..
            } => {
                write!(f, "{} {pattern:?} {text:?}", column.name)
            }
            Self::Month { column, month } => write!(f, "month of {} is {month}", column.name),
            Self::InSelect { column, select } => write!(f, "{} in {select:?}", column.name),
            Self::Exists(select) => write!(f, "exists {select:?}"),
            Self::Linked {
                column,
                link,
                select,
            } => write!(f, "{} by {} in {select:?}", column.name, link.through),
            Self::InSlice { slice, .. } => write!(f, "in {slice:?}"),
            Self::And(parts) => f.debug_tuple("And").field(parts).finish(),
            Self::Or(parts) => f.debug_tuple("Or").field(parts).finish(),
            Self::Not(part) => f.debug_tuple("Not").field(part).finish(),
            Self::Diesel(_) => f.write_str("a Diesel expression"),
        }
    }
}

impl Predicate {
    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, rest) | (rest, Self::All) => rest,
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::And(mut parts), Self::And(more)) => {
                parts.extend(more);
                Self::And(parts)
            }
            (Self::And(mut parts), part) => {
                parts.push(part);
                Self::And(parts)
            }
            (first, second) => Self::And(vec![first, second]),
        }
    }

    /// Either condition.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, rest) | (rest, Self::Nothing) => rest,
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Or(mut parts), part) => {
                parts.push(part);
                Self::Or(parts)
            }
            (first, second) => Self::Or(vec![first, second]),
        }
    }

    /// Where the condition does not hold.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::All => Self::Nothing,
            Self::Nothing => Self::All,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// A condition on the rows of model `M`, combined with `&`, `|` and `!`.
///
/// `!` means "does not hold", so that rows whose value is null are on one side or the other, as
/// with Django's `exclude`.
pub struct Q<M> {
    predicate: Predicate,
    model: PhantomData<fn() -> M>,
}

impl<M> Q<M> {
    pub(crate) fn new(predicate: Predicate) -> Self {
        Self {
            predicate,
            model: PhantomData,
        }
    }

    /// Every row.
    pub fn all() -> Self {
        Self::new(Predicate::All)
    }

    /// No row.
    pub fn nothing() -> Self {
        Self::new(Predicate::Nothing)
    }

    /// A condition that was made without the model's type, over columns of `M`.
    pub fn from_predicate(predicate: Predicate) -> Self {
        Self::new(predicate)
    }

    /// The condition without the model's type.
    pub fn into_predicate(self) -> Predicate {
        self.predicate
    }
}

impl<M: Model> Q<M> {
    /// Every row, if any of `rows`, of whatever model, is there, and otherwise none: so one query reads
    /// a row and tells whether another one allows it.
    pub fn exists<T: Model>(rows: QuerySet<T>) -> Self {
        Self::new(Predicate::Exists(Box::new(
            rows.subselect_column(T::META.pk()),
        )))
    }

    /// A typed Diesel expression over the table of `M`.
    ///
    /// ```text
    /// Post::objects().filter(Q::diesel(posts::views.gt(posts::likes)))
    /// ```
    pub fn diesel<E>(expression: E) -> Self
    where
        E: diesel::AppearsOnTable<M::Table>,
        E: QueryFragment<MultiBackend> + Send + Sync + 'static,
        E::SqlType: diesel::sql_types::BoolOrNullableBool,
    {
        Self::new(Predicate::Diesel(DieselFragment(Arc::new(expression))))
    }
}

impl<M> Clone for Q<M> {
    fn clone(&self) -> Self {
        Self::new(self.predicate.clone())
    }
}

impl<M> fmt::Debug for Q<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.predicate.fmt(f)
    }
}

impl<M> Default for Q<M> {
    fn default() -> Self {
        Self::all()
    }
}

impl<M> BitAnd for Q<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::new(self.predicate.and(other.predicate))
    }
}

impl<M> BitOr for Q<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(self.predicate.or(other.predicate))
    }
}

impl<M> Not for Q<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(self.predicate.negate())
    }
}
