//! A model with a column of each kind, and its serializer.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use restwell_macros::{Choices, Model, serializer};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::samples;

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Level {
    Low,
    High,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = samples)]
pub(crate) struct Sample {
    pub(crate) id: i64,
    pub(crate) flag: bool,
    pub(crate) small: i16,
    pub(crate) medium: i32,
    pub(crate) large: i64,
    pub(crate) float: f64,
    pub(crate) text: String,
    pub(crate) uuid: Uuid,
    pub(crate) moment: DateTime<Utc>,
    pub(crate) day: NaiveDate,
    pub(crate) time: NaiveTime,
    pub(crate) amount: BigDecimal,
    pub(crate) json: Value,
    pub(crate) level: Level,
    pub(crate) maybe_flag: Option<bool>,
    pub(crate) maybe_number: Option<i32>,
    pub(crate) maybe_float: Option<f64>,
    pub(crate) maybe_text: Option<String>,
    pub(crate) maybe_uuid: Option<Uuid>,
    pub(crate) maybe_moment: Option<DateTime<Utc>>,
    pub(crate) maybe_day: Option<NaiveDate>,
    pub(crate) maybe_time: Option<NaiveTime>,
    pub(crate) maybe_amount: Option<BigDecimal>,
    pub(crate) maybe_json: Option<Value>,
    pub(crate) maybe_level: Option<Level>,
}

#[serializer(model = Sample)]
pub(crate) struct SampleSerializer {
    #[field(read_only)]
    pub(crate) id: i64,
    pub(crate) flag: bool,
    pub(crate) small: i16,
    pub(crate) medium: i32,
    pub(crate) large: i64,
    pub(crate) float: f64,
    pub(crate) text: String,
    pub(crate) uuid: Uuid,
    pub(crate) moment: DateTime<Utc>,
    pub(crate) day: NaiveDate,
    pub(crate) time: NaiveTime,
    #[field(max_digits = 4, decimal_places = 2)]
    pub(crate) amount: BigDecimal,
    pub(crate) json: Value,
    pub(crate) level: Level,
    pub(crate) maybe_flag: Option<bool>,
    pub(crate) maybe_number: Option<i32>,
    pub(crate) maybe_float: Option<f64>,
    pub(crate) maybe_text: Option<String>,
    pub(crate) maybe_uuid: Option<Uuid>,
    pub(crate) maybe_moment: Option<DateTime<Utc>>,
    pub(crate) maybe_day: Option<NaiveDate>,
    pub(crate) maybe_time: Option<NaiveTime>,
    pub(crate) maybe_amount: Option<BigDecimal>,
    pub(crate) maybe_json: Option<Value>,
    pub(crate) maybe_level: Option<Level>,
}

/// A body with every required member.
pub(crate) const WHOLE: &str = r#"{"flag":true,"small":1,"medium":2,"large":3,"float":1.5,
    "text":"t","uuid":"00000000-0000-0000-0000-000000000007","moment":"2024-01-02T03:04:05Z",
    "day":"2024-01-02","time":"03:04","amount":"1.5","json":{"b":[1,null],"a":"x"},"level":"low"}"#;
