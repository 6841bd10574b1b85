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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [Kind; 12] = [
        Kind::Bool,
        Kind::SmallInt,
        Kind::Integer,
        Kind::BigInt,
        Kind::Float,
        Kind::Text,
        Kind::Uuid,
        Kind::DateTime,
        Kind::Date,
        Kind::Time,
        Kind::Decimal,
        Kind::Choice(&["draft", "published"]),
    ];

    fn parse_as(kind: Kind, text: &str) -> Result<Value, String> {
        let column = ColumnMeta {
            table: "things",
            name: "thing",
            index: 0,
            kind,
            nullable: false,
            sensitive: false,
        };
        parse(&column, text).map_err(|invalid| invalid.message.into_owned())
    }

    fn refused(kind: Kind, text: &str) -> String {
        parse_as(kind, text).expect_err(text)
    }

    #[test]
    fn integers_fit_their_column() {
        assert_eq!(
            parse_as(Kind::BigInt, "9223372036854775807"),
            Ok(Value::Int(i64::MAX))
        );
        assert_eq!(parse_as(Kind::Integer, "+3.00"), Ok(Value::Int(3)));
        assert_eq!(
            refused(Kind::Integer, "2147483648"),
            "Ensure this value is less than or equal to 2147483647."
        );
        assert_eq!(
            refused(Kind::BigInt, "-10000000000000000000000"),
            "Ensure this value is greater than or equal to -9223372036854775808."
        );
        assert_eq!(refused(Kind::BigInt, "1.5"), "Enter a whole number.");
        for text in ["ten", "1e3", "0x10", "1_000", "--1", "+", ".5", "1.", "٣"] {
            let allowed = text == "1.";
            assert_eq!(parse_as(Kind::BigInt, text).is_ok(), allowed, "{text}");
        }
    }

    #[test]
    fn floats_and_decimals_are_finite_and_short() {
        assert_eq!(parse_as(Kind::Float, "-1.5e3"), Ok(Value::Float(-1500.0)));
        for text in ["NaN", "inf", "-Infinity", "1e400", "one"] {
            assert_eq!(refused(Kind::Float, text), "Enter a number.");
        }
        assert!(parse_as(Kind::Decimal, "12.50").is_ok());
        assert_eq!(refused(Kind::Decimal, "NaN"), "Enter a number.");
        for text in ["1e1000000000", "1e-1000000000", &"9".repeat(101)] {
            assert_eq!(
                refused(Kind::Decimal, text),
                "Ensure that there are no more than 100 digits in total."
            );
        }
        assert_eq!(refused(Kind::Decimal, &"9".repeat(300)), "Enter a number.");
    }

    #[test]
    fn booleans_have_four_spellings_of_any_case() {
        for (text, value) in [
            ("true", true),
            ("TRUE", true),
            ("1", true),
            ("False", false),
            ("0", false),
        ] {
            assert_eq!(parse_as(Kind::Bool, text), Ok(Value::Bool(value)));
        }
        assert_eq!(refused(Kind::Bool, "banana"), "Must be a valid boolean.");
    }

    #[test]
    fn choices_and_uuids_are_named() {
        assert_eq!(
            refused(Kind::Choice(&["draft"]), "bogus"),
            "Select a valid choice. bogus is not one of the available choices."
        );
        assert_eq!(refused(Kind::Uuid, "1"), "Enter a valid UUID.");
        assert!(parse_as(Kind::Uuid, "018f3f1e5b7c7c3a9c7e1f2a3b4c5d6e").is_ok());
    }

    #[test]
    fn times_are_taken_to_utc() {
        let ten = Ok(Value::DateTime(
            "2026-01-15T10:00:00Z".parse().expect("a time"),
        ));
        for text in [
            "2026-01-15T10:00:00Z",
            "2026-01-15T12:00:00+02:00",
            "2026-01-15 10:00:00",
            "2026-01-15 10:00",
            "2026-01-15T10:00:00.000",
        ] {
            assert_eq!(parse_as(Kind::DateTime, text), ten, "{text}");
        }
        let midnight = "2026-01-15T00:00:00Z".parse().expect("a time");
        assert_eq!(
            parse_as(Kind::DateTime, "2026-01-15"),
            Ok(Value::DateTime(midnight))
        );
        for text in [
            "yesterday",
            "2026-02-30",
            "2026-01-15T25:00:00Z",
            "+12026-01-01T00:00:00Z",
            "9999-12-31T23:59:59-12:00",
            "0000-01-01T00:00:00Z",
            "2026-12-31T23:59:60Z",
        ] {
            assert_eq!(
                refused(Kind::DateTime, text),
                "Enter a valid date/time.",
                "{text}"
            );
        }
        assert_eq!(refused(Kind::Date, "15.01.2026"), "Enter a valid date.");
        assert_eq!(refused(Kind::Time, "25:00"), "Enter a valid time.");
        assert!(parse_as(Kind::Time, "23:59").is_ok());
    }

    #[test]
    fn a_long_text_is_refused() {
        assert!(parse_as(Kind::Text, &"x".repeat(256)).is_ok());
        assert_eq!(
            refused(Kind::Text, &"x".repeat(257)),
            "Ensure this value has at most 256 bytes."
        );
        assert_eq!(
            refused(Kind::Choice(&[]), &"x".repeat(257)),
            "Ensure this value has at most 256 bytes."
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_refused(text in ".{0,80}", digits in "[-+0-9.eE:TZ ]{0,40}") {
            for kind in KINDS {
                let _ = parse_as(kind, &text);
                let _ = parse_as(kind, &digits);
            }
        }
    }
}
