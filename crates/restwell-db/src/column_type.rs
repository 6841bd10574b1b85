//! Rust types that columns can have.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::deserialize::{self, FromSql};
use diesel::sql_types as sql;
use restwell_core::Choices;
use uuid::Uuid;

use crate::connection::{MultiBackend, MultiRawValue};
use crate::sql_types::PortableNumeric;
use crate::{Kind, Value};

/// A Rust type whose values a column can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a model's field",
    label = "no column holds this type",
    note = "use a number, String, bool, Uuid, DateTime<Utc>, NaiveDate, NaiveTime, BigDecimal, serde_json::Value, Vec<String>, an enum with `#[derive(Choices)]`, or an Option of one of them"
)]
pub trait ColumnValue: Clone + Send + Sync + Sized + 'static {
    /// The type without its `Option`.
    type Inner: ColumnValue<Inner = Self::Inner>;
    /// The kind of the column.
    const KIND: Kind;
    /// Whether null is a value.
    const NULLABLE: bool = false;

    /// Reads a value as the database sent it.
    ///
    /// # Errors
    /// When the database sent something else.
    fn from_raw(raw: Option<MultiRawValue<'_>>) -> deserialize::Result<Self>;

    /// The value to bind.
    fn into_value(self) -> Value;

    /// The value back from what was bound, if it is of this type.
    fn from_value(value: Value) -> Option<Self>;

    /// What stands in a field whose column was not selected.
    #[doc(hidden)]
    fn deferred() -> Self;
}

/// States that a Rust type holds exactly what a Diesel SQL type of `table!` holds.
#[diagnostic::on_unimplemented(
    message = "a column of SQL type `{Sql}` cannot be read into `{Self}`",
    label = "this type does not fit the column in `table!`",
    note = "change the field's type, or the column's in schema.rs; a `Nullable` column needs an `Option`"
)]
pub trait HoldsColumn<Sql>: ColumnValue {}

impl<T: HoldsColumn<S>, S: sql::SqlType<IsNull = sql::is_nullable::NotNull>>
    HoldsColumn<sql::Nullable<S>> for Option<T>
where
    T: ColumnValue<Inner = T>,
{
}

/// Reads a column that is not null as SQL type `$sql`.
macro_rules! column_value {
    ($type:ty, $kind:expr, $sql:ty, $variant:ident, $deferred:expr, [$($holds:ty),*]) => {
        impl ColumnValue for $type {
            type Inner = Self;
            const KIND: Kind = $kind;

            fn from_raw(raw: Option<MultiRawValue<'_>>) -> deserialize::Result<Self> {
                <Self as FromSql<$sql, MultiBackend>>::from_sql(raw.ok_or_else(unexpected_null)?)
            }

            fn into_value(self) -> Value {
                Value::$variant(self.into())
            }

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => value.try_into().ok(),
                    _ => None,
                }
            }

            fn deferred() -> Self {
                $deferred
            }
        }

        $(impl HoldsColumn<$holds> for $type {})*
    };
}

column_value!(bool, Kind::Bool, sql::Bool, Bool, false, [sql::Bool]);
column_value!(i16, Kind::SmallInt, sql::SmallInt, Int, 0, [sql::SmallInt]);
column_value!(i32, Kind::Integer, sql::Integer, Int, 0, [sql::Integer]);
column_value!(i64, Kind::BigInt, sql::BigInt, Int, 0, [sql::BigInt]);
column_value!(f64, Kind::Float, sql::Double, Float, 0.0, [sql::Double]);
column_value!(
    String,
    Kind::Text,
    sql::Text,
    Text,
    Self::new(),
    [sql::Text]
);
column_value!(
    Vec<u8>,
    Kind::Bytes,
    sql::Binary,
    Bytes,
    Self::new(),
    [sql::Binary]
);
column_value!(Uuid, Kind::Uuid, sql::Uuid, Uuid, Self::nil(), [sql::Uuid]);
column_value!(
    DateTime<Utc>,
    Kind::DateTime,
    sql::Timestamptz,
    DateTime,
    Self::UNIX_EPOCH,
    [sql::Timestamptz]
);
column_value!(
    NaiveDate,
    Kind::Date,
    sql::Date,
    Date,
    Self::default(),
    [sql::Date]
);
column_value!(
    NaiveTime,
    Kind::Time,
    sql::Time,
    Time,
    Self::MIN,
    [sql::Time]
);
column_value!(
    BigDecimal,
    Kind::Decimal,
    PortableNumeric,
    Decimal,
    Self::default(),
    [sql::Numeric]
);
column_value!(
    serde_json::Value,
    Kind::Json,
    sql::Jsonb,
    Json,
    Self::Null,
    [sql::Jsonb, sql::Json]
);

/// A list of texts is a JSON array: neither database has a type for it that the other has too.
impl ColumnValue for Vec<String> {
    type Inner = Self;
    const KIND: Kind = Kind::Json;

    fn from_raw(raw: Option<MultiRawValue<'_>>) -> deserialize::Result<Self> {
        Ok(serde_json::from_value(serde_json::Value::from_raw(raw)?)?)
    }

    fn into_value(self) -> Value {
        Value::Json(self.into())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Json(list) => serde_json::from_value(list).ok(),
            _ => None,
        }
    }

    fn deferred() -> Self {
        Self::new()
    }
}

impl HoldsColumn<sql::Jsonb> for Vec<String> {}
impl HoldsColumn<sql::Json> for Vec<String> {}

impl<T: ColumnValue<Inner = T>> ColumnValue for Option<T> {
    type Inner = T;
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;

    fn from_raw(raw: Option<MultiRawValue<'_>>) -> deserialize::Result<Self> {
        raw.map(|raw| T::from_raw(Some(raw))).transpose()
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn deferred() -> Self {
        None
    }
}

/// Reads one of a closed set of texts.
///
/// # Errors
/// When the stored text is none of the set.
#[doc(hidden)]
pub fn choice_from_raw<T: Choices>(raw: Option<MultiRawValue<'_>>) -> deserialize::Result<T> {
    let text = String::from_raw(raw)?;
    T::from_text(&text).ok_or_else(|| format!("{text:?} is none of {:?}", T::VALUES).into())
}

/// The value to bind of one of a closed set of texts.
#[doc(hidden)]
pub fn choice_into_value<T: Choices>(choice: T) -> Value {
    Value::Text(choice.as_str().to_owned())
}

/// One of a closed set of texts back from what was bound.
#[doc(hidden)]
pub fn choice_from_value<T: Choices>(value: Value) -> Option<T> {
    match value {
        Value::Text(text) => T::from_text(&text),
        _ => None,
    }
}

fn unexpected_null() -> Box<dyn std::error::Error + Send + Sync> {
    "a column that is not nullable holds null".into()
}
