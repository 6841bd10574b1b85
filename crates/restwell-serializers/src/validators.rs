//! The rules of the `validator` crate with DRF's messages.
//!
//! `#[serializer]` calls these for `#[validate(…)]` on a field. Each takes the value, the rule's
//! parameters, an own message where one is given, and the sink for what is wrong.

use std::fmt::Display;

use validator::{
    ValidateContains, ValidateEmail, ValidateIp, ValidateLength, ValidateRegex, ValidateUrl,
    ValidationError,
};

use crate::input::{Invalid, Sink};

/// The limits of a length or a range.
#[derive(Clone, Copy, Debug)]
pub struct Limits<T> {
    /// The least value that is admitted.
    pub min: Option<T>,
    /// The greatest value that is admitted.
    pub max: Option<T>,
}

/// What the length of a value counts.
#[diagnostic::on_unimplemented(message = "`{Self}` has no length to validate")]
pub trait Counted: ValidateLength<u64> {
    /// The noun for several.
    const UNIT: &'static str;
}

impl Counted for String {
    const UNIT: &'static str = "characters";
}

impl<T> Counted for Vec<T> {
    const UNIT: &'static str = "elements";
}

/// A rule's own message, where the declaration gives one.
pub type Message = Option<&'static str>;

fn refuse(sink: &mut Sink<'_>, code: &'static str, own: Message, default: impl Into<String>) {
    let message = own.map_or_else(|| default.into(), str::to_owned);
    sink.add(Invalid::new(code, message));
}

/// `length(min, max)`.
pub fn length<T: Counted>(value: &T, limits: Limits<u64>, own: Message, sink: &mut Sink<'_>) {
    let unit = T::UNIT;
    if let Some(min) = limits
        .min
        .filter(|min| !value.validate_length(Some(*min), None, None))
    {
        refuse(
            sink,
            "min_length",
            own,
            format!("Ensure this field has at least {min} {unit}."),
        );
    }
    if let Some(max) = limits
        .max
        .filter(|max| !value.validate_length(None, Some(*max), None))
    {
        refuse(
            sink,
            "max_length",
            own,
            format!("Ensure this field has no more than {max} {unit}."),
        );
    }
}

/// `range(min, max)`.
pub fn range<T>(value: &T, limits: Limits<T>, own: Message, sink: &mut Sink<'_>)
where
    T: PartialOrd + Display,
{
    if let Some(min) = limits.min.filter(|min| value < min) {
        let default = format!("Ensure this value is greater than or equal to {min}.");
        refuse(sink, "min_value", own, default);
    }
    if let Some(max) = limits.max.filter(|max| value > max) {
        let default = format!("Ensure this value is less than or equal to {max}.");
        refuse(sink, "max_value", own, default);
    }
}

/// `email`: an address on the Internet, as in Django.
pub fn email<T: ValidateEmail>(value: &T, own: Message, sink: &mut Sink<'_>) {
    let is_reachable = value
        .as_email_string()
        .is_none_or(|address| has_public_domain(&address));
    if !is_reachable || !value.validate_email() {
        refuse(sink, "invalid", own, "Enter a valid email address.");
    }
}

/// Django's rule beyond the syntax: a top-level domain of two characters or more, a literal
/// address, or `localhost`.
fn has_public_domain(address: &str) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    domain.eq_ignore_ascii_case("localhost")
        || domain.starts_with('[')
        || domain
            .rsplit_once('.')
            .is_some_and(|(_, top)| top.chars().nth(1).is_some() && !top.ends_with('-'))
}

/// `url`.
pub fn url<T: ValidateUrl>(value: &T, own: Message, sink: &mut Sink<'_>) {
    if !value.validate_url() {
        refuse(sink, "invalid", own, "Enter a valid URL.");
    }
}

/// `ip`.
pub fn ip<T: ValidateIp>(value: &T, own: Message, sink: &mut Sink<'_>) {
    if !value.validate_ip() {
        refuse(sink, "invalid", own, "Enter a valid IPv4 or IPv6 address.");
    }
}

/// `slug`: letters, digits, underscores and hyphens.
pub fn slug(value: &str, own: Message, sink: &mut Sink<'_>) {
    let is_slug = !value.is_empty()
        && value
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
    if !is_slug {
        let default =
            "Enter a valid \"slug\" consisting of letters, numbers, underscores or hyphens.";
        refuse(sink, "invalid", own, default);
    }
}

/// `regex(path = …)`.
pub fn regex<T: ValidateRegex>(
    value: &T,
    pattern: impl validator::AsRegex,
    own: Message,
    sink: &mut Sink<'_>,
) {
    if !value.validate_regex(pattern) {
        refuse(
            sink,
            "invalid",
            own,
            "This value does not match the required pattern.",
        );
    }
}

/// `contains(pattern = …)`.
pub fn contains<T: ValidateContains>(value: &T, part: &str, own: Message, sink: &mut Sink<'_>) {
    if !value.validate_contains(part) {
        refuse(
            sink,
            "invalid",
            own,
            format!("This value must contain \"{part}\"."),
        );
    }
}

/// `does_not_contain(pattern = …)`.
pub fn does_not_contain<T: ValidateContains>(
    value: &T,
    part: &str,
    own: Message,
    sink: &mut Sink<'_>,
) {
    if value.validate_contains(part) {
        refuse(
            sink,
            "invalid",
            own,
            format!("This value must not contain \"{part}\"."),
        );
    }
}

/// `must_match(other = …)`.
pub fn must_match<T: PartialEq>(
    value: &T,
    other: Option<&T>,
    other_name: &str,
    own: Message,
    sink: &mut Sink<'_>,
) {
    if other.is_some_and(|other| other != value) {
        refuse(
            sink,
            "must_match",
            own,
            format!("This value must be the same as {other_name}."),
        );
    }
}

/// `custom(function = …)`: the outcome of a function of the `validator` crate's kind.
pub fn custom(outcome: Result<(), ValidationError>, own: Message, sink: &mut Sink<'_>) {
    if let Err(error) = outcome {
        let message = own.map(std::borrow::Cow::Borrowed).or(error.message);
        sink.add(Invalid::new(
            error.code,
            message.unwrap_or("Enter a valid value.".into()),
        ));
    }
}
