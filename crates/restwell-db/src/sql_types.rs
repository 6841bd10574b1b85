//! SQL types that PostgreSQL has and SQLite keeps as text, usable on both through one backend.
//!
//! Each type below has a wire form on either database. The impls for Diesel's own `Uuid`,
//! `Timestamptz` and `Jsonb` at the end let a `schema.rs` from the diesel CLI be used unchanged.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Datelike, NaiveDateTime, SubsecRound, Utc};
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, SqlType};
#[cfg(feature = "sqlite")]
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

use crate::connection::{MultiBackend, MultiRawValue};

macro_rules! portable_type {
    ($(#[$doc:meta])* $name:ident, $postgres:meta, $sqlite:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, SqlType, diesel::query_builder::QueryId)]
        #[cfg_attr(feature = "postgres", diesel($postgres))]
        #[cfg_attr(feature = "sqlite", diesel(sqlite_type(name = $sqlite)))]
        pub struct $name;

        impl HasSqlType<$name> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$name>(lookup)
            }
        }
    };
}

portable_type!(
    /// `uuid`, or text with dashes.
    PortableUuid, postgres_type(oid = 2950, array_oid = 2951), "Text"
);
portable_type!(
    /// `timestamptz`, or text that sorts by time.
    PortableTimestamptz, postgres_type(oid = 1184, array_oid = 1185), "Text"
);
portable_type!(
    /// `jsonb`, or text.
    PortableJson, postgres_type(oid = 3802, array_oid = 3807), "Text"
);
portable_type!(
    /// `numeric`, or text: a double would lose digits.
    PortableNumeric, postgres_type(oid = 1700, array_oid = 1231), "Text"
);
portable_type!(
    /// `int8[]`, or a JSON array.
    BigIntList, postgres_type(oid = 1016, array_oid = 0), "Text"
);
portable_type!(
    /// `uuid[]`, or a JSON array.
    UuidList, postgres_type(oid = 2951, array_oid = 0), "Text"
);
portable_type!(
    /// `text[]`, or a JSON array.
    TextList, postgres_type(oid = 1009, array_oid = 0), "Text"
);

type Written = Result<String, Box<dyn std::error::Error + Send + Sync>>;

/// How a value of a portable type is kept as text.
trait SqliteText: Sized {
    fn write(&self) -> Written;
    fn read(text: &str) -> deserialize::Result<Self>;
}

/// Binds and reads `$value` as `$portable` through the native backends: as Diesel's `$postgres`
/// on PostgreSQL, as text on SQLite. `$alias` is the type that a `schema.rs` names.
macro_rules! portable_value {
    (@read $value:ty, $portable:ident, $postgres:ty) => {
        #[cfg(feature = "postgres")]
        impl FromSql<$portable, diesel::pg::Pg> for $value {
            fn from_sql(raw: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
                <Self as FromSql<$postgres, diesel::pg::Pg>>::from_sql(raw)
            }
        }
    };
    (@multi $value:ty, $portable:ident, $sql_type:ty) => {
        impl ToSql<$sql_type, MultiBackend> for $value {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($portable, self));
                Ok(IsNull::No)
            }
        }

        impl FromSql<$sql_type, MultiBackend> for $value {
            fn from_sql(raw: MultiRawValue<'_>) -> deserialize::Result<Self> {
                raw.from_sql::<Self, $portable>()
            }
        }
    };
    ($value:ty, $portable:ident, $postgres:ty $(, alias = $alias:ty)*) => {
        #[cfg(feature = "postgres")]
        impl ToSql<$portable, diesel::pg::Pg> for $value {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                <Self as ToSql<$postgres, diesel::pg::Pg>>::to_sql(self, out)
            }
        }

        #[cfg(feature = "sqlite")]
        impl ToSql<$portable, Sqlite> for $value {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(SqliteText::write(self)?);
                Ok(IsNull::No)
            }
        }

        #[cfg(feature = "sqlite")]
        impl FromSql<$portable, Sqlite> for $value {
            fn from_sql(raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<diesel::sql_types::Text, Sqlite>>::from_sql(raw)?;
                SqliteText::read(&text)
            }
        }

        portable_value!(@multi $value, $portable, $portable);
        $(
            impl HasSqlType<$alias> for MultiBackend {
                fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                    Self::lookup_sql_type::<$portable>(lookup)
                }
            }
            portable_value!(@multi $value, $portable, $alias);
        )*
    };
}

