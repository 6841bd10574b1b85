//! The table of entries.

use chrono::{DateTime, Utc};
use restwell_macros::Model;
use serde_json::Value;

diesel::table! {
    audit_log (id) {
        id -> Int8,
        at -> Timestamptz,
        actor_id -> Nullable<Text>,
        action -> Text,
        entity -> Text,
        entity_id -> Text,
        changes -> Json,
        request_id -> Nullable<Text>,
        previous_hash -> Nullable<Text>,
        hash -> Text,
    }
}

/// An entry of the audit log. The database refuses to change or delete one.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(
    crate = restwell_db,
    table = audit_log,
    verbose_name = "audit entry",
    verbose_name_plural = "audit entries"
)]
pub struct AuditEntry {
    /// The number, which counts up.
    pub id: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The key of the user who did it.
    pub actor_id: Option<String>,
    /// What was done: `create`, `update`, `delete`, `restore`, `purge`, or the name of the extra
    /// action that changed the row.
    pub action: String,
    /// The table.
    pub entity: String,
    /// The primary key of the row, as text.
    pub entity_id: String,
    /// What changed: `{"field": {"old": …, "new": …}}`.
    pub changes: Value,
    /// The request in which it happened.
    pub request_id: Option<String>,
    /// The hash of the entry before this one of the same row.
    pub previous_hash: Option<String>,
    /// The hash of this entry.
    pub hash: String,
}
