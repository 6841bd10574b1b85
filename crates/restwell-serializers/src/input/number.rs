use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};

use super::field::{InputField, Invalid, Scalar};
use crate::{FieldKind, FieldMeta, messages};

/// How long a number may be, as text: DRF's limit.
const LONGEST: usize = 1_000;

macro_rules! integer_fields {
    ($($type:ty),*) => {
        $(
            /// DRF's `IntegerField`: `7`, `"7"` and `"1.0"`, not `true` and not `1.5`.
            impl InputField for $type {
                const KIND: FieldKind = FieldKind::Integer;

                fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
                    integer(scalar)?.try_into().map_err(|_| messages::OUT_OF_RANGE.into())
                }

                fn not_a_scalar(_: &'static str) -> Invalid {
                    messages::INTEGER.into()
                }
            }
        )*
    };
}
integer_fields!(i16, i32, i64);

fn integer(scalar: Scalar<'_>) -> Result<i64, Invalid> {
    match scalar {
        Scalar::Int(number) => Ok(number),
        Scalar::BigInt(_) => Err(messages::OUT_OF_RANGE.into()),
        Scalar::Float(number) if number.fract() == 0.0 => {
            // Below 2^53 every integer has its own float.
            const EXACT: f64 = 9_007_199_254_740_992.0;
            let exact = number.abs() <= EXACT;
            exact
                .then(|| number.to_i64())
                .flatten()
                .ok_or_else(|| messages::OUT_OF_RANGE.into())
        }
        Scalar::Text(text) => {
            if text.len() > LONGEST {
                return Err(messages::TOO_LARGE.into());
            }
            let text = text.trim();
            let digits = text.split_once('.').map_or(text, |(whole, fraction)| {
                if fraction.bytes().all(|digit| digit == b'0') {
                    whole
                } else {
                    ""
                }
            });
            digits.parse().map_err(|_| {
                let whole = digits.strip_prefix('-').unwrap_or(digits);
                let is_number = !whole.is_empty() && whole.bytes().all(|c| c.is_ascii_digit());
                if is_number {
                    messages::OUT_OF_RANGE
                } else {
                    messages::INTEGER
                }
                .into()
            })
        }
        Scalar::Float(_) | Scalar::Bool(_) => Err(messages::INTEGER.into()),
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
            Scalar::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "t" | "y" | "yes" | "true" | "on" | "1" => Ok(true),
                "f" | "n" | "no" | "false" | "off" | "0" => Ok(false),
                _ => Err(messages::BOOLEAN.into()),
            },
            _ => Err(messages::BOOLEAN.into()),
        }
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

fn check_digits(number: BigDecimal, meta: &FieldMeta) -> Result<BigDecimal, Invalid> {
    let (digits, scale) = number.normalized().into_bigint_and_exponent();
    let length = if digits == 0.into() {
        0
    } else {
        u64::try_from(digits.magnitude().to_string().len()).unwrap_or(u64::MAX)
    };
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
    Ok(
        match meta
            .decimal_places
            .and_then(|places| i64::try_from(places).ok())
        {
            Some(places) => number.with_scale_round(places, RoundingMode::HalfEven),
            None => number,
        },
    )
}
