use serde_json::json;

use super::{Envelope, Meta};
use crate::Error;

/// DRF's bodies: the data alone, `{"detail": …}` for a failure, and the map of fields for a
/// failed validation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Envelope for Plain {
    fn open(&self, _: &Meta<'_>, _: &str, _: &mut Vec<u8>) {}

    fn close(&self, _: &mut Vec<u8>) {}

    fn error(&self, _: &Meta<'_>, error: &Error, out: &mut Vec<u8>) {
        let body = if error.fields().is_empty() {
            json!({"detail": error.message(), "code": error.code()})
        } else {
            error.fields().to_json()
        };
        out.extend_from_slice(body.to_string().as_bytes());
    }
}
