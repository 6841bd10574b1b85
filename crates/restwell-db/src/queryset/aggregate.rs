use std::fmt;
use std::marker::PhantomData;

use bigdecimal::BigDecimal;
use diesel::deserialize;
use restwell_core::{Error, Result};

use super::{Columns, load_rows};
use crate::model::ColumnSet;
use crate::statement::{Aggregate, Select};
use crate::{ColumnMeta, ColumnValue, Context, Field, Model, OrderedValue, RowReader};

/// Something that is computed over rows.
pub trait Measure<M> {
    /// The result.
    type Value: ColumnValue;

    /// The statement's part.
    #[doc(hidden)]
    fn aggregate(&self) -> Aggregate;
}

/// How many rows.
#[derive(Clone, Copy, Debug)]
pub struct Count;

/// The sum of a column; `None` where there is no value.
#[derive(Debug)]
pub struct Sum<M, T>(pub Field<M, T>);

/// The mean of a column; `None` where there is no value.
#[derive(Debug)]
pub struct Average<M, T>(pub Field<M, T>);

/// The least value of a column; `None` where there is no value.
#[derive(Debug)]
pub struct Minimum<M, T>(pub Field<M, T>);

/// The greatest value of a column; `None` where there is no value.
#[derive(Debug)]
pub struct Maximum<M, T>(pub Field<M, T>);

impl<M: Model> Measure<M> for Count {
    type Value = i64;

    fn aggregate(&self) -> Aggregate {
        Aggregate::Count
    }
}

/// A column that can be added up, and the type of the sum.
#[diagnostic::on_unimplemented(message = "values of type `{Self}` cannot be added up")]
pub trait Summable: ColumnValue {
    /// The type of the sum.
    type Total: ColumnValue<Inner = Self::Total>;
}

impl Summable for i16 {
    type Total = i64;
}

impl Summable for i32 {
    type Total = i64;
}

impl Summable for i64 {
    type Total = Self;
}

impl Summable for f64 {
    type Total = Self;
}

impl Summable for BigDecimal {
    type Total = Self;
}

impl<T: Summable + ColumnValue<Inner = T>> Summable for Option<T> {
    type Total = T::Total;
}

impl<M: Model, T: Summable> Measure<M> for Sum<M, T> {
    type Value = Option<T::Total>;

    fn aggregate(&self) -> Aggregate {
        Aggregate::Sum(self.0.column())
    }
}

impl<M: Model, T: Summable> Measure<M> for Average<M, T> {
    type Value = Option<f64>;

    fn aggregate(&self) -> Aggregate {
        Aggregate::Avg(self.0.column())
    }
}

impl<M: Model, T: OrderedValue> Measure<M> for Minimum<M, T> {
    type Value = Option<T::Inner>;

    fn aggregate(&self) -> Aggregate {
        Aggregate::Min(self.0.column())
    }
}

impl<M: Model, T: OrderedValue> Measure<M> for Maximum<M, T> {
    type Value = Option<T::Inner>;

    fn aggregate(&self) -> Aggregate {
        Aggregate::Max(self.0.column())
    }
}

/// One measure, or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` measures nothing of `{M}`",
    note = "give Count, Sum(field), Average(field), Minimum(field) or Maximum(field), or a tuple of up to four"
)]
pub trait Measures<M> {
    /// The results.
    type Values;

    /// The statement's parts.
    #[doc(hidden)]
    fn aggregates(&self) -> Vec<Aggregate>;

    /// Reads them.
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<Self::Values>;
}

macro_rules! single_measure {
    ($([$($generic:ident),*] $type:ty;)*) => {
        $(
            impl<M: Model, $($generic),*> Measures<M> for $type
            where
                $type: Measure<M>,
            {
                type Values = <$type as Measure<M>>::Value;

                fn aggregates(&self) -> Vec<Aggregate> {
                    vec![self.aggregate()]
                }

                fn read(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<Self::Values> {
                    row.next()
                }
            }
        )*
    };
}
single_measure! {
    [] Count;
    [T] Sum<M, T>;
    [T] Average<M, T>;
    [T] Minimum<M, T>;
    [T] Maximum<M, T>;
}

macro_rules! measures_tuple {
    ($($type:ident $index:tt),+) => {
        impl<M: Model, $($type: Measure<M>),+> Measures<M> for ($($type,)+) {
            type Values = ($($type::Value,)+);

            fn aggregates(&self) -> Vec<Aggregate> {
                vec![$(self.$index.aggregate()),+]
            }

            fn read(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<Self::Values> {
                Ok(($(row.next::<$type::Value>()?,)+))
            }
        }
    };
}
measures_tuple!(A 0, B 1);
measures_tuple!(A 0, B 1, C 2);
measures_tuple!(A 0, B 1, C 2, D 3);

/// Rows in groups of equal values.
#[must_use]
pub struct Group<M, C> {
    select: Select,
    columns: C,
    model: PhantomData<fn() -> M>,
}

impl<M, C> fmt::Debug for Group<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.select.fmt(f)
    }
}

impl<M: Model, C: Columns<M>> Group<M, C> {
    pub(super) fn new(select: Select, columns: C) -> Self {
        Self {
            select,
            columns,
            model: PhantomData,
        }
    }

    /// The values of each group and what is measured in it, ordered by the values.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn measure<A: Measures<M>>(
        self,
        measures: A,
        cx: &mut Context,
    ) -> Result<Vec<(C::Values, A::Values)>> {
        let columns: Vec<&'static ColumnMeta> = self.columns.columns();
        let sql = self
            .select
            .render_groups(cx.dialect()?, &columns, &measures.aggregates());
        load_rows(cx, sql, &mut |row| {
            let mut reader = RowReader::new(row, ColumnSet::ALL);
            Ok((C::read(&mut reader)?, A::read(&mut reader)?))
        })
    }
}

pub(super) fn whole<M: Model, A: Measures<M>>(
    select: Select,
    measures: A,
    cx: &mut Context,
) -> Result<A::Values> {
    let sql = select.render_groups(cx.dialect()?, &[], &measures.aggregates());
    let mut rows = load_rows(cx, sql, &mut |row| {
        A::read(&mut RowReader::new(row, ColumnSet::ALL))
    })?;
    rows.pop()
        .ok_or_else(|| Error::internal("an aggregate returned no row"))
}
