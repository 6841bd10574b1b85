//! Versions on the wire: entity tags and conditional requests (RFC 9110 §8.8.3 and §13).
//!
//! A tag is `"<key>-<version>-<digest>"`. The digest is that of the data that was sent, so the tag
//! changes with whatever the client is shown, rows of other tables included. What stands before it
//! is the state of the row itself, and alone decides whether a write goes ahead: who has seen the
//! row as it is may change it, whichever of its fields and related rows he has seen.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use restwell_core::{Error, Key, Request, Result, encode_path_segment};
use restwell_db::{Model, Value};

use crate::Reply;

const IF_MATCH: &str = "if-match";
const IF_NONE_MATCH: &str = "if-none-match";

/// The strong entity tag of a row that is shown as `data`.
pub(crate) fn etag<M: Model>(row: &M, data: &[u8]) -> Option<String> {
    let mut digest = DefaultHasher::new();
    digest.write(data);
    Some(format!("{}-{:016x}\"", state(row)?, digest.finish()))
}

/// What the tags of a row begin with, up to their digest, as long as the row is the same.
fn state<M: Model>(row: &M) -> Option<String> {
    let version = version_of(row)?;
    Some(match row.key() {
        // Neither a comma nor a quotation mark may stand in a tag of a list.
        Key::Text(key) => {
            let key = encode_path_segment(&key).replace(',', "%2C");
            format!("\"{key}-{version}")
        }
        key => format!("\"{key}-{version}"),
    })
}

/// The version of a row, where the model counts them.
pub(crate) fn version_of<M: Model>(row: &M) -> Option<i64> {
    match row.value(M::META.stamps.version?) {
        Value::Int(version) => Some(version),
        _ => None,
    }
}

/// Whether the client names a state at all.
pub(crate) fn is_conditional(request: &Request) -> bool {
    has(request, IF_MATCH) || has(request, IF_NONE_MATCH)
}

/// The answer to a read, or 304 in its place when the client has it already.
///
/// # Errors
/// 412 when the client wants another state than this one.
pub(crate) fn unless_known(request: &Request, reply: Reply) -> Result<Reply> {
    let Some(etag) = reply.header_value("etag").map(str::to_owned) else {
        return Ok(reply);
    };
    if has(request, IF_MATCH) && !matches(request, IF_MATCH, |tag| tag == etag) {
        return Err(Error::precondition_failed());
    }
    if matches(request, IF_NONE_MATCH, |tag| weak(tag) == etag) {
        return Ok(Reply::no_content().status(304).header("etag", etag));
    }
    Ok(reply)
}

/// Checks the conditions of a write to `row`, `If-Match` and `If-None-Match`, and returns the version
/// that the statement must find: for views that write by
/// [`Validated::for_row`](restwell_serializers::Validated::for_row). Viewsets do it by themselves.
///
/// # Errors
/// 412 when the row is in another state than `If-Match` wants, or in one that `If-None-Match` does
/// not; 428 when a version is required and neither the header nor the body names it.
pub fn expected_version<M: Model>(
    request: &Request,
    row: &M,
    in_body: Option<i64>,
    required: bool,
) -> Result<Option<i64>> {
    let (version, state) = (version_of(row), state(row));
    let is_current = |tag: &str| {
        let named = tag.rsplit_once('-').map(|(state, _)| state);
        named.is_some() && named == state.as_deref()
    };
    if matches(request, IF_NONE_MATCH, |tag| is_current(weak(tag))) {
        return Err(Error::precondition_failed());
    }
    if !has(request, IF_MATCH) {
        return if required && version.is_some() && in_body.is_none() {
            Err(Error::precondition_required())
        } else {
            Ok(None)
        };
    }
    // Weak tags never match here (RFC 9110 §13.1.1).
    if matches(request, IF_MATCH, is_current) {
        return Ok(version);
    }
    Err(Error::precondition_failed())
}

/// Whether a header is there. One that names no state asks for one that there is not.
fn has(request: &Request, name: &str) -> bool {
    request.headers.get(name).is_some()
}

/// Whether a header names any state, or one that `is_meant`.
fn matches(request: &Request, name: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    tags(request, name).any(|tag| tag == "*" || is_meant(tag))
}

/// The tags of a header such as `"a", W/"b"`.
fn tags<'a>(request: &'a Request, name: &'a str) -> impl Iterator<Item = &'a str> {
    request
        .headers
        .get_all(name)
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
}

/// A tag as the weak comparison sees it (RFC 9110 §8.8.3.2).
fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
