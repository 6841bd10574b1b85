//! What the code of the derives calls.

pub use diesel::deserialize;
use diesel::internal::table_macro::{Identifier, StaticQueryFragment};
pub use diesel::sql_types::Text;
use diesel::{Column, Table};
pub use restwell_core::Choices;

pub use crate::__choices as choices;
pub use crate::block::{Block, SlugMeta};
pub use crate::column_type::{choice_from_raw, choice_from_value, choice_into_value};
pub use crate::connection::MultiRawValue;
pub use crate::model::{KeyKind, OnDelete, RelationKind, RelationMeta, Stamps, Unique};
pub use crate::relation::{BelongsTo, HasMany, HasOne, ManyToMany};
use crate::statement::Link;
pub use crate::{
    ColumnMeta, ColumnValue, Context, Field, HoldsColumn, Kind, Model, ModelMeta, PrimaryKey, Q,
    RowReader, StateMachine, Transition, Value,
};

/// A `table!` and its name in the database.
pub trait NamedTable: Table {
    /// The table's name.
    const NAME: &'static str;
}

impl<T> NamedTable for T
where
    T: Table + StaticQueryFragment,
    T::Component: PlainName<T>,
{
    const NAME: &'static str = <T::Component as PlainName<T>>::NAME;
}

/// A name of the table `T` that needs no schema before it.
#[diagnostic::on_unimplemented(
    message = "a model cannot be of a table with a schema in its name",
    label = "this table has a schema in its name",
    note = "put the schema into the connection's `search_path`, and take it out of `table!`"
)]
pub trait PlainName<T> {
    /// The name.
    const NAME: &'static str;
}

impl<T: StaticQueryFragment<Component = Self>> PlainName<T> for Identifier<'static> {
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

/// States that a field of this type can hold a key of type `K`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot hold a key of type `{K}`",
    label = "the foreign key and the primary key have different types",
    note = "a foreign key has the type of the other model's primary key, or an Option of it"
)]
pub trait RefersTo<K>: ColumnValue {}

impl<K: ColumnValue<Inner = K>> RefersTo<K> for K {}
impl<K: ColumnValue<Inner = K>> RefersTo<K> for Option<K> {}

/// The relation through the own foreign key `field`.
pub const fn belongs_to<M, T, K>(field: Field<M, K>) -> BelongsTo<M, T>
where
    M: Model,
    T: Model,
    K: RefersTo<T::Pk>,
{
    BelongsTo::new(field.column())
}

/// The relation through the other model's foreign key `field`.
pub const fn has_many<M, T, K>(field: Field<T, K>) -> HasMany<M, T>
where
    M: Model,
    T: Model,
    K: RefersTo<M::Pk>,
{
    HasMany::new(field.column())
}

/// The relation through the other model's foreign key `field`.
pub const fn has_one<M, T, K>(field: Field<T, K>) -> HasOne<M, T>
where
    M: Model,
    T: Model,
    K: RefersTo<M::Pk>,
{
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
    use chrono::{DateTime, Utc};

    use crate::PrimaryKey;

    /// `created_at` and `updated_at`.
    #[diagnostic::on_unimplemented(
        message = "`created_at` and `updated_at` cannot be of type `{Self}`",
        label = "this must be `DateTime<Utc>`"
    )]
    pub trait Time {}
    impl Time for DateTime<Utc> {}

    /// `deleted_at`.
    #[diagnostic::on_unimplemented(
        message = "`deleted_at` cannot be of type `{Self}`",
        label = "this must be `Option<DateTime<Utc>>`"
    )]
    pub trait OptionalTime {}
    impl OptionalTime for Option<DateTime<Utc>> {}

    /// `version`.
    #[diagnostic::on_unimplemented(
        message = "`version` cannot be of type `{Self}`",
        label = "this must be `i64`"
    )]
    pub trait Version {}
    impl Version for i64 {}
    impl Version for i32 {}

    /// `created_by`, `updated_by` and `deleted_by`.
    #[diagnostic::on_unimplemented(
        message = "a field of type `{Self}` cannot hold the key of a user",
        label = "this must be the type of the user's primary key, or an Option of it"
    )]
    pub trait User {}
    impl<T: PrimaryKey> User for T {}
    impl<T: PrimaryKey> User for Option<T> {}

    /// Compiles for `created_at` and `updated_at`.
    pub const fn time<T: Time>() {}

    /// Compiles for `deleted_at`.
    pub const fn optional_time<T: OptionalTime>() {}

    /// Compiles for `version`.
    pub const fn version<T: Version>() {}

    /// Compiles for `created_by`, `updated_by` and `deleted_by`.
    pub const fn user<T: User>() {}
}

/// The building blocks of models, and checks of the types of their columns.
pub mod block {
    pub use crate::Changes;
    pub use crate::block::{
        Address, AddressColumns, Identity, IdentityColumns, Metadata, MetadataColumns,
        MetadataColumnsMut, Slugged,
    };

    /// A text that is never null.
    pub type Text = String;
    /// A list of texts.
    pub type Texts = Vec<String>;
    /// Any JSON.
    pub type Json = serde_json::Value;
    /// A day, where it is known.
    pub type OptionalDate = Option<chrono::NaiveDate>;
    /// A number, where it is known.
    pub type OptionalFloat = Option<f64>;

    /// States that a column of a block has the type that the block is written for.
    #[diagnostic::on_unimplemented(
        message = "this column of a building block cannot be of type `{Self}`",
        label = "this must be `{T}`"
    )]
    pub trait Holds<T> {
        /// The value.
        fn held(&self) -> &T;
        /// The value, to be changed.
        fn held_mut(&mut self) -> &mut T;
    }

    impl<T> Holds<T> for T {
        fn held(&self) -> &T {
            self
        }

        fn held_mut(&mut self) -> &mut T {
            self
        }
    }

    /// What slugs are made of.
    #[diagnostic::on_unimplemented(
        message = "a slug cannot be made of a field of type `{Self}`",
        label = "this must be `String` or `Option<String>`"
    )]
    pub trait SlugSource {}
    impl SlugSource for String {}
    impl SlugSource for Option<String> {}

    /// The value of a column of a block.
    pub fn held<F: Holds<T>, T>(field: &F) -> &T {
        field.held()
    }

    /// The value of a column of a block, to be changed.
    pub fn held_mut<F: Holds<T>, T>(field: &mut F) -> &mut T {
        field.held_mut()
    }

    /// Compiles for a field that slugs are made of.
    pub const fn slug_source<T: SlugSource>() {}
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
    blocks: &[],
    slug: None,
    audited: false,
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