portable_value!(
    Uuid,
    PortableUuid,
    diesel::sql_types::Uuid,
    alias = diesel::sql_types::Uuid
);
portable_value!(
    DateTime<Utc>,
    PortableTimestamptz,
    diesel::sql_types::Timestamptz,
    alias = diesel::sql_types::Timestamptz
);
portable_value!(
    serde_json::Value,
    PortableJson,
    diesel::sql_types::Jsonb,
    alias = diesel::sql_types::Jsonb,
    alias = diesel::sql_types::Json
);
portable_value!(BigDecimal, PortableNumeric, diesel::sql_types::Numeric);

portable_value!(@read Uuid, PortableUuid, diesel::sql_types::Uuid);
portable_value!(@read DateTime<Utc>, PortableTimestamptz, diesel::sql_types::Timestamptz);
portable_value!(@read BigDecimal, PortableNumeric, diesel::sql_types::Numeric);

/// A column is `jsonb` or `json`, which look different on the wire.
#[cfg(feature = "postgres")]
impl FromSql<PortableJson, diesel::pg::Pg> for serde_json::Value {
    fn from_sql(raw: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        use diesel::sql_types::{Json, Jsonb};
        const JSON_OID: u32 = 114;
        if raw.get_oid().get() == JSON_OID {
            return <Self as FromSql<Json, diesel::pg::Pg>>::from_sql(raw);
        }
        <Self as FromSql<Jsonb, diesel::pg::Pg>>::from_sql(raw)
    }
}

impl SqliteText for Uuid {
    fn write(&self) -> Written {
        Ok(self.to_string())
    }

    fn read(text: &str) -> deserialize::Result<Self> {
        Ok(text.parse()?)
    }
}

/// The form in which Diesel writes its `TimestamptzSqlite`, to the microsecond; in UTC, and with
/// four digits for the year, it sorts by time.
impl SqliteText for DateTime<Utc> {
    fn write(&self) -> Written {
        if !(0..=9999).contains(&self.year()) {
            return Err("the year is out of range".into());
        }
        Ok(self.trunc_subsecs(6).format("%F %T%.f%:z").to_string())
    }

    fn read(text: &str) -> deserialize::Result<Self> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(time.to_utc());
        }
        // What `CURRENT_TIMESTAMP` and `datetime()` write.
        let time = NaiveDateTime::parse_from_str(text, "%F %T%.f")?;
        Ok(time.and_utc())
    }
}

impl SqliteText for serde_json::Value {
    fn write(&self) -> Written {
        Ok(self.to_string())
    }

    fn read(text: &str) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(text)?)
    }
}

/// PostgreSQL's limits on the digits hold here too: `1e999999999` would fill the memory.
impl SqliteText for BigDecimal {
    fn write(&self) -> Written {
        const BEFORE_POINT: i64 = 131_072;
        const BEHIND_POINT: i64 = 16_383;
        let scale = self.fractional_digit_count();
        let digits = i64::try_from(self.digits()).unwrap_or(i64::MAX);
        if scale > BEHIND_POINT || digits.saturating_sub(scale) > BEFORE_POINT {
            return Err("the decimal is out of range".into());
        }
        Ok(self.to_plain_string())
    }

    fn read(text: &str) -> deserialize::Result<Self> {
        Ok(text.parse()?)
    }
}

/// Binds a list as one value: an array on PostgreSQL, a JSON array on SQLite.
macro_rules! portable_list {
    ($(#[$doc:meta])* $seen:vis $name:ident($item:ty), $portable:ident, $native:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        $seen struct $name($seen Vec<$item>);

        #[cfg(feature = "postgres")]
        impl ToSql<$portable, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                <Vec<$item> as ToSql<diesel::sql_types::Array<$native>, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        #[cfg(feature = "sqlite")]
        impl ToSql<$portable, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(serde_json::to_string(&self.0)?);
                Ok(IsNull::No)
            }
        }

        impl ToSql<$portable, MultiBackend> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($portable, self));
                Ok(IsNull::No)
            }
        }
    };
}

portable_list!(
    /// Integers as one bind value.
    pub(crate) BigInts(i64), BigIntList, diesel::sql_types::BigInt
);
portable_list!(
    /// UUIDs as one bind value.
    pub(crate) Uuids(Uuid), UuidList, diesel::sql_types::Uuid
);
portable_list!(
    /// Texts as one bind value.
    pub Texts(String), TextList, diesel::sql_types::Text
);
