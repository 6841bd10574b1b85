//! The hashes of entries.

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
        let parts = (
            self.at.timestamp_micros(),
            self.actor_id,
            self.action,
            self.entity,
            self.entity_id,
            self.changes,
            self.request_id,
        );
        let mut canonical = Vec::with_capacity(256 + 2 * self.changes.len());
        serde_json::to_writer(&mut canonical, &parts).map_err(Error::internal)?;
        Ok(hex(&canonical))
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
    in_hexadecimal(&Sha256::digest(bytes))
}

pub(crate) fn in_hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .map(|half| char::from(DIGITS[usize::from(half)]))
        .collect()
}
