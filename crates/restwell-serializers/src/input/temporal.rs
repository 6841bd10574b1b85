use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
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
    let time = with_offset(text)
        .or_else(|| without_offset(text.strip_suffix(['Z', 'z']).unwrap_or(text)))
        .or_else(|| day(text)?.and_hms_opt(0, 0, 0).map(|time| time.and_utc()))?;
    if is_leap_second(time.time()) {
        return None;
    }
    DateTime::from_timestamp_micros(time.timestamp_micros())
}

fn with_offset(text: &str) -> Option<DateTime<Utc>> {
    // `%#z` reads `+02`, `+0200` and `+02:00`.
    const FORMATS: [&str; 4] = [
        "%Y-%m-%dT%H:%M:%S%.f%#z",
        "%Y-%m-%d %H:%M:%S%.f%#z",
        "%Y-%m-%dT%H:%M%#z",
        "%Y-%m-%d %H:%M%#z",
    ];
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| {
            FORMATS
                .iter()
                .find_map(|format| DateTime::parse_from_str(text, format).ok())
        })
        .map(|time| time.to_utc())
}

fn without_offset(text: &str) -> Option<DateTime<Utc>> {
    const FORMATS: [&str; 4] = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ];
    FORMATS
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|time| time.and_utc())
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// The databases know no 23:59:60.
fn is_leap_second(time: NaiveTime) -> bool {
    time.nanosecond() >= 1_000_000_000
}

/// The years that both databases and every client can write with four digits.
fn in_range(time: &DateTime<Utc>) -> bool {
    (1..=9999).contains(&time.year())
}

impl InputField for NaiveDate {
    const KIND: FieldKind = FieldKind::Date;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        text(&scalar)
            .and_then(day)
            .filter(|date| (1..=9999).contains(&date.year()))
            .ok_or_else(|| messages::DATE.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::DATE.into()
    }
}

/// The result is kept to the microsecond.
impl InputField for NaiveTime {
    const KIND: FieldKind = FieldKind::Time;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let text = text(&scalar).ok_or(messages::TIME)?;
        ["%H:%M:%S%.f", "%H:%M"]
            .iter()
            .find_map(|format| Self::parse_from_str(text, format).ok())
            .filter(|time| !is_leap_second(*time))
            .and_then(|time| time.with_nanosecond(time.nanosecond() / 1_000 * 1_000))
            .ok_or_else(|| messages::TIME.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::TIME.into()
    }
}

/// With dashes or without, or as a number.
impl InputField for Uuid {
    const KIND: FieldKind = FieldKind::Uuid;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        match &scalar {
            Scalar::Int(number) => u128::try_from(*number).ok().map(Self::from_u128),
            Scalar::BigInt(number) => Some(Self::from_u128((*number).into())),
            _ => text(&scalar).and_then(|text| Self::parse_str(text).ok()),
        }
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
