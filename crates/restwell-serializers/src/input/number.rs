use std::fmt::Display;

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};

use super::field::{InputField, Invalid, Scalar};
use crate::{FieldKind, FieldMeta, messages};

/// How long a number may be, as text: DRF's limit.
const LONGEST: usize = 1_000;

macro_rules! integer_fields {
    ($($type:ident),*) => {
        $(
            /// DRF's `IntegerField`: `7`, `"7"` and `"1.0"`, not `true` and not `1.5`.
            impl InputField for $type {
                const KIND: FieldKind = FieldKind::Integer;

                fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
                    match integer(scalar)? {
                        Integer::Exact(number) => number.try_into().map_err(|_| number > 0),
                        Integer::Above => Err(true),
                        Integer::Below => Err(false),
                    }
                    .map_err(|above| out_of_range(above, $type::MIN, $type::MAX))
                }

                fn not_a_scalar(_: &'static str) -> Invalid {
                    messages::INTEGER.into()
                }
            }
        )*
    };
}
integer_fields!(i16, i32, i64);

/// An integer, as far as `i64` can tell.
pub(super) enum Integer {
    Exact(i64),
    /// Beyond the greatest.
    Above,
    /// Beyond the least.
    Below,
}

pub(super) fn integer(scalar: Scalar<'_>) -> Result<Integer, Invalid> {
    match scalar {
        Scalar::Int(number) => Ok(Integer::Exact(number)),
        Scalar::BigInt(_) => Ok(Integer::Above),
        Scalar::Float(number) => integer_of_float(number),
        Scalar::Text(text) if text.len() > LONGEST => Err(messages::TOO_LARGE.into()),
        Scalar::Text(text) => integer_of_text(text.trim()),
        Scalar::Bool(_) => Err(messages::INTEGER.into()),
    }
}

/// serde makes a float of an integer that has too many digits for it.
fn integer_of_float(number: f64) -> Result<Integer, Invalid> {
    // Below 2^53 every integer has its own float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if number.fract() != 0.0 {
        return Err(messages::INTEGER.into());
    }
    if number >= BEYOND {
        return Ok(Integer::Above);
    }
    if number <= -BEYOND {
        return Ok(Integer::Below);
    }
    (number.abs() <= EXACT)
        .then(|| number.to_i64())
        .flatten()
        .map(Integer::Exact)
        .ok_or_else(|| messages::INTEGER.into())
}

fn integer_of_text(text: &str) -> Result<Integer, Invalid> {
    let digits = text.split_once('.').map_or(text, |(whole, fraction)| {
        if fraction.bytes().all(|digit| digit == b'0') {
            whole
        } else {
            ""
        }
    });
    if let Ok(number) = digits.parse() {
        return Ok(Integer::Exact(number));
    }
    let (whole, beyond) = match digits.strip_prefix('-') {
        Some(whole) => (whole, Integer::Below),
        None => (digits, Integer::Above),
    };
    if !whole.is_empty() && whole.bytes().all(|digit| digit.is_ascii_digit()) {
        Ok(beyond)
    } else {
        Err(messages::INTEGER.into())
    }
}

fn out_of_range(above: bool, least: impl Display, most: impl Display) -> Invalid {
    if above {
        let message = format!("Ensure this value is less than or equal to {most}.");
        Invalid::new("max_value", message)
    } else {
        let message = format!("Ensure this value is greater than or equal to {least}.");
        Invalid::new("min_value", message)
    }
}

/// DRF's `FloatField`, without NaN and the infinities.
impl InputField for f64 {
    const KIND: FieldKind = FieldKind::Float;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let number = match scalar {
            Scalar::Int(number) => number.to_f64(),
            Scalar::BigInt(number) => number.to_f64(),
            Scalar::Float(number) => Some(number),
            Scalar::Text(text) if text.len() > LONGEST => return Err(messages::TOO_LARGE.into()),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Bool(_) => None,
        };
        number
            .filter(|number| number.is_finite())
            .ok_or_else(|| messages::NUMBER.into())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::NUMBER.into()
    }
}

