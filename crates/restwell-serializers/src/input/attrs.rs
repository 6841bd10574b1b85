use std::fmt;

use restwell_core::{Error, Result};
use restwell_db::relation::set_links;
use restwell_db::{
    Changes, ColumnMeta, ColumnValue, Context, Field, IntoField, Model, QuerySet, Value,
};

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
    target: Option<Target<I::Model>>,
}

/// The row that an update changes.
struct Target<M: Model> {
    rows: QuerySet<M>,
    pk: M::Pk,
    precondition: Option<i64>,
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
    pub(crate) fn new(
        input: I,
        writes: Writes<I::Model>,
        mode: Mode,
        version: Option<i64>,
    ) -> Self {
        Self {
            input,
            writes,
            mode,
            version,
            target: None,
        }
    }

    /// Makes this a change of the row with key `pk`, as long as it is among `rows` and, where a
    /// precondition is given, has that version.
    #[must_use]
    pub fn for_row(
        mut self,
        rows: QuerySet<I::Model>,
        pk: <I::Model as Model>::Pk,
        precondition: Option<i64>,
    ) -> Self {
        self.target = Some(Target {
            rows,
            pk,
            precondition,
        });
        self
    }

    /// Sets a column, whatever the client said: `serializer.save(author=…)` in DRF.
    pub fn set<T: ColumnValue>(&mut self, field: Field<I::Model, T>, value: impl IntoField<T>) {
        self.writes.changes.set(field, value);
    }

    /// Sets a column without the help of its type.
    pub fn set_value(&mut self, column: &'static ColumnMeta, value: Value) {
        self.writes.changes.set_value(column, value);
    }

    /// What `field` is set to, if it is.
    pub fn get<T: ColumnValue>(&self, field: Field<I::Model, T>) -> Option<T> {
        self.writes.changes.get(field)
    }

    /// What is written.
    pub fn changes(&self) -> &Changes<I::Model> {
        &self.writes.changes
    }

    /// The version that the body names, if it does.
    pub fn version(&self) -> Option<i64> {
        self.version
    }

    /// What the input is for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Inserts the row, or changes the one that [`for_row`](Self::for_row) names, with its links.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 404 when the row is not among the rows any
    /// more; 409 when the body names another version than it has; 412 when the precondition does;
    /// 503 when the database is away.
    pub fn save(mut self, cx: &mut Context) -> Result<I::Model> {
        let links = std::mem::take(&mut self.writes.links);
        let row = match self.target {
            None => I::Model::objects().create(cx, self.writes.changes)?,
            Some(target) => target.update(cx, self.writes.changes, self.version)?,
        };
        let key = row.key();
        for (link, keys) in links {
            set_links(cx, link, I::Model::META, &key, &keys)?;
        }
        Ok(row)
    }
}

impl<M: Model> Target<M> {
    fn update(self, cx: &mut Context, changes: Changes<M>, version: Option<i64>) -> Result<M> {
        let expected = self.precondition.or(version);
        if let (Some(one), Some(other)) = (self.precondition, version)
            && one != other
        {
            return Err(Error::stale_version());
        }
        let rows = self.rows.clone();
        if let Some(row) = rows.update_one(cx, &self.pk, changes, expected)? {
            return Ok(row);
        }
        self.rows.find(cx, &self.pk)?;
        Err(if self.precondition.is_some() {
            Error::precondition_failed()
        } else {
            Error::stale_version()
        })
    }
}
