use serde_json::Value;

use super::{Envelope, Meta};
use crate::time::write_timestamp;
use crate::{Error, write_json_string};

/// The default: the same four keys first in every answer.
///
/// ```json
/// {"success": true, "message": "…", "timestamp": "…", "request_id": "…", "data": …}
/// {"success": false, "message": "…", "timestamp": "…", "request_id": "…", "code": "…",
///  "errors": {…}, "details": […], "data": null}
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl Envelope for Standard {
    fn open(&self, meta: &Meta<'_>, message: &str, out: &mut Vec<u8>) {
        head(true, meta, message, out);
        out.extend_from_slice(b",\"data\":");
    }

    fn close(&self, out: &mut Vec<u8>) {
        out.push(b'}');
    }

    fn error(&self, meta: &Meta<'_>, error: &Error, out: &mut Vec<u8>) {
        head(false, meta, error.message(), out);
        out.extend_from_slice(b",\"code\":");
        write_json_string(error.code(), out);
        member("errors", &error.fields().to_json(), out);
        member("details", &error.fields().details(), out);
        member("data", error.data().unwrap_or(&Value::Null), out);
        out.push(b'}');
    }
}

fn member(name: &str, value: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
}

fn head(success: bool, meta: &Meta<'_>, message: &str, out: &mut Vec<u8>) {
    let opening: &[u8] = if success {
        b"{\"success\":true,\"message\":"
    } else {
        b"{\"success\":false,\"message\":"
    };
    out.extend_from_slice(opening);
    write_json_string(message, out);
    out.extend_from_slice(b",\"timestamp\":\"");
    write_timestamp(&meta.timestamp, out);
    out.extend_from_slice(b"\",\"request_id\":");
    write_json_string(meta.request_id, out);
}
