//! What is told of every write to an audited model.

use restwell_core::{Key, Result};

use crate::{ColumnMeta, Context, ModelMeta, Value, WrittenRow};

/// Who keeps the record of what is written to models that are declared `audited`.
///
/// A pool has one ([`PoolOptions::recorder`](crate::PoolOptions::recorder)), so that every write on
/// every path is told to it: requests, commands, jobs, bulk. Without one, writes to audited models
/// are refused.
pub trait Recorder: Send + Sync + 'static {
    /// Records what one transaction wrote, at its end and inside it. A row that was written
    /// several times stands here once for each [`Operation`], with the values before the first
    /// write and after the last one.
    ///
    /// # Errors
    /// Whatever keeps it from being recorded; the transaction is then rolled back.
    fn record(&self, cx: &mut Context, changes: Vec<RowChange>) -> Result<()>;
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It was inserted.
    Create,
    /// Values of it were changed, or its links to other rows.
    Update,
    /// It was deleted softly.
    Delete,
    /// It was brought back.
    Restore,
    /// It was removed for good.
    Purge,
}

impl Operation {
    /// The name: `create`, `update`, `delete`, `restore` or `purge`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
        }
    }

    /// What two operations on a row, one after the other, are together.
    fn then(self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::Create | Self::Update | Self::Restore, Self::Update) => Some(self),
            _ => None,
        }
    }
}

/// What a transaction did to a row of an audited model.
#[derive(Clone, Debug)]
pub struct RowChange {
    /// The model.
    pub meta: &'static ModelMeta,
    /// The primary key of the row.
    pub key: Key,
    /// What happened.
    pub operation: Operation,
    /// The fields that changed.
    pub fields: Vec<FieldChange>,
}

/// A field of a row before and after a write.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// The column, or the many-to-many relation.
    pub name: &'static str,
    /// Whether the values must not be shown.
    pub sensitive: bool,
    /// What it was; null where the row did not exist. The keys of a relation are a JSON list.
    pub old: Value,
    /// What it became; null where the row does not exist any more.
    pub new: Value,
}

impl RowChange {
    /// What `operation` did to a row, in the order of the columns. `None` where it has no key on
    /// either side.
    pub(crate) fn between(
        meta: &'static ModelMeta,
        operation: Operation,
        row: WrittenRow,
    ) -> Option<Self> {
        let key = |values: &Vec<Value>| values.get(meta.primary_key).and_then(Value::to_key);
        let (old, new) = (row.old, row.new);
        let key = old
            .as_ref()
            .and_then(key)
            .or_else(|| new.as_ref().and_then(key))?;
        let mut old = old.into_iter().flatten();
        let mut new = new.into_iter().flatten();
        let mut next = || {
            let or_null = |value: Option<Value>| value.unwrap_or(Value::Null);
            (or_null(old.next()), or_null(new.next()))
        };
        let fields = meta.columns.iter().filter_map(|column| {
            let (old, new) = next();
            FieldChange::of(column, old, new)
        });
        Some(Self {
            meta,
            key,
            operation,
            fields: fields.collect(),
        })
    }

    fn is_of_same_row(&self, other: &Self) -> bool {
        self.meta.table == other.meta.table && self.key == other.key
    }

    /// Takes in what happened to the row next, if the two can be told as one.
    pub(crate) fn absorb(&mut self, next: Self) -> Option<Self> {
        let Some(operation) = self
            .operation
            .then(next.operation)
            .filter(|_| self.is_of_same_row(&next))
        else {
            return Some(next);
        };
        self.operation = operation;
        for field in next.fields {
            match self.fields.iter_mut().find(|own| own.name == field.name) {
                Some(own) => own.new = field.new,
                None => self.fields.push(field),
            }
        }
        self.fields.retain(|field| field.old != field.new);
        None
    }
}

impl FieldChange {
    fn of(column: &ColumnMeta, old: Value, new: Value) -> Option<Self> {
        (old != new).then_some(Self {
            name: column.name,
            sensitive: column.sensitive,
            old,
            new,
        })
    }
}