/// DRF's `BooleanField` and its many words.
impl InputField for bool {
    const KIND: FieldKind = FieldKind::Boolean;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        match scalar {
            Scalar::Bool(value) => Ok(value),
            Scalar::Int(1) => Ok(true),
            Scalar::Int(0) => Ok(false),
            Scalar::Float(1.0) => Ok(true),
            Scalar::Float(0.0) => Ok(false),
            Scalar::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "t" | "y" | "yes" | "true" | "on" | "1" => Ok(true),
                "f" | "n" | "no" | "false" | "off" | "0" => Ok(false),
                _ => Err(messages::BOOLEAN.into()),
            },
            _ => Err(messages::BOOLEAN.into()),
        }
    }

    fn is_null(scalar: &Scalar<'_>, meta: &FieldMeta) -> bool {
        let Scalar::Text(text) = scalar else {
            return false;
        };
        meta.nullable && ["", "null", "Null", "NULL"].contains(&text.as_ref())
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::BOOLEAN.into()
    }
}

/// DRF's `DecimalField`. The digits are counted before the number is made, since an exponent can
/// ask for any number of them.
impl InputField for BigDecimal {
    const KIND: FieldKind = FieldKind::Decimal;

    fn from_scalar(scalar: Scalar<'_>, meta: &FieldMeta) -> Result<Self, Invalid> {
        let text = match scalar {
            Scalar::Int(number) => number.to_string(),
            Scalar::BigInt(number) => number.to_string(),
            Scalar::Float(number) => number.to_string(),
            Scalar::Text(text) if text.len() > LONGEST => return Err(messages::TOO_LARGE.into()),
            Scalar::Text(text) => text.trim().to_owned(),
            Scalar::Bool(_) => return Err(messages::NUMBER.into()),
        };
        let exponent = text
            .to_ascii_lowercase()
            .split_once('e')
            .map(|(_, exponent)| exponent.parse::<i64>().unwrap_or(i64::MAX));
        if exponent.is_some_and(|exponent| exponent.unsigned_abs() > LONGEST as u64) {
            return Err(messages::NUMBER.into());
        }
        let number: Self = text.parse().map_err(|_| Invalid::from(messages::NUMBER))?;
        check_digits(number, meta)
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::NUMBER.into()
    }
}

/// Counts the digits as they are written: `1.100` has three behind the point.
fn check_digits(number: BigDecimal, meta: &FieldMeta) -> Result<BigDecimal, Invalid> {
    let (digits, scale) = number.as_bigint_and_exponent();
    let length = u64::try_from(digits.magnitude().to_string().len()).unwrap_or(u64::MAX);
    let places = u64::try_from(scale).unwrap_or_default();
    let trailing = u64::try_from(-scale).unwrap_or_default();
    let total = length.max(places) + trailing;
    if let Some(most) = meta.max_digits.filter(|most| total > *most) {
        let message = format!("Ensure that there are no more than {most} digits in total.");
        return Err(Invalid::new("max_digits", message));
    }
    if let Some(most) = meta.decimal_places.filter(|most| places > *most) {
        let message = format!("Ensure that there are no more than {most} decimal places.");
        return Err(Invalid::new("max_decimal_places", message));
    }
    if let (Some(most), Some(decimals)) = (meta.max_digits, meta.decimal_places) {
        let whole = most.saturating_sub(decimals);
        if total.saturating_sub(places) > whole {
            let message = format!(
                "Ensure that there are no more than {whole} digits before the decimal point."
            );
            return Err(Invalid::new("max_whole_digits", message));
        }
    }
    Ok(match meta.decimal_places {
        Some(places) => quantized(&number, places),
        None => number,
    })
}

/// The number with exactly so many digits behind the point.
pub(crate) fn quantized(number: &BigDecimal, places: u64) -> BigDecimal {
    let places = i64::try_from(places).unwrap_or(i64::MAX);
    number.with_scale_round(places, RoundingMode::HalfEven)
}
