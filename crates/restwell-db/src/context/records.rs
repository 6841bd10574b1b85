use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use restwell_core::{Error, Key, Result};

use super::Context;
use crate::record::{Operation, Recorder, RowChange};

/// How many changes wait for the commit at most, where no savepoint can undo some of them.
const MOST: usize = 10_000;

/// How often the recorder may write to audited models itself.
const ROUNDS: usize = 8;

/// What was written to audited models and is not recorded yet, each with the depth of the
/// transaction that wrote it.
#[derive(Default)]
pub(super) struct Records {
    waiting: Vec<(usize, RowChange)>,
    /// The depth of a transaction that must not be committed, since the record of a write failed or
    /// a listener refused it.
    doomed: Option<usize>,
}

impl Records {
    /// What the savepoint at `depth` wrote becomes part of the transaction around it.
    pub(super) fn release(&mut self, depth: usize) {
        for (own, _) in &mut self.waiting {
            *own = (*own).min(depth.saturating_sub(1));
        }
    }

    /// What the transaction at `depth` wrote is undone.
    pub(super) fn forget(&mut self, depth: usize) {
        self.waiting.retain(|(own, _)| *own < depth);
        self.doomed = self.doomed.filter(|doomed| *doomed < depth);
    }

    /// The transaction at `depth` must not be committed.
    pub(super) fn doom(&mut self, depth: usize) {
        // What dooms a savepoint leaves the transaction around it as doomed as it was.
        self.doomed = Some(self.doomed.map_or(depth, |own| own.min(depth)));
    }

    pub(super) fn is_doomed(&self) -> bool {
        self.doomed.is_some()
    }

    fn take(&mut self) -> Vec<RowChange> {
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_iter().map(|(_, change)| change).collect()
    }
}

impl Context {
    /// Notes what was written to rows of audited models. It is recorded when the transaction
    /// commits, in one batch.
    ///
    /// # Errors
    /// 500 when the pool has no recorder.
    pub(crate) fn note_changes(
        &mut self,
        changes: impl IntoIterator<Item = RowChange>,
    ) -> Result<()> {
        let depth = self.transactions.depth;
        let mut changes = changes.into_iter().peekable();
        if let Some(change) = changes.peek()
            && self.idle_session()?.recorder().is_none()
        {
            self.records.doom(depth);
            return Err(Error::internal(format!(
                "`{}` is audited and the pool has no recorder; give it one with \
                 `PoolOptions::recorder`",
                change.meta.name
            )));
        }
        let waiting = &mut self.records.waiting;
        waiting.extend(changes.map(|change| (depth, change)));
        if depth == 1 && waiting.len() >= MOST {
            return self.record_changes();
        }
        Ok(())
    }

    /// Records what was written so far, and forgets the rows that the request knows: between the
    /// parts of a long transaction, so that memory does not grow with it.
    ///
    /// # Errors
    /// What the recorder fails with; the transaction cannot be committed then.
    pub fn checkpoint(&mut self) -> Result<()> {
        self.rows.clear();
        self.record_changes()
    }

    /// The keys of rows that this transaction has written, so that nobody else can.
    pub(crate) fn written(&self, table: &str) -> HashSet<&Key> {
        let waiting = self.records.waiting.iter();
        let of_table = waiting.filter(|(_, change)| change.meta.table == table);
        of_table.map(|(_, change)| &change.key).collect()
    }

    /// Hands what waits to the recorder.
    pub(super) fn record_changes(&mut self) -> Result<()> {
        for _ in 0..ROUNDS {
            let changes = merged(self.records.take());
            if changes.is_empty() {
                return Ok(());
            }
            let recorder = self.idle_session()?.recorder().cloned();
            let recorder: Arc<dyn Recorder> =
                recorder.ok_or_else(|| Error::internal("the pool has no recorder"))?;
            if let Err(error) = recorder.record(self, changes) {
                self.records.doom(self.transactions.depth);
                return Err(error);
            }
        }
        Err(Error::internal(
            "the recorder writes audited rows whenever some are recorded",
        ))
    }
}

/// The changes, those of one row told as one where they can be. An update that took itself back
/// is none.
fn merged(changes: Vec<RowChange>) -> Vec<RowChange> {
    let mut last: HashMap<(&'static str, Key), usize> = HashMap::with_capacity(changes.len());
    let mut merged: Vec<RowChange> = Vec::with_capacity(changes.len());
    for change in changes {
        let row = (change.meta.table, change.key.clone());
        let rest = match last.get(&row) {
            Some(place) => merged[*place].absorb(change),
            None => Some(change),
        };
        if let Some(change) = rest {
            last.insert(row, merged.len());
            merged.push(change);
        }
    }
    merged.retain(|change| change.operation != Operation::Update || !change.fields.is_empty());
    merged
}
