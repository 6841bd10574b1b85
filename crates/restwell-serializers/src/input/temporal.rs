use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use uuid::Uuid;

use super::field::{InputField, Invalid, Scalar};
use crate::{FieldKind, FieldMeta, messages};

/// How long a date or time may be, as text.
const LONGEST: usize = 64;

/// ISO 8601 with any offset; without one it is taken as UTC. A date alone is midnight. The result
/// is kept to the microsecond.
impl InputField for DateTime<Utc> {
    const KIND: FieldKind = FieldKind::DateTime;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let text = text(&scalar).ok_or(messages::DATETIME)?;
        parse_datetime(text)
            .filter(in_range)
            .ok_or_else(|| messages::DATETIME.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::DATETIME.into()
    }
}

fn parse_datetime(text: &str) -> Option<DateTime<Utc>> {
    let time = if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        time.to_utc()
    } else if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z") {
        time.to_utc()
    } else {
        let bare = text.strip_suffix('Z').unwrap_or(text);
        [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(bare, format).ok())
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()?
                .and_hms_opt(0, 0, 0)
        })?
        .and_utc()
    };
    DateTime::from_timestamp_micros(time.timestamp_micros())
}

/// The years that both databases and every client can write with four digits.
fn in_range(time: &DateTime<Utc>) -> bool {
    use chrono::Datelike;
    (1..=9999).contains(&time.year())
}

impl InputField for NaiveDate {
    const KIND: FieldKind = FieldKind::Date;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        use chrono::Datelike;
        text(&scalar)
            .and_then(|text| Self::parse_from_str(text, "%Y-%m-%d").ok())
            .filter(|date| (1..=9999).contains(&date.year()))
            .ok_or_else(|| messages::DATE.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::DATE.into()
    }
}

impl InputField for NaiveTime {
    const KIND: FieldKind = FieldKind::Time;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let text = text(&scalar).ok_or(messages::TIME)?;
        ["%H:%M:%S%.f", "%H:%M"]
            .iter()
            .find_map(|format| Self::parse_from_str(text, format).ok())
            .ok_or_else(|| messages::TIME.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::TIME.into()
    }
}

/// With dashes or without.
impl InputField for Uuid {
    const KIND: FieldKind = FieldKind::Uuid;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        text(&scalar)
            .and_then(|text| Self::parse_str(text).ok())
            .ok_or_else(|| messages::UUID.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::UUID.into()
    }
}

fn text<'a>(scalar: &'a Scalar<'_>) -> Option<&'a str> {
    match scalar {
        Scalar::Text(text) if text.len() <= LONGEST => Some(text.trim()),
        _ => None,
    }
}
