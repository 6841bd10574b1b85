//! Reading rows.

use diesel::deserialize;
use diesel::row::{Field as _, Row as _};

use crate::ColumnValue;
use crate::connection::MultiRow;
use crate::model::ColumnSet;

/// Reads the values of one row from left to right.
pub struct RowReader<'row, 'conn, 'query> {
    row: &'row MultiRow<'conn, 'query>,
    selected: ColumnSet,
    column: usize,
    position: usize,
}

impl<'row, 'conn, 'query> RowReader<'row, 'conn, 'query> {
    pub(crate) fn new(row: &'row MultiRow<'conn, 'query>, selected: ColumnSet) -> Self {
        Self::behind(row, selected, 0)
    }

    /// A reader of the columns that stand behind the first `position` values.
    pub(crate) fn behind(
        row: &'row MultiRow<'conn, 'query>,
        selected: ColumnSet,
        position: usize,
    ) -> Self {
        Self {
            row,
            selected,
            column: 0,
            position,
        }
    }

    /// The value of the next column of the model. A column that was not selected reads as an
    /// empty value.
    ///
    /// # Errors
    /// When the database sent something that is not a `T`.
    #[allow(
        clippy::should_implement_trait,
        reason = "the type changes from call to call"
    )]
    pub fn next<T: ColumnValue>(&mut self) -> deserialize::Result<T> {
        let column = self.column;
        self.column += 1;
        if !self.selected.contains(column) {
            return Ok(T::deferred());
        }
        let position = self.position;
        self.position += 1;
        let field = self
            .row
            .get(position)
            .ok_or("the row is shorter than the model")?;
        T::from_raw(field.value())
    }
}

impl std::fmt::Debug for RowReader<'_, '_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowReader")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
