//! Versions on the wire: entity tags and conditional requests (RFC 9110 §8.8.3 and §13).

use restwell_core::{Error, Request, Result, encode_path_segment};
use restwell_db::{Model, Value};

/// The strong entity tag of a row, from its key and version.
pub(crate) fn etag<M: Model>(row: &M) -> Option<String> {
    let version = version_of(row)?;
    // Neither a comma nor a quotation mark may stand in a tag of a list.
    let key = encode_path_segment(&row.key().to_string()).replace(',', "%2C");
    Some(format!("\"{key}-{version}\""))
}

/// The version of a row, where the model counts them.
pub(crate) fn version_of<M: Model>(row: &M) -> Option<i64> {
    match row.value(M::META.stamps.version?) {
        Value::Int(version) => Some(version),
        _ => None,
    }
}

/// Whether the client has this state of the row already.
pub(crate) fn is_not_modified(request: &Request, etag: &str) -> bool {
    let mut tags = request
        .headers
        .get_all("if-none-match")
        .flat_map(entity_tags)
        .peekable();
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// Checks `If-Match` and returns the version that the statement must find.
///
/// # Errors
/// 412 when the row has another version; 428 when one is required and neither the header nor the
/// body names it.
pub(crate) fn expected_version<M: Model>(
    request: &Request,
    row: &M,
    in_body: Option<i64>,
    required: bool,
) -> Result<Option<i64>> {
    let (version, current) = (version_of(row), etag(row));
    let mut tags = request
        .headers
        .get_all("if-match")
        .flat_map(entity_tags)
        .peekable();
    if tags.peek().is_none() {
        return if required && version.is_some() && in_body.is_none() {
            Err(Error::precondition_required())
        } else {
            Ok(None)
        };
    }
    // Weak tags never match here (RFC 9110 §13.1.1).
    if tags.any(|tag| tag == "*" || Some(tag) == current.as_deref()) {
        return Ok(version);
    }
    Err(Error::precondition_failed())
}

/// The tags of a list such as `"a", W/"b"`.
fn entity_tags(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|tag| !tag.is_empty())
}
