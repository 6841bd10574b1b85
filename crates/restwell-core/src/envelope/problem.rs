use serde_json::{Map, Value, json};

use super::{Envelope, Meta};
use crate::Error;

/// Data alone for a success, and `application/problem+json` (RFC 9457) for a failure.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    types: Option<String>,
}

impl Problem {
    /// Problems whose `type` is `base` followed by the code; without it, `about:blank`.
    #[must_use]
    pub fn with_types(base: impl Into<String>) -> Self {
        Self {
            types: Some(base.into()),
        }
    }
}

impl Envelope for Problem {
    fn error_content_type(&self) -> &'static str {
        "application/problem+json"
    }

    fn open(&self, _: &Meta<'_>, _: &str, _: &mut Vec<u8>) {}

    fn close(&self, _: &mut Vec<u8>) {}

    fn error(&self, meta: &Meta<'_>, error: &Error, out: &mut Vec<u8>) {
        let kind = match &self.types {
            Some(base) => format!("{base}{}", error.code()),
            None => "about:blank".to_owned(),
        };
        let mut problem = Map::new();
        problem.insert("type".into(), kind.into());
        problem.insert("title".into(), title(meta.status).into());
        problem.insert("status".into(), meta.status.into());
        problem.insert("detail".into(), error.message().into());
        problem.insert("instance".into(), meta.path.into());
        problem.insert("code".into(), error.code().into());
        problem.insert("request_id".into(), meta.request_id.into());
        if !error.fields().is_empty() {
            problem.insert("errors".into(), error.fields().details());
        }
        if let Some(data) = error.data() {
            problem.insert("data".into(), data.clone());
        }
        out.extend_from_slice(json!(Value::Object(problem)).to_string().as_bytes());
    }
}

/// The reason phrase of RFC 9110, which RFC 9457 recommends beside `about:blank`.
fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        500..=599 => "Internal Server Error",
        _ => "Error",
    }
}
