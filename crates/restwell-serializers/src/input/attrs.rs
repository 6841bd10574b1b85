use std::fmt;

use restwell_db::{Changes, ColumnValue, Field, Model};

use super::{Input, Mode};

/// What an object is about to become: its changes, and behind them what it is now.
///
/// Object-level validation reads it, so that a PATCH of one field is judged by the whole object.
pub struct Attrs<'a, I: Input> {
    /// What the client supplied. Rows that are nested in it were checked, and each is a
    /// [`Child`](super::Child).
    pub input: &'a I,
    pub(crate) changes: &'a Changes<I::Model>,
    pub(crate) instance: Option<&'a I::Model>,
    pub(crate) mode: Mode,
}

impl<I: Input> fmt::Debug for Attrs<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attrs")
            .field("changes", self.changes)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl<I: Input> Attrs<'_, I> {
    /// What `field` is about to be: the supplied value, or the one that the row has. `None` for a
    /// column of a new row that the database fills in.
    pub fn get<T: ColumnValue>(&self, field: Field<I::Model, T>) -> Option<T> {
        self.changes
            .get(field)
            .or_else(|| T::from_value(self.instance?.value(field.column().index)))
    }

    /// Whether `field` is written.
    pub fn changes<T>(&self, field: Field<I::Model, T>) -> bool {
        self.changes.contains(field)
    }

    /// The row as it is now; `None` for a new one.
    pub fn instance(&self) -> Option<&I::Model> {
        self.instance
    }

    /// What the input is for.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}
