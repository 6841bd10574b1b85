//! Lengths of time.

use chrono::TimeDelta;

use super::field::{InputField, Invalid, Scalar};
use crate::{FieldKind, FieldMeta, messages};

/// How long a length of time may be, as text.
const LONGEST: usize = 64;

const MICROSECONDS: i128 = 1_000_000;
const SECONDS_OF_A_DAY: i128 = 86_400;

/// `[DD] [HH:[MM:]]ss[.uuuuuu]` or ISO 8601, as Django's `parse_duration` reads them; a number is
/// so many seconds. The result is kept to the microsecond.
impl InputField for TimeDelta {
    const KIND: FieldKind = FieldKind::Duration;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let text = match scalar {
            Scalar::Text(text) if text.len() <= LONGEST => text.trim().to_owned(),
            Scalar::Int(seconds) => seconds.to_string(),
            Scalar::BigInt(seconds) => seconds.to_string(),
            Scalar::Float(seconds) => seconds.to_string(),
            Scalar::Text(_) | Scalar::Bool(_) => return Err(messages::DURATION.into()),
        };
        let length = clock(&text).or_else(|| iso8601(&text));
        let length = length.ok_or(messages::DURATION)?;
        i64::try_from(length)
            .map(Self::microseconds)
            .map_err(|_| messages::DURATION_OVERFLOW.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::DURATION.into()
    }
}

/// `[DD] [HH:[MM:]]ss[.uuuuuu]`, in microseconds. Days and time each have their own sign.
fn clock(text: &str) -> Option<i128> {
    let (days, time) = match text.split_once(' ') {
        Some((days, rest)) => {
            let word = ["days,", "day,"]
                .iter()
                .find_map(|word| rest.strip_prefix(word));
            (days, word.unwrap_or(rest).trim_start())
        }
        None => ("0", text),
    };
    let (sign, days) = signed(days);
    let days = sign * whole(days)?;
    let (sign, time) = signed(time);
    let parts: Vec<&str> = time.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [seconds] => ("0", "0", seconds),
        [minutes, seconds] => ("0", minutes, seconds),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let minutes = whole(hours)?
        .saturating_mul(60)
        .saturating_add(whole(minutes)?);
    let time =
        fraction(seconds, MICROSECONDS)?.saturating_add(minutes.saturating_mul(60 * MICROSECONDS));
    let days = days.saturating_mul(SECONDS_OF_A_DAY * MICROSECONDS);
    Some(days.saturating_add(sign * time))
}

/// `PnDTnHnMnS`, in microseconds.
fn iso8601(text: &str) -> Option<i128> {
    let (sign, rest) = signed(text.strip_prefix('+').unwrap_or(text));
    let rest = rest.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut total = 0_i128;
    for (mut part, units) in [
        (days, &[('D', SECONDS_OF_A_DAY)][..]),
        (time, &[('H', 3_600), ('M', 60), ('S', 1)]),
    ] {
        for (unit, seconds) in units {
            if let Some((amount, behind)) = part.split_once(*unit) {
                let amount = fraction(amount, seconds * MICROSECONDS)?;
                total = total.saturating_add(amount);
                part = behind;
            }
        }
        if !part.is_empty() {
            return None;
        }
    }
    Some(sign * total)
}

fn signed(text: &str) -> (i128, &str) {
    text.strip_prefix('-').map_or((1, text), |text| (-1, text))
}

fn whole(digits: &str) -> Option<i128> {
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    (are_digits && !digits.is_empty()).then(|| digits.parse().unwrap_or(i64::MAX.into()))
}

/// `1.5` or `1,5` times `unit`.
fn fraction(text: &str, unit: i128) -> Option<i128> {
    const PLACES: usize = 6;
    let Some((number, places)) = text.split_once(['.', ',']) else {
        return Some(whole(text)?.saturating_mul(unit));
    };
    whole(places)?;
    let places: String = places
        .chars()
        .chain("000000".chars())
        .take(PLACES)
        .collect();
    let part = whole(&places)?.saturating_mul(unit) / MICROSECONDS;
    Some(whole(number)?.saturating_mul(unit).saturating_add(part))
}
