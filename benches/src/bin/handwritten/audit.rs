//! The audit log: an entry for a new post, with the hash that the blog's entries have.

use std::fmt::Write;

use diesel::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::answer::Call;
use crate::schema::audit_log;

/// What a field of a new row was, and what it is.
#[derive(Serialize)]
pub(crate) struct New<T> {
    old: (),
    new: T,
}

impl<T> From<T> for New<T> {
    fn from(new: T) -> Self {
        Self { old: (), new }
    }
}

/// Notes that `actor` made the row `key` of `entity` with the values in `changes`.
pub(crate) fn created(
    connection: &mut PgConnection,
    call: &Call,
    actor: Uuid,
    (entity, key): (&str, Uuid),
    changes: &impl Serialize,
) -> QueryResult<()> {
    all_created(
        connection,
        call,
        actor,
        entity,
        [(key, changes)].into_iter(),
    )
}

/// Notes that `actor` made rows of `entity`, each with the values beside its key.
pub(crate) fn all_created<C: Serialize>(
    connection: &mut PgConnection,
    call: &Call,
    actor: Uuid,
    entity: &str,
    rows: impl Iterator<Item = (Uuid, C)>,
) -> QueryResult<()> {
    const ACTION: &str = "create";
    let actor = actor.to_string();
    let at = call.now.timestamp_micros();
    let entries = rows.map(|(key, changes)| {
        let changes = serde_json::to_value(changes)
            .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
        let key = key.to_string();
        let contents = json!([at, actor, ACTION, entity, key, changes.to_string(), call.id]);
        Ok((
            audit_log::at.eq(call.now),
            audit_log::actor_id.eq(&actor),
            audit_log::action.eq(ACTION),
            audit_log::entity.eq(entity),
            audit_log::entity_id.eq(key),
            audit_log::changes.eq(changes),
            audit_log::request_id.eq(&call.id),
            // A new row has no entry before this one.
            audit_log::hash.eq(hex(&hex(&contents.to_string()))),
        ))
    });
    diesel::insert_into(audit_log::table)
        .values(entries.collect::<QueryResult<Vec<_>>>()?)
        .execute(connection)?;
    Ok(())
}

fn hex(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
