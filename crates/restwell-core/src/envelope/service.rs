use serde_json::{Value, json};

use super::{Envelope, Meta};
use crate::Error;
use crate::time::write_timestamp;

/// Data alone for a success, and for a failure the error object of a service in a fleet:
/// `{"error": {code, message, details, correlation_id, service, timestamp}}`.
#[derive(Clone, Debug)]
pub struct Service {
    name: String,
}

impl Service {
    /// The envelope of the service `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl Envelope for Service {
    fn open(&self, _: &Meta<'_>, _: &str, _: &mut Vec<u8>) {}

    fn close(&self, _: &mut Vec<u8>) {}

    fn error(&self, meta: &Meta<'_>, error: &Error, out: &mut Vec<u8>) {
        let mut timestamp = Vec::new();
        write_timestamp(&meta.timestamp, &mut timestamp);
        let details = if error.fields().is_empty() {
            error.data().cloned().unwrap_or_else(|| json!({}))
        } else {
            json!({"field_errors": error.fields().to_json()})
        };
        let body = json!({"error": {
            "code": error.code().to_ascii_uppercase(),
            "message": error.message(),
            "details": details,
            "correlation_id": meta.request_id,
            "service": self.name,
            "timestamp": Value::String(String::from_utf8_lossy(&timestamp).into_owned()),
        }});
        out.extend_from_slice(body.to_string().as_bytes());
    }
}
