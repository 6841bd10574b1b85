use restwell_core::{Error, Result};
use restwell_db::{
    Changes, Model, Occasion, Operation, PendingRow, RowReader, Value, Write, WrittenRow,
};

use super::{Event, Source};

/// Rows are about to be inserted, updated or restored.
///
/// Receivers see what will be written and cannot change it; a
/// [required](crate::Events::required) one can refuse it. Whoever listens makes each update read
/// and lock its rows first.
#[derive(Clone, Debug)]
pub struct BeforeSave<M> {
    /// [`Operation::Create`], [`Operation::Update`] or [`Operation::Restore`].
    pub operation: Operation,
    /// The rows. Of those that are inserted only where they are missing, or changed only in a
    /// certain version among others, some may not be.
    pub rows: Vec<Pending<M>>,
}

/// A row that is about to be written.
#[derive(Clone, Debug)]
pub struct Pending<M> {
    /// The row as it is; `None` before it is inserted.
    pub old: Option<M>,
    /// What is set. What is counted up in the database, such as the version, is not here.
    pub changes: Changes<M>,
}

/// Rows were inserted, updated or restored, in the transaction that is still open.
///
/// A receiver that writes to these rows again does so behind the back of whoever wrote them, whose
/// answer then shows what they were.
#[derive(Clone, Debug)]
pub struct AfterSave<M> {
    /// [`Operation::Create`], [`Operation::Update`] or [`Operation::Restore`].
    pub operation: Operation,
    /// The rows.
    pub rows: Vec<Saved<M>>,
}

/// A row that was inserted, updated or restored.
#[derive(Clone, Debug)]
pub struct Saved<M> {
    /// What it was; `None` where it was inserted.
    pub old: Option<M>,
    /// What it is.
    pub new: M,
}

/// Rows are about to be deleted, softly or for good. A [required](crate::Events::required) receiver
/// can refuse it. Whoever listens makes each deletion read and lock its rows first.
#[derive(Clone, Debug)]
pub struct BeforeDelete<M> {
    /// Whether they are removed, and not marked.
    pub for_good: bool,
    /// The rows.
    pub rows: Vec<M>,
}

/// Rows were deleted, softly or for good, in the transaction that is still open.
#[derive(Clone, Debug)]
pub struct AfterDelete<M> {
    /// Whether they were removed, and not marked.
    pub for_good: bool,
    /// The rows.
    pub rows: Vec<Deleted<M>>,
}

/// A row that was deleted.
#[derive(Clone, Debug)]
pub struct Deleted<M> {
    /// What it was.
    pub old: M,
    /// What it is, with its marks; `None` where it was removed.
    pub new: Option<M>,
}

/// How one of these events comes of what is told of a write.
macro_rules! of_writes {
    ($event:ident, $occasion:ident, |$operation:ident, $rows:ident| $read:expr) => {
        impl<M: Model> Event for $event<M> {
            fn source() -> Option<Source<Self>> {
                Some(Source {
                    meta: M::META,
                    occasion: Occasion::$occasion,
                    read: |write| match write {
                        Write::$occasion {
                            operation, rows, ..
                        } => {
                            let ($operation, $rows) = (*operation, rows.iter());
                            $read
                        }
                        _ => Ok(None),
                    },
                })
            }
        }
    };
}

of_writes!(BeforeSave, Before, |operation, rows| {
    saving(operation, rows.map(pending), |rows| Self {
        operation,
        rows,
    })
});
of_writes!(AfterSave, After, |operation, rows| {
    saving(operation, rows.map(saved), |rows| Self { operation, rows })
});
of_writes!(BeforeDelete, Before, |operation, rows| {
    let rows = rows.map(|row| known(row.old.as_deref()));
    deleting(operation, rows, |for_good, rows| Self { for_good, rows })
});
of_writes!(AfterDelete, After, |operation, rows| {
    deleting(operation, rows.map(deleted), |for_good, rows| Self {
        for_good,
        rows,
    })
});

/// An event of rows that are saved; nothing where they are deleted.
fn saving<T, E>(
    operation: Operation,
    rows: impl Iterator<Item = Result<T>>,
    event: impl FnOnce(Vec<T>) -> E,
) -> Result<Option<E>> {
    if !saves(operation) {
        return Ok(None);
    }
    rows.collect::<Result<_>>().map(|rows| Some(event(rows)))
}

/// An event of rows that are deleted, for good or not; nothing where they are saved.
fn deleting<T, E>(
    operation: Operation,
    rows: impl Iterator<Item = Result<T>>,
    event: impl FnOnce(bool, Vec<T>) -> E,
) -> Result<Option<E>> {
    if saves(operation) {
        return Ok(None);
    }
    let for_good = operation == Operation::Purge;
    rows.collect::<Result<_>>()
        .map(|rows| Some(event(for_good, rows)))
}

/// Whether the row is there afterwards, for everybody.
fn saves(operation: Operation) -> bool {
    match operation {
        Operation::Create | Operation::Update | Operation::Restore => true,
        Operation::Delete | Operation::Purge => false,
    }
}

fn pending<M: Model>(row: &PendingRow) -> Result<Pending<M>> {
    let mut changes = Changes::new();
    for (column, value) in &row.set {
        changes.set_value(column, value.clone());
    }
    Ok(Pending {
        old: row.old.as_deref().map(read).transpose()?,
        changes,
    })
}

fn saved<M: Model>(row: &WrittenRow) -> Result<Saved<M>> {
    Ok(Saved {
        old: row.old.as_deref().map(read).transpose()?,
        new: known(row.new.as_deref())?,
    })
}

fn deleted<M: Model>(row: &WrittenRow) -> Result<Deleted<M>> {
    Ok(Deleted {
        old: known(row.old.as_deref())?,
        new: row.new.as_deref().map(read).transpose()?,
    })
}

fn known<M: Model>(values: Option<&[Value]>) -> Result<M> {
    values
        .ok_or_else(|| Error::internal("a row that was written is not known"))
        .and_then(read)
}

fn read<M: Model>(values: &[Value]) -> Result<M> {
    M::from_row(&mut RowReader::of_values(values)).map_err(Error::internal)
}
