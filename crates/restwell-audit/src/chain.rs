//! The hashes of entries.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use restwell_core::{Error, Result};
use sha2::{Digest, Sha256};

/// The parts of an entry that its hash covers.
pub(crate) struct Contents<'a> {
    pub(crate) at: DateTime<Utc>,
    pub(crate) actor_id: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) entity: &'a str,
    pub(crate) entity_id: &'a str,
    pub(crate) changes: &'a str,
    pub(crate) request_id: Option<&'a str>,
}

impl Contents<'_> {
    /// The digest of the canonical form: a JSON array, without white space, of the microseconds
    /// since 1970, the actor, the action, the entity, its key, the text of the changes as a string,
    /// and the request.
    pub(crate) fn digest(&self) -> Result<String> {
        let canonical = serde_json::to_vec(&(
            self.at.timestamp_micros(),
            self.actor_id,
            self.action,
            self.entity,
            self.entity_id,
            self.changes,
            self.request_id,
        ));
        canonical.map(|json| hex(&json)).map_err(Error::internal)
    }
}

/// The hash of an entry: the SHA-256, in hexadecimal, of the hash of the entry before it (nothing
/// where it is the row's first) and the digest of its own contents, both in hexadecimal.
///
/// The digest is the SHA-256 of the JSON array `[at, actor_id, action, entity, entity_id, changes,
/// request_id]` without white space, in which `at` is in microseconds since 1970 and `changes` is a
/// string, as it stands in the database.
///
/// ```
/// let first = restwell_audit::hash(None, "digest of the first");
/// let second = restwell_audit::hash(Some(&first), "digest of the second");
/// assert_ne!(second, restwell_audit::hash(None, "digest of the second"));
/// ```
pub fn hash(previous: Option<&str>, digest: &str) -> String {
    hex(format!("{}{digest}", previous.unwrap_or_default()).as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
