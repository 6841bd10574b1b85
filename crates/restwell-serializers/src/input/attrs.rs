use std::fmt;

use restwell_core::{Key, Result};
use restwell_db::relation::set_links;
use restwell_db::{Changes, ColumnValue, Context, Field, IntoField, Model, QuerySet};

use super::{Input, Mode, Writes};

/// What an object is about to become: its changes, and behind them what it is now.
///
/// Object-level validation reads it, so that a PATCH of one field is judged by the whole object.
pub struct Attrs<'a, I: Input> {
    /// What the client supplied.
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

/// An input that passed every check: DRF's `validated_data`, ready to be saved.
pub struct Validated<I: Input> {
    /// What the client supplied.
    pub input: I,
    pub(crate) writes: Writes<I::Model>,
    pub(crate) mode: Mode,
    pub(crate) version: Option<i64>,
}

impl<I: Input> fmt::Debug for Validated<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validated")
            .field("writes", &self.writes)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl<I: Input> Validated<I> {
    /// Sets a column, whatever the client said: `serializer.save(author=…)` in DRF.
    pub fn set<T: ColumnValue>(&mut self, field: Field<I::Model, T>, value: impl IntoField<T>) {
        self.writes.changes.set(field, value);
    }

    /// What `field` is set to, if it is.
    pub fn get<T: ColumnValue>(&self, field: Field<I::Model, T>) -> Option<T> {
        self.writes.changes.get(field)
    }

    /// What is written.
    pub fn changes(&self) -> &Changes<I::Model> {
        &self.writes.changes
    }

    /// The version that the client means to change, if the body names one.
    pub fn version(&self) -> Option<i64> {
        self.version
    }

    /// What the input is for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Inserts the row and its links.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn create(self, cx: &mut Context) -> Result<I::Model> {
        let row = I::Model::objects().create(cx, self.writes.changes)?;
        link(cx, &row.key(), self.writes.links, I::Model::META.table)?;
        Ok(row)
    }

    /// Changes the row with key `pk`, if it is among `rows` and has the expected version, and its
    /// links. `None` when no row fits.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn update(
        self,
        cx: &mut Context,
        rows: QuerySet<I::Model>,
        pk: &<I::Model as Model>::Pk,
        expected_version: Option<i64>,
    ) -> Result<Option<I::Model>> {
        let Some(row) = rows.update_one(cx, pk, self.writes.changes, expected_version)? else {
            return Ok(None);
        };
        link(cx, &row.key(), self.writes.links, I::Model::META.table)?;
        Ok(Some(row))
    }
}

fn link(
    cx: &mut Context,
    key: &Key,
    links: Vec<(restwell_db::statement::Link, Vec<Key>)>,
    table: &'static str,
) -> Result<()> {
    links
        .into_iter()
        .try_for_each(|(link, keys)| set_links(cx, link, table, key, &keys))
}
