//! Text of a parameter as a value of a column, refused before it reaches the database.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use restwell_db::{ColumnMeta, Kind, Value};
use uuid::Uuid;

use crate::Invalid;

/// The most bytes that a text in a parameter may have.
const LONGEST_TEXT: usize = 256;
/// The most digits that a decimal may have, written out.
const MOST_DIGITS: u64 = 100;

pub(crate) fn parse(column: &ColumnMeta, text: &str) -> Result<Value, Invalid> {
    match column.kind {
        Kind::Bool => boolean(text).map(Value::Bool),
        Kind::SmallInt | Kind::Integer | Kind::BigInt => {
            let (least, greatest) = column.kind.integer_range().unwrap_or((i64::MIN, i64::MAX));
            integer(text, least, greatest).map(Value::Int)
        }
        Kind::Float => float(text).map(Value::Float),
        Kind::Decimal => decimal(text).map(Value::Decimal),
        Kind::Text => self::text(text).map(Value::Text),
        Kind::Choice(values) => choice(text, values),
        Kind::Uuid => Uuid::parse_str(text)
            .map(Value::Uuid)
            .map_err(|_| Invalid::new("Enter a valid UUID.")),
        Kind::DateTime => datetime(text).map(Value::DateTime),
        Kind::Date => date(text).map(Value::Date),
        Kind::Time => time(text).map(Value::Time),
        _ => Err(Invalid::new("This field cannot be filtered.")),
    }
}

pub(crate) fn text(text: &str) -> Result<String, Invalid> {
    if text.len() > LONGEST_TEXT {
        return Err(Invalid::coded(
            "max_length",
            format!("Ensure this value has at most {LONGEST_TEXT} bytes."),
        ));
    }
    Ok(text.to_owned())
}

pub(crate) fn boolean(text: &str) -> Result<bool, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Invalid::new("Must be a valid boolean.")),
    }
}

/// Like DRF's `IntegerField`, `1.0` is an integer.
pub(crate) fn integer(text: &str, least: i64, greatest: i64) -> Result<i64, Invalid> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
        Some((whole, fraction)) if is_integer(whole) && is_digits(fraction) => {
            return Err(Invalid::new("Enter a whole number."));
        }
        _ => text,
    };
    if !is_integer(whole) {
        return Err(Invalid::new("Enter a number."));
    }
    let too_low = || {
        let message = format!("Ensure this value is greater than or equal to {least}.");
        Invalid::coded("min_value", message)
    };
    let too_high = || {
        let message = format!("Ensure this value is less than or equal to {greatest}.");
        Invalid::coded("max_value", message)
    };
    match whole.parse::<i64>() {
        Ok(number) if number < least => Err(too_low()),
        Ok(number) if number > greatest => Err(too_high()),
        Ok(number) => Ok(number),
        Err(_) if whole.starts_with('-') => Err(too_low()),
        Err(_) => Err(too_high()),
    }
}

fn is_integer(text: &str) -> bool {
    is_digits(text.strip_prefix(['-', '+']).unwrap_or(text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn float(text: &str) -> Result<f64, Invalid> {
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(not_a_number)
}

/// A great exponent would make a short text into gigabytes of digits.
fn decimal(text: &str) -> Result<BigDecimal, Invalid> {
    if text.len() > LONGEST_TEXT || text.contains('_') {
        return Err(not_a_number());
    }
    let number: BigDecimal = text.parse().map_err(|_| not_a_number())?;
    let digits = number
        .digits()
        .saturating_add(number.fractional_digit_count().unsigned_abs());
    if digits > MOST_DIGITS {
        let message = format!("Ensure that there are no more than {MOST_DIGITS} digits in total.");
        return Err(Invalid::coded("max_digits", message));
    }
    Ok(number)
}

fn not_a_number() -> Invalid {
    Invalid::new("Enter a number.")
}

fn choice(text: &str, values: &[&str]) -> Result<Value, Invalid> {
    if values.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let text = self::text(text)?;
    Err(Invalid::coded(
        "invalid_choice",
        format!("Select a valid choice. {text} is not one of the available choices."),
    ))
}

pub(crate) fn date(text: &str) -> Result<NaiveDate, Invalid> {
    Some(text)
        .filter(|text| text.len() == "2026-01-15".len())
        .and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .filter(|date| is_sortable(date.year()))
        .ok_or_else(|| Invalid::new("Enter a valid date."))
}

fn time(text: &str) -> Result<NaiveTime, Invalid> {
    ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
        .filter(is_no_leap_second)
        .ok_or_else(|| Invalid::new("Enter a valid time."))
}

/// A time without an offset is one in UTC, a date the midnight at which it begins.
fn datetime(text: &str) -> Result<DateTime<Utc>, Invalid> {
    let unzoned = || {
        [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| Some(date(text).ok()?.and_time(NaiveTime::MIN)))
        .map(|time| time.and_utc())
    };
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.to_utc())
        .or_else(unzoned)
        .filter(|time| is_sortable(time.year()) && is_no_leap_second(&time.time()))
        .ok_or_else(|| Invalid::new("Enter a valid date/time."))
}

/// SQLite keeps dates as text, which sorts by date where years have four digits.
fn is_sortable(year: i32) -> bool {
    (1..=9999).contains(&year)
}

/// chrono counts a leap second as a fraction beyond one second; databases have none.
fn is_no_leap_second(time: &NaiveTime) -> bool {
    time.nanosecond() < 1_000_000_000
}
