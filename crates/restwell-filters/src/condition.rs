//! The value of a parameter as a condition.

use chrono::{Days, NaiveDate, NaiveTime};
use restwell_db::predicate::{Comparison, Pattern, Predicate};
use restwell_db::{ColumnMeta, Kind, Value};

use crate::value::{boolean, date, integer, parse, text};
use crate::{Invalid, Lookup};

/// The most values that an `in` takes.
const MOST_VALUES: usize = 1_000;

/// The condition that `raw` asks for, or none where it asks for nothing.
pub(crate) fn condition(
    column: &'static ColumnMeta,
    lookup: Lookup,
    raw: &str,
) -> Result<Option<Predicate>, Invalid> {
    let compare = |comparison| {
        Ok(Some(Predicate::Compare {
            column,
            comparison,
            value: parse(column, raw)?,
        }))
    };
    let like = |pattern, ignore_case| {
        Ok(Some(Predicate::Like {
            column,
            pattern,
            text: text(raw)?,
            ignore_case,
        }))
    };
    match lookup {
        Lookup::Exact => compare(Comparison::Eq),
        Lookup::Gt => compare(Comparison::Gt),
        Lookup::Gte => compare(Comparison::Gte),
        Lookup::Lt => compare(Comparison::Lt),
        Lookup::Lte => compare(Comparison::Lte),
        Lookup::IExact => like(Pattern::Exact, true),
        Lookup::Contains => like(Pattern::Contains, false),
        Lookup::IContains => like(Pattern::Contains, true),
        Lookup::StartsWith => like(Pattern::StartsWith, false),
        Lookup::IStartsWith => like(Pattern::StartsWith, true),
        Lookup::EndsWith => like(Pattern::EndsWith, false),
        Lookup::IEndsWith => like(Pattern::EndsWith, true),
        Lookup::In => one_of(column, raw),
        Lookup::Range => range(column, raw).map(Some),
        Lookup::IsNull => Ok(Some(Predicate::IsNull {
            column,
            is_null: boolean(raw)?,
        })),
        Lookup::Date => {
            let day = date(raw)?;
            Ok(Some(from_day_to(
                column,
                Some(day),
                day.checked_add_days(Days::new(1)),
            )))
        }
        Lookup::Year => {
            let year = i32::try_from(integer(raw, 1, 9999)?).unwrap_or_default();
            let first_day = |year| NaiveDate::from_ymd_opt(year, 1, 1);
            Ok(Some(from_day_to(
                column,
                first_day(year),
                first_day(year + 1),
            )))
        }
        Lookup::Month => {
            let month = u8::try_from(integer(raw, 1, 12)?).unwrap_or_default();
            Ok(Some(Predicate::Month { column, month }))
        }
    }
}

fn one_of(column: &'static ColumnMeta, raw: &str) -> Result<Option<Predicate>, Invalid> {
    let pieces: Vec<&str> = pieces(raw).filter(|piece| !piece.is_empty()).collect();
    if pieces.is_empty() {
        return Ok(None);
    }
    if pieces.len() > MOST_VALUES {
        return Err(Invalid::coded(
            "max_length",
            format!("Ensure this field has no more than {MOST_VALUES} elements."),
        ));
    }
    let values = pieces
        .into_iter()
        .map(|piece| parse(column, piece))
        .collect::<Result<_, _>>()?;
    Ok(Some(Predicate::In { column, values }))
}

fn range(column: &'static ColumnMeta, raw: &str) -> Result<Predicate, Invalid> {
    let pieces: Vec<&str> = pieces(raw).collect();
    let [low, high] = pieces[..] else {
        return Err(two_values());
    };
    if low.is_empty() || high.is_empty() {
        return Err(two_values());
    }
    let compare = |comparison, piece| {
        Ok(Predicate::Compare {
            column,
            comparison,
            value: parse(column, piece)?,
        })
    };
    Ok(compare(Comparison::Gte, low)?.and(compare(Comparison::Lte, high)?))
}

fn two_values() -> Invalid {
    Invalid::coded("invalid_values", "Range query expects two values.")
}

fn pieces(raw: &str) -> impl Iterator<Item = &str> {
    raw.split(',').map(str::trim)
}

/// From the beginning of `first` to that of `end`, which is not included; a year of five digits,
/// which SQLite would sort before one of four, is no limit.
fn from_day_to(
    column: &'static ColumnMeta,
    first: Option<NaiveDate>,
    end: Option<NaiveDate>,
) -> Predicate {
    const LAST_YEAR: i32 = 9999;
    let bound = |day: NaiveDate| {
        if column.kind == Kind::Date {
            Value::Date(day)
        } else {
            Value::DateTime(day.and_time(NaiveTime::MIN).and_utc())
        }
    };
    let compare = |comparison, day| Predicate::Compare {
        column,
        comparison,
        value: bound(day),
    };
    let from = first.map_or(Predicate::Nothing, |day| compare(Comparison::Gte, day));
    match end.filter(|day| chrono::Datelike::year(day) <= LAST_YEAR) {
        Some(end) => from.and(compare(Comparison::Lt, end)),
        None => from,
    }
}
