//! What is told of every write to models that somebody listens to, while it happens.

use std::any::Any;
use std::sync::Arc;

use restwell_core::Result;

use crate::model::RelationMeta;
use crate::record::RowChange;
use crate::{ColumnMeta, Context, ModelMeta, Operation, Recorder, Value};

/// Who is told of writes to rows, inside their transactions.
///
/// A pool has one ([`PoolOptions::listener`](crate::PoolOptions::listener)), so that every write on
/// every path is told to it: requests, commands, jobs, bulk. A [`Recorder`] is told at the end of a
/// transaction what has become of its rows; a listener is told of each write as it happens, once
/// for all the rows of a call. Where that takes several statements, what is to come is told before
/// each.
pub trait Listener: Any + Send + Sync {
    /// Whether it is to be told of such writes to this model. What nobody listens to costs nothing.
    fn listens(&self, meta: &ModelMeta, occasion: Occasion) -> bool;

    /// Is told of a write that it listens to.
    ///
    /// # Errors
    /// What keeps the write from being made, or undoes it.
    fn tell(&self, cx: &mut Context, write: &Write<'_>) -> Result<()>;
}

/// When a listener is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// Rows are about to be written.
    Before,
    /// Rows were written.
    After,
    /// Links of rows over a many-to-many relation were changed.
    Links,
}

/// What is being done to rows of a model.
#[derive(Debug)]
#[non_exhaustive]
pub enum Write<'a> {
    /// They are about to be written.
    Before {
        /// The model.
        meta: &'static ModelMeta,
        /// What will happen to them.
        operation: Operation,
        /// They, as far as they are there: those under the condition of the statement, locked.
        rows: &'a [PendingRow],
    },
    /// They were written.
    After {
        /// The model.
        meta: &'static ModelMeta,
        /// What happened to them.
        operation: Operation,
        /// They, before and after.
        rows: &'a [WrittenRow],
    },
    /// Their links over a many-to-many relation were changed.
    Links {
        /// The model.
        meta: &'static ModelMeta,
        /// The relation.
        relation: &'static RelationMeta,
        /// The rows, with the relation as the one field of each.
        rows: &'a [RowChange],
    },
}

impl Write<'_> {
    /// The model.
    pub fn meta(&self) -> &'static ModelMeta {
        match self {
            Self::Before { meta, .. } | Self::After { meta, .. } | Self::Links { meta, .. } => meta,
        }
    }

    /// When it is told.
    pub fn occasion(&self) -> Occasion {
        match self {
            Self::Before { .. } => Occasion::Before,
            Self::After { .. } => Occasion::After,
            Self::Links { .. } => Occasion::Links,
        }
    }
}

/// A row that is about to be written.
#[derive(Clone, Debug)]
pub struct PendingRow {
    /// The values of its columns; `None` where it is about to be inserted.
    pub old: Option<Vec<Value>>,
    /// The columns that are set, and to what. What is counted up in the database is not here.
    pub set: Vec<(&'static ColumnMeta, Value)>,
}

/// A row that was written: the values of its columns before and after.
#[derive(Clone, Debug)]
pub struct WrittenRow {
    /// `None` where it was inserted.
    pub old: Option<Vec<Value>>,
    /// `None` where it was removed.
    pub new: Option<Vec<Value>>,
}

/// Who is told of what is written through a pool.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    pub(crate) recorder: Option<Arc<dyn Recorder>>,
    pub(crate) listener: Option<Arc<dyn Listener>>,
}
