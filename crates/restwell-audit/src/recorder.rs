//! From what was written to entries.

use std::collections::HashMap;
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use restwell_core::{Access, Action, Result, write_json_string};
use restwell_db::{Context, FieldChange, Operation, Recorder, RowChange, Value};

use crate::append::append;
use crate::{Entry, Sink};

/// What an entry shows of a sensitive value.
pub(crate) const MASK: &str = "********";

/// Keeps the audit log: the recorder that an application gives to its pool.
#[derive(Clone, Default)]
#[must_use]
pub struct Audit {
    sinks: Vec<Arc<dyn Sink>>,
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit")
            .field("sinks", &self.sinks.len())
            .finish()
    }
}

impl Audit {
    /// The audit log alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells `sink` of every entry too.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sinks.push(Arc::new(sink));
        self
    }
}

impl Recorder for Audit {
    fn record(&self, cx: &mut Context, changes: Vec<RowChange>) -> Result<()> {
        let at = cx.now().trunc_subsecs(6);
        let entries: Vec<Entry> = changes
            .into_iter()
            .map(|change| entry(change, at, cx))
            .collect();
        for wave in waves(&entries) {
            append(cx, &wave)?;
        }
        for sink in &self.sinks {
            sink.receive(&entries, cx)?;
        }
        Ok(())
    }
}

fn entry(change: RowChange, at: DateTime<Utc>, cx: &Context) -> Entry {
    Entry {
        at,
        actor_id: cx.principal().key().map(ToString::to_string),
        action: action(change.operation, cx).to_owned(),
        entity: change.meta.table,
        entity_id: change.key.to_string(),
        changes: changes(change.fields),
        request_id: cx.request().id.to_string(),
    }
}

/// An extra action gives its name to the changes that it makes.
fn action(operation: Operation, cx: &Context) -> &'static str {
    match (operation, cx.local::<Action>()) {
        (Operation::Update, Some(Action::Custom(name, Access::Writes))) => name,
        _ => operation.name(),
    }
}

fn changes(fields: Vec<FieldChange>) -> String {
    let mut out = Vec::with_capacity(96 * fields.len());
    out.push(b'{');
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_json_string(field.name, &mut out);
        out.extend_from_slice(b":{\"old\":");
        value(&field.old, field.sensitive, &mut out);
        out.extend_from_slice(b",\"new\":");
        value(&field.new, field.sensitive, &mut out);
        out.push(b'}');
    }
    out.push(b'}');
    // What is made of texts is text.
    String::from_utf8(out).unwrap_or_default()
}

fn value(value: &Value, sensitive: bool, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        _ if sensitive => write_json_string(MASK, out),
        Value::Text(text) => write_json_string(text, out),
        Value::Int(number) => show(number, out),
        Value::Bool(value) => show(value, out),
        Value::Uuid(uuid) => {
            out.push(b'"');
            show(uuid, out);
            out.push(b'"');
        }
        other => out.extend_from_slice(other.to_json().to_string().as_bytes()),
    }
}

fn show(value: &impl fmt::Display, out: &mut Vec<u8>) {
    // Writing into memory does not fail.
    let _ = write!(out, "{value}");
}

/// The entries in parts in which no row stands twice: a statement does not see the entries that it
/// inserts itself.
fn waves(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut counts: HashMap<(&str, &str), usize> = HashMap::with_capacity(entries.len());
    let mut waves: Vec<Vec<&Entry>> = Vec::new();
    for entry in entries {
        let count = counts.entry((entry.entity, &entry.entity_id)).or_default();
        if waves.len() == *count {
            waves.push(Vec::new());
        }
        waves[*count].push(entry);
        *count += 1;
    }
    waves
}
