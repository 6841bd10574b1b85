//! The query component of a URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use thiserror::Error;

/// What may stand unescaped in a generated query: RFC 3986's unreserved characters, and a comma
/// and a colon, which are common in values and harmless there.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b',')
    .remove(b':');

/// `text` as one segment of a path.
pub fn encode_path_segment(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The text that a segment of a path stands for; `None` where it is not UTF-8.
pub fn decode_path_segment(segment: &str) -> Option<String> {
    let decoded = percent_decode(segment.as_bytes()).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The decoded parameters of a query string, in their order.
///
/// ```
/// use restwell_core::QueryString;
/// let query = QueryString::parse("page=2&q=caf%C3%A9+noir&page=3")?;
/// assert_eq!(query.get("q"), Some("café noir"));
/// assert_eq!(query.get("page"), Some("3"), "the last of several wins, as in Django");
/// # Ok::<(), restwell_core::QueryStringError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryString {
    pairs: Vec<(String, String)>,
}

/// Why a query string is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryStringError {
    /// More than [`QueryString::MAX_PAIRS`] parameters.
    #[error(
        "The query string has more than {} parameters.",
        QueryString::MAX_PAIRS
    )]
    TooMany,
    /// A percent-encoded octet sequence is not UTF-8.
    #[error("The query string is not valid UTF-8.")]
    NotUtf8,
    /// A parameter holds a NUL character.
    #[error("Null characters are not allowed.")]
    Null,
}

impl QueryString {
    /// How many parameters a query string may have.
    pub const MAX_PAIRS: usize = 200;

    /// Decodes `raw`, the part of a URL behind the `?`.
    ///
    /// # Errors
    /// When there are too many parameters, or one is not UTF-8 or holds a NUL character.
    pub fn parse(raw: &str) -> Result<Self, QueryStringError> {
        let mut pairs = Vec::new();
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            if pairs.len() == Self::MAX_PAIRS {
                return Err(QueryStringError::TooMany);
            }
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self { pairs })
    }

    /// The value of `name`; the last one wins where it is repeated.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether `name` is there, empty or not.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The parameters in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The same query with `name` set to `value`, or without it for `None`, encoded and sorted by
    /// name: the query of a link to another page.
    pub fn replace(&self, name: &str, value: Option<&str>) -> String {
        self.replace_all(&[(name, value)])
    }

    /// Like [`replace`](Self::replace), for several parameters at once.
    pub fn replace_all(&self, changes: &[(&str, Option<&str>)]) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .iter()
            .filter(|(own, _)| changes.iter().all(|(name, _)| name != own))
            .collect();
        pairs.extend(
            changes
                .iter()
                .filter_map(|(name, value)| Some((*name, (*value)?))),
        );
        pairs.sort_by_key(|(name, _)| *name);
        let mut query = String::new();
        for (name, value) in pairs {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend(utf8_percent_encode(name, ESCAPED));
            query.push('=');
            query.extend(utf8_percent_encode(value, ESCAPED));
        }
        query
    }
}

fn decode(text: &str) -> Result<String, QueryStringError> {
    let spaced: Cow<'_, str> = if text.contains('+') {
        text.replace('+', " ").into()
    } else {
        text.into()
    };
    let decoded = percent_decode(spaced.as_bytes())
        .decode_utf8()
        .map_err(|_| QueryStringError::NotUtf8)?;
    if decoded.contains('\0') {
        return Err(QueryStringError::Null);
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(raw in ".*") {
            let _ = QueryString::parse(&raw);
        }

        #[test]
        fn a_written_query_reads_back(pairs in prop::collection::vec(("[^\0]{1,8}", "[^\0]{0,8}"), 0..8)) {
            let changes: Vec<(&str, Option<&str>)> =
                pairs.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))).collect();
            let written = QueryString::default().replace_all(&changes);
            let mut read: Vec<(String, String)> = QueryString::parse(&written)
                .expect("what was written is well-formed")
                .pairs;
            let mut expected = pairs.clone();
            read.sort();
            expected.sort();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn bad_utf8_nul_and_floods_are_refused() {
        assert_eq!(QueryString::parse("a=%ff"), Err(QueryStringError::NotUtf8));
        assert_eq!(QueryString::parse("a=%00"), Err(QueryStringError::Null));
        assert_eq!(
            QueryString::parse(&"a&".repeat(201)),
            Err(QueryStringError::TooMany)
        );
    }
}
