//! Whether the log is as it was written.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use restwell_core::Result;
use restwell_db::{Context, Model as _};
use restwell_macros::Model;

use crate::chain::{Contents, hash};

/// How many entries are in memory at a time.
const CHUNK: i64 = 1_000;

diesel::table! {
    /// The log with the text of its JSON, over which the hashes are.
    audit_log (id) {
        id -> Int8,
        at -> Timestamptz,
        actor_id -> Nullable<Text>,
        action -> Text,
        entity -> Text,
        entity_id -> Text,
        changes -> Text,
        request_id -> Nullable<Text>,
        previous_hash -> Nullable<Text>,
        hash -> Text,
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = audit_log)]
struct Link {
    id: i64,
    at: DateTime<Utc>,
    actor_id: Option<String>,
    action: String,
    entity: String,
    entity_id: String,
    changes: String,
    request_id: Option<String>,
    previous_hash: Option<String>,
    hash: String,
}

/// Something that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// The table.
    pub entity: String,
    /// The primary key of the row, as text.
    pub entity_id: String,
    /// The entry, where there is one.
    pub entry: Option<i64>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The entry is not what it was.
    Changed,
    /// The entry does not follow the one before it: one was removed, inserted or moved.
    Broken,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FaultKind::Changed => "was changed",
            FaultKind::Broken => "does not follow the entry before it",
        };
        let Self {
            entity, entity_id, ..
        } = self;
        match self.entry {
            Some(entry) => write!(f, "entry {entry} of {entity} {entity_id} {what}"),
            None => write!(f, "{entity} {entity_id} {what}"),
        }
    }
}

/// Follows the chain of every row and returns what is wrong, in the order of the entries. Each
/// row's last hash is in memory meanwhile.
///
/// It finds entries that were changed, and entries that were removed, inserted or moved before
/// others. That the last entries of a row were removed is found by a [`Seal`](crate::Seal).
///
/// # Errors
/// 503 when the database is away.
pub fn verify(cx: &mut Context) -> Result<Vec<Fault>> {
    if cx.in_transaction() || !cx.dialect()?.is_postgres() {
        return walk(cx);
    }
    // Entries are committed in another order than they are numbered: all must be of one moment.
    cx.atomic(|cx| {
        let snapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        cx.own_connection()?.batch_execute(snapshot)?;
        walk(cx)
    })
}

fn walk(cx: &mut Context) -> Result<Vec<Fault>> {
    let mut last: HashMap<(String, String), String> = HashMap::new();
    let mut faults = Vec::new();
    Link::objects().chunks(cx, CHUNK, |_, links| {
        for link in links {
            let row = (link.entity.clone(), link.entity_id.clone());
            faults.extend(fault(&link, last.get(&row))?.map(|kind| Fault {
                kind,
                entity: link.entity,
                entity_id: link.entity_id,
                entry: Some(link.id),
            }));
            last.insert(row, link.hash);
        }
        Ok(())
    })?;
    Ok(faults)
}

fn fault(link: &Link, previous: Option<&String>) -> Result<Option<FaultKind>> {
    let contents = Contents {
        at: link.at,
        actor_id: link.actor_id.as_deref(),
        action: &link.action,
        entity: &link.entity,
        entity_id: &link.entity_id,
        changes: &link.changes,
        request_id: link.request_id.as_deref(),
    };
    if link.hash != hash(link.previous_hash.as_deref(), &contents.digest()?) {
        return Ok(Some(FaultKind::Changed));
    }
    let unlinked = link.previous_hash.as_ref() != previous;
    Ok(unlinked.then_some(FaultKind::Broken))
}
