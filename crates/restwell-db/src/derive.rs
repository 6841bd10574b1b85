//! What the code of the derives calls.

pub use diesel::deserialize;
use diesel::internal::table_macro::{Identifier, StaticQueryFragment};
pub use diesel::sql_types::Text;
use diesel::{Column, Table};
pub use restwell_core::Choices;

pub use crate::__choices as choices;
pub use crate::column_type::{choice_from_raw, choice_from_value, choice_into_value};
pub use crate::connection::MultiRawValue;
pub use crate::model::{KeyKind, OnDelete, RelationKind, RelationMeta, Stamps, Unique};
pub use crate::relation::{BelongsTo, HasMany, HasOne, ManyToMany};
use crate::statement::Link;
pub use crate::{
    ColumnMeta, ColumnValue, Context, Field, HoldsColumn, Kind, Model, ModelMeta, PrimaryKey, Q,
    RowReader, Value,
};

/// A `table!` whose name needs no schema before it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table in the default schema",
    label = "not a table in the default schema",
    note = "name a module that `table!` made, without a schema before the table's name"
)]
pub trait NamedTable: Table {
    /// The table's name in the database.
    const NAME: &'static str;
}

impl<T> NamedTable for T
where
    T: Table + StaticQueryFragment<Component = Identifier<'static>>,
{
    const NAME: &'static str = T::STATIC_COMPONENT.0;
}

/// The handles of a model's columns, for code that knows the model by a relation alone.
pub trait Handles: Model {
    /// The struct of the handles, whose fields are named as those of the model.
    type Fields;
    /// The handles.
    const FIELDS: Self::Fields;
}

/// The column `C`, read into a field of type `T`.
pub const fn column<C, T>(index: usize, sensitive: bool) -> ColumnMeta
where
    C: Column<Table: NamedTable>,
    T: HoldsColumn<C::SqlType>,
{
    ColumnMeta {
        table: <C::Table as NamedTable>::NAME,
        name: C::NAME,
        index,
        kind: T::KIND,
        nullable: T::NULLABLE,
        sensitive,
    }
}

/// The value of a field.
pub fn value<T: ColumnValue>(field: &T) -> Value {
    field.clone().into_value()
}

/// States that a column of this type can hold the primary key of `M`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot hold the primary key of `{M}`",
    label = "not the type of the other model's primary key, nor an Option of it"
)]
pub trait RefersTo<M>: ColumnValue {}

impl<M: Model, K: ColumnValue<Inner = M::Pk>> RefersTo<M> for K {}

/// The relation through the own foreign key `field`.
pub const fn belongs_to<M: Model, T: Model, K: RefersTo<T>>(field: Field<M, K>) -> BelongsTo<M, T> {
    BelongsTo::new(field.column())
}

/// The relation through the other model's foreign key `field`.
pub const fn has_many<M: Model, T: Model, K: RefersTo<M>>(field: Field<T, K>) -> HasMany<M, T> {
    HasMany::new(field.column())
}

/// The relation through the other model's foreign key `field`.
pub const fn has_one<M: Model, T: Model, K: RefersTo<M>>(field: Field<T, K>) -> HasOne<M, T> {
    HasOne::new(field.column())
}

/// The relation through the table of `S` and `U`, which hold the keys of `M` and `T`.
pub const fn many_to_many<M, T, S, U>() -> ManyToMany<M, T>
where
    M: Model<Pk: HoldsColumn<S::SqlType>>,
    T: Model<Pk: HoldsColumn<U::SqlType>>,
    S: Column<Table: NamedTable>,
    U: Column<Table = S::Table>,
{
    ManyToMany::new(Link {
        through: <S::Table as NamedTable>::NAME,
        source: S::NAME,
        target: U::NAME,
    })
}

/// Checks of the types of the columns that the library fills.
pub mod stamp {
    use crate::{ColumnValue, Kind};

    /// `created_at` and `updated_at`.
    pub const fn time<T: ColumnValue>() {
        assert!(
            matches!(T::KIND, Kind::DateTime) && !T::NULLABLE,
            "this field must be of type `DateTime<Utc>`"
        );
    }

    /// `deleted_at`.
    pub const fn optional_time<T: ColumnValue>() {
        assert!(
            matches!(T::KIND, Kind::DateTime) && T::NULLABLE,
            "this field must be of type `Option<DateTime<Utc>>`"
        );
    }

    /// `version`.
    pub const fn version<T: ColumnValue>() {
        assert!(
            matches!(T::KIND, Kind::BigInt | Kind::Integer) && !T::NULLABLE,
            "this field must be of type `i64`"
        );
    }

    /// `created_by`, `updated_by` and `deleted_by`.
    pub const fn user<T: ColumnValue>() {
        assert!(
            matches!(
                T::KIND,
                Kind::Uuid | Kind::BigInt | Kind::Integer | Kind::Text
            ),
            "this field must have the type of the user's primary key, or an Option of it"
        );
    }
}

/// Stands for a model whose declaration has an error, which the compiler shows.
pub const UNKNOWN_MODEL: &ModelMeta = &ModelMeta {
    name: "",
    verbose_name: "",
    verbose_name_plural: "",
    table: "",
    columns: &[],
    primary_key: 0,
    key_kind: KeyKind::Given,
    stamps: Stamps::NONE,
    unique: &[],
    relations: &[],
};

/// Stands for a column of such a model.
pub const UNKNOWN_COLUMN: &ColumnMeta = &ColumnMeta {
    table: "",
    name: "",
    index: 0,
    kind: Kind::Bool,
    nullable: false,
    sensitive: false,
};

/// Makes an enum with `Choices` the type of a column. `$first` stands in fields that were not
/// read.
#[doc(hidden)]
#[macro_export]
macro_rules! __choices {
    ($type:ty, $first:expr) => {
        #[automatically_derived]
        impl $crate::__private::ColumnValue for $type {
            type Inner = Self;
            const KIND: $crate::__private::Kind =
                $crate::__private::Kind::Choice(<Self as $crate::__private::Choices>::VALUES);

            fn from_raw(
                raw: ::core::option::Option<$crate::__private::MultiRawValue<'_>>,
            ) -> $crate::__private::deserialize::Result<Self> {
                $crate::__private::choice_from_raw(raw)
            }

            fn into_value(self) -> $crate::__private::Value {
                $crate::__private::choice_into_value(self)
            }

            fn from_value(value: $crate::__private::Value) -> ::core::option::Option<Self> {
                $crate::__private::choice_from_value(value)
            }

            fn deferred() -> Self {
                $first
            }
        }

        #[automatically_derived]
        impl $crate::__private::HoldsColumn<$crate::__private::Text> for $type {}
    };
}
