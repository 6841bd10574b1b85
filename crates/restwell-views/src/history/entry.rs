use std::fmt;

use chrono::{DateTime, Utc};
use restwell_audit::AuditEntry;
use restwell_core::Result;
use restwell_db::{ColumnSet, Context};
use restwell_macros::serializer;
use restwell_serializers::{FieldMeta, Mask, Representation};
use serde_json::Value;

use super::unseen::Unseen;

/// An entry as the log has it.
#[serializer(crate = restwell_serializers, model = AuditEntry, read_only)]
struct Whole {
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

/// An audit entry as clients see it.
///
/// Who may not see a field of a resource does not find it among the `changes`. Then the hashes are
/// left out too: they cover what was changed, and a value of few possibilities could be guessed and
/// tried against them.
#[derive(Clone, Copy, Debug)]
pub struct EntrySerializer;

/// Some entries, and what is shown of those of which parts are hidden.
pub struct Entries {
    whole: <Whole as Representation>::Loaded,
    abridged: Vec<Option<AuditEntry>>,
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries").finish_non_exhaustive()
    }
}

impl Representation for EntrySerializer {
    type Model = AuditEntry;
    type Loaded = Entries;

    const FIELDS: &'static [FieldMeta] = Whole::FIELDS;

    fn columns(mask: Mask) -> ColumnSet {
        Whole::columns(mask).with(AuditEntry::F.entity.column().index)
    }

    fn load(rows: &[AuditEntry], mask: Mask, cx: &mut Context) -> Result<Self::Loaded> {
        if cx.local::<Unseen>().is_none() {
            let unseen = Unseen::of_all(cx)?;
            cx.set_local(unseen);
        }
        let whole = Whole::load(rows, mask, cx)?;
        let abridged = |row| cx.local::<Unseen>()?.abridged(row);
        Ok(Entries {
            whole,
            abridged: rows.iter().map(abridged).collect(),
        })
    }

    fn write(
        row: &AuditEntry,
        at: usize,
        entries: &Entries,
        mask: Mask,
        cx: &Context,
        out: &mut Vec<u8>,
    ) {
        match entries.abridged.get(at) {
            Some(Some(row)) => Whole::write(row, at, &entries.whole, unhashed(mask), cx, out),
            _ => Whole::write(row, at, &entries.whole, mask, cx, out),
        }
    }
}

fn unhashed(mask: Mask) -> Mask {
    let fields = Whole::FIELDS.iter().enumerate();
    fields
        .filter(|(_, field)| ["previous_hash", "hash"].contains(&field.name))
        .fold(mask, |mask, (place, _)| mask.without(place))
}
