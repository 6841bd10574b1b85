use restwell_core::Choices;

use super::field::{InputField, Invalid, Scalar};
use crate::{FieldKind, FieldMeta, messages};

/// DRF's `CharField`: numbers become text, space around it goes, NUL is refused.
impl InputField for String {
    const KIND: FieldKind = FieldKind::String;

    fn from_scalar(scalar: Scalar<'_>, meta: &FieldMeta) -> Result<Self, Invalid> {
        let text = match scalar {
            Scalar::Text(text) => text,
            Scalar::Int(number) => number.to_string().into(),
            Scalar::BigInt(number) => number.to_string().into(),
            Scalar::Float(number) if is_faithful(number) => {
                ryu::Buffer::new().format(number).to_owned().into()
            }
            Scalar::Float(_) | Scalar::Bool(_) => return Err(messages::STRING.into()),
        };
        if text.contains('\0') {
            return Err(messages::NULL_CHARACTERS.into());
        }
        let text = if meta.trim { text.trim() } else { &text };
        if text.is_empty() && !meta.allow_blank {
            return Err(messages::BLANK.into());
        }
        Ok(text.to_owned())
    }
}

/// Whether a number is the one that the client wrote: a longer integer arrives without its last
/// digits.
fn is_faithful(number: f64) -> bool {
    /// The end of the integers that arrive as such.
    const BEYOND: f64 = 18_446_744_073_709_551_616.0;
    number.abs() < BEYOND
}

/// One of a closed set; the body of `from_scalar` that `#[derive(Choices)]` emits.
///
/// # Errors
/// When the scalar is none of the set.
#[doc(hidden)]
pub fn choice_from_scalar<T: Choices>(scalar: &Scalar<'_>) -> Result<T, Invalid> {
    let text = match scalar {
        Scalar::Text(text) => text.to_string(),
        Scalar::Bool(true) => "True".to_owned(),
        Scalar::Bool(false) => "False".to_owned(),
        Scalar::Int(value) => value.to_string(),
        Scalar::BigInt(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
    };
    T::from_text(&text).ok_or_else(|| not_a_choice(&text))
}

/// What DRF says of a value that is none of a closed set.
#[doc(hidden)]
#[must_use]
pub fn not_a_choice(text: &str) -> Invalid {
    const LONGEST: usize = 100;
    let shown: String = text.chars().take(LONGEST).collect();
    Invalid::new(
        "invalid_choice",
        format!("\"{shown}\" is not a valid choice."),
    )
}
