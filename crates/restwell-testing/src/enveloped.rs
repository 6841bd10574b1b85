use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::TestResponse;

const ALWAYS: [&str; 4] = ["success", "message", "timestamp", "request_id"];
const SUCCESS: &[&str] = &["data"];
const FAILURE: &[&str] = &["code", "errors", "details", "data"];

/// Checks that an answer has the standard envelope: its keys, and in their order, a `success` that
/// agrees with the status, a UTC timestamp, and the request id of the `X-Request-ID` header. An
/// answer that was kept under an idempotency key has the id of the request that it was first for.
///
/// Answers without a body, those to `HEAD`, 204 and 304, have the header alone.
///
/// # Panics
/// When it has another; the message shows the answer.
#[track_caller]
pub fn assert_enveloped(response: &TestResponse) {
    let id = response.header("x-request-id");
    assert!(id.is_some(), "no X-Request-ID: {response:?}");
    if response.is_of_head() || matches!(response.status, 204 | 304) {
        assert!(response.body.is_empty(), "a body: {response:?}");
        return;
    }
    let keys = match serde_json::from_slice(&response.body) {
        Ok(Keys(keys)) => keys,
        Err(error) => panic!("no envelope ({error}): {response:?}"),
    };
    let succeeded = response.status < 400;
    let expected = [&ALWAYS[..], if succeeded { SUCCESS } else { FAILURE }].concat();
    assert_eq!(keys, expected, "the keys of {response:?}");

    let envelope = response.json();
    assert_eq!(envelope["success"], succeeded, "{response:?}");
    if response.header("idempotent-replayed").is_none() {
        assert_eq!(envelope["request_id"].as_str(), id, "{response:?}");
    }
    assert!(envelope["request_id"].is_string(), "{response:?}");
    assert!(envelope["message"].is_string(), "{response:?}");
    assert_eq!(response.header("content-type"), Some("application/json"));
    let time = envelope["timestamp"].as_str().unwrap_or_default();
    let is_time = time.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(time).is_ok();
    assert!(is_time, "the timestamp of {response:?}");
}

/// The keys of an object, in the order of its text.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = map.next_entry()? {
            keys.push(key);
        }
        Ok(Keys(keys))
    }
}
