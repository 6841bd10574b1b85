//! A database value of any type.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use restwell_core::Key;
use uuid::Uuid;

use crate::Kind;

/// A value of a column, whatever its type: what the statement layer binds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names of the types")]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
    DateTime(DateTime<Utc>),
    Date(NaiveDate),
    Time(NaiveTime),
    Decimal(BigDecimal),
    Json(serde_json::Value),
}

impl Value {
    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as a primary key, if it is of a type that keys have.
    pub fn to_key(&self) -> Option<Key> {
        match self {
            Self::Int(key) => Some(Key::Int(*key)),
            Self::Uuid(key) => Some(Key::Uuid(*key)),
            Self::Text(key) => Some(Key::Text(key.clone())),
            _ => None,
        }
    }

    /// The value as JSON: what an audit entry or a cursor keeps of it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Bytes(value) => value
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
                .into(),
            Self::Uuid(value) => value.to_string().into(),
            Self::DateTime(value) => datetime_text(value).into(),
            Self::Date(value) => value.to_string().into(),
            Self::Time(value) => value.to_string().into(),
            Self::Decimal(value) => value.to_plain_string().into(),
            Self::Json(value) => value.clone(),
        }
    }
}

impl Value {
    /// The value of a column of this kind back from what [`to_json`](Self::to_json) made of it.
    pub fn from_json(kind: Kind, json: &serde_json::Value) -> Option<Self> {
        if json.is_null() {
            return Some(Self::Null);
        }
        Some(match kind {
            Kind::Bool => Self::Bool(json.as_bool()?),
            Kind::SmallInt | Kind::Integer | Kind::BigInt => Self::Int(json.as_i64()?),
            Kind::Float => Self::Float(json.as_f64()?),
            Kind::Text | Kind::Choice(_) => Self::Text(json.as_str()?.to_owned()),
            Kind::Bytes => Self::Bytes(bytes_of(json.as_str()?)?),
            Kind::Uuid => Self::Uuid(json.as_str()?.parse().ok()?),
            Kind::DateTime => {
                Self::DateTime(DateTime::parse_from_rfc3339(json.as_str()?).ok()?.to_utc())
            }
            Kind::Date => Self::Date(json.as_str()?.parse().ok()?),
            Kind::Time => Self::Time(json.as_str()?.parse().ok()?),
            Kind::Decimal => Self::Decimal(json.as_str()?.parse().ok()?),
            Kind::Json => Self::Json(json.clone()),
        })
    }
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn datetime_text(time: &DateTime<Utc>) -> String {
    let mut out = Vec::with_capacity(27);
    restwell_core::time::write_datetime(time, &mut out);
    // It is ASCII.
    String::from_utf8(out).unwrap_or_default()
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Int(key) => Self::Int(key),
            Key::Uuid(key) => Self::Uuid(key),
            Key::Text(key) => Self::Text(key),
        }
    }
}

impl From<&Key> for Value {
    fn from(key: &Key) -> Self {
        key.clone().into()
    }
}
