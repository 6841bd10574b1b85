//! Quoted strings in header fields.

use std::borrow::Cow;

/// Splits a field line at `separator` outside quotes; `None` where a quote is never closed.
///
/// ```
/// use restwell_core::split_unquoted;
/// assert_eq!(split_unquoted(r#"a, b="c,d""#, ','), Some(vec!["a", r#" b="c,d""#]));
/// assert_eq!(split_unquoted(r#"a, b="c"#, ','), None);
/// ```
pub fn split_unquoted(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!quoted).then_some(parts)
}

/// A token as it is, a quoted string without its quotes and escapes (RFC 9110 §5.6.4); `None` for
/// what is neither.
///
/// ```
/// use restwell_core::unquoted;
/// assert_eq!(unquoted("minimal").as_deref(), Some("minimal"));
/// assert_eq!(unquoted(r#""a \"b\"""#).as_deref(), Some(r#"a "b""#));
/// assert_eq!(unquoted(r#""a"b""#), None);
/// ```
pub fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let Some(inner) = value.strip_prefix('"') else {
        return (!value.is_empty() && !value.contains('"')).then_some(Cow::Borrowed(value));
    };
    let inner = inner.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => text.push(chars.next()?),
            c => text.push(c),
        }
    }
    Some(Cow::Owned(text))
}
