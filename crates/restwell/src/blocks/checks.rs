//! What the fields of the building blocks are held to, for fields that are declared anew.

use chrono::NaiveDate;
use restwell_db::Context;
use restwell_db::block::{LONGEST_TAG, MOST_TAGS};
use restwell_serializers::Invalid;
use serde_json::Value;

/// How many bytes the JSON of metadata has at most.
const MOST_METADATA: usize = 65_536;
/// The digits of a number that can be dialled: from those of a service to the limit of ITU-T E.164.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=15;

/// `metadata`: an object, and not a large one.
///
/// # Errors
/// When it is something else.
pub fn metadata(value: &mut Value, _: &Context) -> Result<(), Invalid> {
    if !value.is_object() {
        let message = "Expected a dictionary of items.";
        return Err(Invalid::new("not_a_dict", message));
    }
    if value.to_string().len() > MOST_METADATA {
        let message = format!("Ensure this field has no more than {MOST_METADATA} bytes.");
        return Err(Invalid::new("max_length", message));
    }
    Ok(())
}

/// `tags`: not too many and none too long. One that stands twice is kept once, at its first place.
///
/// # Errors
/// When they are.
pub fn tags(tags: &mut Vec<String>, _: &Context) -> Result<(), Invalid> {
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    if tags.len() > MOST_TAGS {
        let message = format!("Ensure this field has no more than {MOST_TAGS} elements.");
        return Err(Invalid::new("max_length", message));
    }
    if tags.iter().any(|tag| tag.chars().count() > LONGEST_TAG) {
        let message = format!("Ensure each tag has no more than {LONGEST_TAG} characters.");
        return Err(Invalid::new("max_length", message));
    }
    Ok(())
}

/// `phone`: 3 to 15 digits, a `+` before them if need be, and between them what people write there:
/// spaces, hyphens, dots, slashes and parentheses. The empty text is no number, and passes.
///
/// # Errors
/// When it is something else.
pub fn phone(number: &mut str, _: &Context) -> Result<(), Invalid> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_known = |letter: char| letter.is_ascii_digit() || " -./()".contains(letter);
    let count = digits.chars().filter(char::is_ascii_digit).count();
    if number.is_empty() || digits.chars().all(is_known) && DIGITS.contains(&count) {
        return Ok(());
    }
    Err(Invalid::new("invalid", "Enter a valid phone number."))
}

/// `birth_date`: no day after today, in UTC.
///
/// # Errors
/// When it lies ahead.
pub fn birth_date(day: &mut NaiveDate, cx: &Context) -> Result<(), Invalid> {
    if *day > cx.now().date_naive() {
        let message = "A date of birth is not in the future.";
        return Err(Invalid::new("max_value", message));
    }
    Ok(())
}
