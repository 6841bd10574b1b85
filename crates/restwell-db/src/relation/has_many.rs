use std::fmt;
use std::marker::PhantomData;

use restwell_core::Result;

use super::by_key::{ByKey, read_counts};
use super::{Related, ToMany, ToOne};
use crate::model::{ColumnSet, RelationKind};
use crate::predicate::Predicate;
use crate::{ColumnMeta, Context, Model, Q, QuerySet, Value};

macro_rules! relation_by_foreign_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<M, T> {
            column: &'static ColumnMeta,
            models: PhantomData<fn() -> (M, T)>,
        }

        impl<M, T> Clone for $name<M, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<M, T> Copy for $name<M, T> {}

        impl<M, T> fmt::Debug for $name<M, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.column.name)
            }
        }

        impl<M, T> $name<M, T> {
            /// The relation through the other model's foreign key `column`; `#[derive(Model)]`
            /// calls it.
            #[doc(hidden)]
            pub const fn new(column: &'static ColumnMeta) -> Self {
                Self { column, models: PhantomData }
            }

            /// The other model's foreign key.
            pub const fn column(self) -> &'static ColumnMeta {
                self.column
            }

            /// Whether each row of the other model belongs to one row alone.
            #[doc(hidden)]
            pub const fn is_owner(self) -> bool {
                true
            }

            /// Whether a row of the other model can be there without one of this.
            #[doc(hidden)]
            pub const fn can_release(self) -> bool {
                self.column.nullable
            }

            /// What the model's declaration says of the relation.
            #[doc(hidden)]
            pub const fn kind(self, cascade: bool) -> RelationKind {
                RelationKind::$name {
                    column: self.column.name,
                    cascade,
                }
            }
        }
    };
}

relation_by_foreign_key!(
    /// The relation of a row of `M` to the rows of `T` that hold its key in one of their columns.
    HasMany
);
relation_by_foreign_key!(
    /// The relation of a row of `M` to the one row of `T` that holds its key, if there is one.
    HasOne
);

impl<M, T> HasMany<M, T> {
    /// Whether there may be nothing to show: there always is a list.
    #[doc(hidden)]
    pub const fn is_optional(self) -> bool {
        false
    }
}

impl<M, T> HasOne<M, T> {
    /// Whether there are rows of `M` without one of `T`: nothing in the database says otherwise.
    #[doc(hidden)]
    pub const fn is_optional(self) -> bool {
        true
    }
}

impl<M: Model, T: Model> ToMany<M> for HasMany<M, T> {
    type Target = T;

    fn many(
        &self,
        rows: &[M],
        columns: ColumnSet,
        cx: &mut Context,
    ) -> Result<Related<T, Vec<usize>>> {
        let targets: Vec<T> = referring(self.column, rows, columns, cx)?;
        let owners = owners(&targets, self.column);
        let positions = rows
            .iter()
            .map(|row| owners.all(&row.key()).collect())
            .collect();
        Ok(Related { targets, positions })
    }

    fn counts(&self, rows: &[M], cx: &mut Context) -> Result<Vec<i64>> {
        if rows.is_empty() || nothing_refers::<M, T>(rows, cx) {
            return Ok(vec![0; rows.len()]);
        }
        let sql = QuerySet::<T>::live()
            .filter(owned_by(self.column, rows))
            .render_counts_by(self.column, cx)?;
        read_counts(rows, sql, cx)
    }
}

impl<M: Model, T: Model> ToOne<M> for HasOne<M, T> {
    type Target = T;

    fn columns(&self) -> ColumnSet {
        ColumnSet::of(&[M::META.primary_key])
    }

    fn one(
        &self,
        rows: &[M],
        columns: ColumnSet,
        cx: &mut Context,
    ) -> Result<Related<T, Option<usize>>> {
        let targets: Vec<T> = referring(self.column, rows, columns, cx)?;
        let owners = owners(&targets, self.column);
        let positions = rows.iter().map(|row| owners.get(&row.key())).collect();
        Ok(Related { targets, positions })
    }
}

/// The rows of `T` that refer to `rows` in `column`.
fn referring<M: Model, T: Model>(
    column: &'static ColumnMeta,
    rows: &[M],
    columns: ColumnSet,
    cx: &mut Context,
) -> Result<Vec<T>> {
    if rows.is_empty() || nothing_refers::<M, T>(rows, cx) {
        return Ok(Vec::new());
    }
    QuerySet::<T>::live()
        .filter(owned_by(column, rows))
        .only(columns.with(column.index))
        .load(cx)
}

/// Where the rows are that hold a key in `column`.
fn owners<T: Model>(targets: &[T], column: &ColumnMeta) -> ByKey<usize> {
    let places = targets.iter().zip(0..);
    places
        .filter_map(|(target, place)| Some((target.value(column.index).to_key()?, place)))
        .collect()
}

fn owned_by<M: Model, T: Model>(column: &'static ColumnMeta, rows: &[M]) -> Q<T> {
    let values = rows.iter().map(|row| Value::from(row.key())).collect();
    Q::from_predicate(Predicate::In { column, values })
}

/// Rows that this request has just inserted have nothing that refers to them, unless it inserted
/// that too.
fn nothing_refers<M: Model, T: Model>(rows: &[M], cx: &mut Context) -> bool {
    let cache = cx.rows();
    !cache.has_fresh(T::META.table)
        && rows
            .iter()
            .all(|row| cache.is_fresh(M::META.table, &row.key()))
}
