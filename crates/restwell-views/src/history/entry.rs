use chrono::{DateTime, Utc};
use restwell_audit::AuditEntry;
use restwell_macros::serializer;
use serde_json::Value;

/// An audit entry as clients see it.
#[serializer(crate = restwell_serializers, model = AuditEntry, read_only)]
pub struct EntrySerializer {
    id: i64,
    at: DateTime<Utc>,
    actor_id: Option<String>,
    action: String,
    entity: String,
    entity_id: String,
    changes: Value,
    request_id: Option<String>,
    previous_hash: Option<String>,
    hash: String,
}
