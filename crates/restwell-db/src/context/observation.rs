use std::sync::Arc;

use restwell_core::Result;

use super::Context;
use crate::listener::{Listener, Occasion, PendingRow, Write, WrittenRow};
use crate::model::RelationMeta;
use crate::record::RowChange;
use crate::{ModelMeta, Operation};

/// What was written and is not told yet.
pub(super) struct Gathered {
    meta: &'static ModelMeta,
    operation: Operation,
    rows: Vec<WrittenRow>,
}

impl Context {
    /// Who is told of writes through this context's pool.
    ///
    /// # Errors
    /// 503 when the pool has no connection to give.
    pub fn listener(&mut self) -> Result<Option<Arc<dyn Listener>>> {
        Ok(self.idle_session()?.listener().cloned())
    }

    /// Whether somebody must know what rows of the model were and became.
    pub(crate) fn is_observed(&mut self, meta: &'static ModelMeta) -> Result<bool> {
        Ok(meta.audited || self.is_heard(meta, Occasion::After)?)
    }

    /// Whether somebody must know what links of the model's rows were and became.
    pub(crate) fn links_are_observed(&mut self, meta: &'static ModelMeta) -> Result<bool> {
        Ok(meta.audited || self.is_heard(meta, Occasion::Links)?)
    }

    /// Whether the listener is to be told.
    pub(crate) fn is_heard(
        &mut self,
        meta: &'static ModelMeta,
        occasion: Occasion,
    ) -> Result<bool> {
        let listener = self.idle_session()?.listener();
        Ok(listener.is_some_and(|listener| listener.listens(meta, occasion)))
    }

    /// Tells of rows that are about to be written.
    pub(crate) fn announce(
        &mut self,
        meta: &'static ModelMeta,
        operation: Operation,
        rows: &[PendingRow],
    ) -> Result<()> {
        self.tell(&Write::Before {
            meta,
            operation,
            rows,
        })
    }

    /// Notes that rows were written: for the record, and for who listens.
    pub(crate) fn note_written(
        &mut self,
        meta: &'static ModelMeta,
        operation: Operation,
        rows: Vec<WrittenRow>,
    ) -> Result<()> {
        let heard = self.is_heard(meta, Occasion::After)?;
        let recorded = match (meta.audited, heard) {
            (true, true) => rows.clone(),
            (true, false) => return self.record_rows(meta, operation, rows),
            (false, _) => Vec::new(),
        };
        self.record_rows(meta, operation, recorded)?;
        match &mut self.gathered {
            Some(gathered) => gather(gathered, meta, operation, rows),
            None => self.tell_written(meta, operation, &rows)?,
        }
        Ok(())
    }

    /// Does `work`, which takes several statements, and tells at its end of what it wrote: once for
    /// each model and operation.
    pub(crate) fn telling_together<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.gathered.is_some() {
            return work(self);
        }
        self.gathered = Some(Vec::new());
        let done = work(self);
        let gathered = self.gathered.take().unwrap_or_default();
        let value = done?;
        for written in gathered {
            self.tell_written(written.meta, written.operation, &written.rows)?;
        }
        Ok(value)
    }

    fn tell_written(
        &mut self,
        meta: &'static ModelMeta,
        operation: Operation,
        rows: &[WrittenRow],
    ) -> Result<()> {
        self.tell(&Write::After {
            meta,
            operation,
            rows,
        })
    }

    fn record_rows(
        &mut self,
        meta: &'static ModelMeta,
        operation: Operation,
        rows: Vec<WrittenRow>,
    ) -> Result<()> {
        let changes = rows.into_iter();
        let changes = changes.filter_map(|row| RowChange::between(meta, operation, row));
        self.note_changes(changes)
    }

    /// Notes that links of rows were changed.
    pub(crate) fn note_links(
        &mut self,
        meta: &'static ModelMeta,
        relation: &'static RelationMeta,
        changes: impl IntoIterator<Item = RowChange>,
    ) -> Result<()> {
        let rows: Vec<RowChange> = changes.into_iter().collect();
        if meta.audited {
            self.note_changes(rows.iter().cloned())?;
        }
        self.tell(&Write::Links {
            meta,
            relation,
            rows: &rows,
        })
    }

    fn tell(&mut self, write: &Write<'_>) -> Result<()> {
        let rows = match write {
            Write::Before { rows, .. } => rows.len(),
            Write::After { rows, .. } => rows.len(),
            Write::Links { rows, .. } => rows.len(),
        };
        let listener = self.listener()?;
        let heard = |listener: &Arc<dyn Listener>| {
            rows > 0 && listener.listens(write.meta(), write.occasion())
        };
        let Some(listener) = listener.filter(heard) else {
            return Ok(());
        };
        // What receivers write themselves is told at once.
        let gathered = self.gathered.take();
        let told = listener.tell(self, write);
        self.gathered = gathered;
        // What was written in spite of a refusal must not be committed.
        if told.is_err() && write.occasion() != Occasion::Before {
            self.records.doom(self.transactions.depth);
        }
        told
    }
}

fn gather(
    gathered: &mut Vec<Gathered>,
    meta: &'static ModelMeta,
    operation: Operation,
    mut rows: Vec<WrittenRow>,
) {
    let of_same = |own: &&mut Gathered| {
        own.operation == operation && own.meta.table == meta.table && own.meta.name == meta.name
    };
    match gathered.iter_mut().find(of_same) {
        Some(own) => own.rows.append(&mut rows),
        None => gathered.push(Gathered {
            meta,
            operation,
            rows,
        }),
    }
}
