//! Numbers in query strings, read as leniently as Python's `int` does.

pub(crate) const PAGE: &str = "page";
pub(crate) const PAGE_SIZE: &str = "page_size";
pub(crate) const LIMIT: &str = "limit";
pub(crate) const OFFSET: &str = "offset";
pub(crate) const CURSOR: &str = "cursor";

/// What a parameter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// A number from zero.
    Is(i64),
    /// A number that is too great for the database.
    Huge,
    /// No number, or one below zero.
    None,
}

impl Number {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let text = text.unwrap_or_default().trim();
        let digits = text.strip_prefix('+').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::None;
        }
        digits.parse().map_or(Self::Huge, Self::Is)
    }
}
