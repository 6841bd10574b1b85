//! The payload of a cursor: exact to the last bit, since a rounded value would skip rows.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike};
use restwell_core::{Error, Result};
use restwell_db::statement::Order;
use restwell_db::{ColumnMeta, Kind, Value};
use uuid::Uuid;

/// A place in a list: on which side of the row with these values. Without values it is the end of
/// the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Position {
    pub(super) direction: Direction,
    pub(super) values: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The page begins behind the row.
    After,
    /// The page ends before the row.
    Before,
}

const AFTER: u8 = 0;
const BEFORE: u8 = 1;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const FLOAT: u8 = 4;
const TEXT: u8 = 5;
const UUID: u8 = 6;
const DATE_TIME: u8 = 7;
const DATE: u8 = 8;
const TIME: u8 = 9;
const DECIMAL: u8 = 10;

impl Position {
    /// The end of the list: the page before it is the last one.
    pub(super) fn end() -> Self {
        Self {
            direction: Direction::Before,
            values: Vec::new(),
        }
    }

    /// Whether the values can be those of the columns of `order`.
    pub(super) fn fits(&self, order: &[Order]) -> bool {
        if self.values.is_empty() {
            return self.direction == Direction::Before;
        }
        self.values.len() == order.len()
            && order
                .iter()
                .zip(&self.values)
                .all(|(by, value)| fits(by.column, value))
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        let mut out = vec![match self.direction {
            Direction::After => AFTER,
            Direction::Before => BEFORE,
        }];
        for value in &self.values {
            encode(value, &mut out)?;
        }
        Ok(out)
    }

    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (direction, mut rest) = payload.split_first()?;
        let direction = match *direction {
            AFTER => Direction::After,
            BEFORE => Direction::Before,
            _ => return None,
        };
        let mut values = Vec::new();
        while !rest.is_empty() {
            values.push(decode(&mut rest)?);
        }
        Some(Self { direction, values })
    }
}

/// Decodes `payload` and drops what comes out.
#[doc(hidden)]
pub fn survives(payload: &[u8]) -> bool {
    Position::decode(payload).is_none_or(|position| position.encode().is_ok())
}

fn fits(column: &ColumnMeta, value: &Value) -> bool {
    match value {
        Value::Null => column.nullable,
        Value::Bool(_) => column.kind == Kind::Bool,
        Value::Int(_) => column.kind.integer_range().is_some(),
        Value::Float(_) => column.kind == Kind::Float,
        Value::Text(_) => matches!(column.kind, Kind::Text | Kind::Choice(_)),
        Value::Uuid(_) => column.kind == Kind::Uuid,
        Value::DateTime(_) => column.kind == Kind::DateTime,
        Value::Date(_) => column.kind == Kind::Date,
        Value::Time(_) => column.kind == Kind::Time,
        Value::Decimal(_) => column.kind == Kind::Decimal,
        _ => false,
    }
}

fn encode(value: &Value, out: &mut Vec<u8>) -> Result<()> {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Value::Int(value) => put(INT, &value.to_be_bytes(), out),
        Value::Float(value) => put(FLOAT, &value.to_bits().to_be_bytes(), out),
        Value::Text(value) => put_text(TEXT, value, out)?,
        Value::Uuid(value) => put(UUID, value.as_bytes(), out),
        Value::DateTime(value) => {
            put(DATE_TIME, &value.timestamp().to_be_bytes(), out);
            out.extend_from_slice(&value.timestamp_subsec_nanos().to_be_bytes());
        }
        Value::Date(value) => put(DATE, &value.num_days_from_ce().to_be_bytes(), out),
        Value::Time(value) => {
            put(TIME, &value.num_seconds_from_midnight().to_be_bytes(), out);
            out.extend_from_slice(&value.nanosecond().to_be_bytes());
        }
        Value::Decimal(value) => put_text(DECIMAL, &value.to_scientific_notation(), out)?,
        _ => return Err(Error::internal("a list cannot be ordered by this column")),
    }
    Ok(())
}

fn put(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

fn put_text(tag: u8, text: &str, out: &mut Vec<u8>) -> Result<()> {
    let length = u32::try_from(text.len()).map_err(Error::internal)?;
    put(tag, &length.to_be_bytes(), out);
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

fn decode(rest: &mut &[u8]) -> Option<Value> {
    let [tag] = take(rest)?;
    Some(match tag {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        INT => Value::Int(i64::from_be_bytes(take(rest)?)),
        FLOAT => Value::Float(f64::from_bits(u64::from_be_bytes(take(rest)?))),
        TEXT => Value::Text(take_text(rest)?),
        UUID => Value::Uuid(Uuid::from_bytes(take(rest)?)),
        DATE_TIME => {
            let seconds = i64::from_be_bytes(take(rest)?);
            Value::DateTime(DateTime::from_timestamp(
                seconds,
                u32::from_be_bytes(take(rest)?),
            )?)
        }
        DATE => {
            let days = i32::from_be_bytes(take(rest)?);
            Value::Date(NaiveDate::from_num_days_from_ce_opt(days)?)
        }
        TIME => {
            let seconds = u32::from_be_bytes(take(rest)?);
            let nanos = u32::from_be_bytes(take(rest)?);
            Value::Time(NaiveTime::from_num_seconds_from_midnight_opt(
                seconds, nanos,
            )?)
        }
        DECIMAL => Value::Decimal(take_text(rest)?.parse::<BigDecimal>().ok()?),
        _ => return None,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*bytes)
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(u32::from_be_bytes(take(rest)?)).ok()?;
    let (bytes, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    String::from_utf8(bytes.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::Float),
            ".{0,20}".prop_map(Value::Text),
            any::<u128>().prop_map(|id| Value::Uuid(Uuid::from_u128(id))),
            (-62_000_000_000_i64..253_000_000_000, 0..1_000_000_000_u32).prop_map(
                |(seconds, nanos)| Value::DateTime(
                    DateTime::from_timestamp(seconds, nanos).expect("in range")
                )
            ),
            (1..3_000_000_i32).prop_map(|days| Value::Date(
                NaiveDate::from_num_days_from_ce_opt(days).expect("in range")
            )),
            (0..86_400_u32, 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| Value::Time(
                NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).expect("in range")
            )),
            (any::<i64>(), 0..30_i64)
                .prop_map(|(digits, scale)| Value::Decimal(BigDecimal::new(digits.into(), scale))),
        ]
    }

    proptest! {
        #[test]
        fn a_position_comes_back_to_the_last_bit(
            values in prop::collection::vec(any_value(), 0..6),
            after: bool,
        ) {
            let direction = if after { Direction::After } else { Direction::Before };
            let position = Position { direction, values };
            let payload = position.encode().expect("values that sort");
            let back = Position::decode(&payload).expect("what was encoded");
            prop_assert_eq!(back.encode().expect("values that sort"), payload);
            prop_assert_eq!(format!("{back:?}"), format!("{position:?}"));
        }

        #[test]
        fn any_payload_is_a_position_or_none(payload in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(survives(&payload));
        }

        #[test]
        fn a_payload_that_is_cut_or_changed_does_not_panic(
            values in prop::collection::vec(any_value(), 1..4),
            at: prop::sample::Index,
            with: u8,
        ) {
            let position = Position { direction: Direction::After, values };
            let mut payload = position.encode().expect("values that sort");
            let at = at.index(payload.len());
            prop_assert!(survives(&payload[..at]));
            payload[at] = with;
            prop_assert!(survives(&payload));
        }
    }
}
