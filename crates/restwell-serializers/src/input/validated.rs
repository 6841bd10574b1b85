use std::fmt;

use restwell_core::{Error, Result};
use restwell_db::{
    Changes, ColumnMeta, ColumnValue, Context, Field, IntoField, Model, QuerySet, Value,
};

use super::save::{Saved, save};
use super::{Input, Mode, Writes};

/// An input that passed every check: DRF's `validated_data`, ready to be saved.
pub struct Validated<I: Input> {
    /// What the client supplied.
    pub input: I,
    pub(crate) writes: Writes<I::Model>,
    pub(crate) mode: Mode,
    pub(crate) version: Option<i64>,
    pub(super) target: Option<Target<I::Model>>,
}

/// The row that an update changes.
pub(super) struct Target<M: Model> {
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
        self.set_value(field.column(), value.into_field().into_value());
    }

    /// Sets a column without the help of its type.
    pub fn set_value(&mut self, column: &'static ColumnMeta, value: Value) {
        self.writes.changes.set_value(column, value);
        self.writes.settle(column.index);
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

    /// Inserts the row, or changes the one that [`for_row`](Self::for_row) names, with its links: a
    /// batch of one.
    ///
    /// A value that was made for a client who sent none, such as a slug, is made again where another
    /// row has taken it meanwhile.
    ///
    /// # Errors
    /// 400 with the fields that a constraint refuses; 404 when the row is not among the rows any
    /// more; 409 when the body names another version than it has; 412 when the precondition does;
    /// 503 when the database is away.
    pub fn save(mut self, cx: &mut Context) -> Result<I::Model> {
        let missing = || Error::internal("a batch of one has one row");
        match save(std::slice::from_mut(&mut self), cx)? {
            Ok(mut rows) => rows.pop().ok_or_else(missing),
            Err(mut errors) => Err(errors.take(0).unwrap_or_else(missing)),
        }
    }

    /// Saves many rows in few statements, and returns them in their order, or, when a constraint
    /// refuses some of them, what is wrong with each of those. Do it in a transaction of its own,
    /// for what was written may have to be undone.
    ///
    /// # Errors
    /// As for [`save`](Self::save), of no row by its place.
    pub fn save_all(batch: &mut [Self], cx: &mut Context) -> Result<Saved<I::Model>> {
        save(batch, cx)
    }

    pub(super) fn attempt(&self, cx: &mut Context) -> Result<I::Model> {
        let changes = self.writes.changes.clone();
        match &self.target {
            None => I::Model::objects().create(cx, changes),
            Some(target) => target.update(cx, changes, self.version),
        }
    }

    /// The row as it is; `None` for a new one.
    pub(super) fn instance(&self, cx: &mut Context) -> Result<Option<I::Model>> {
        let target = self.target.as_ref();
        target
            .map(|target| target.rows.clone().find(cx, &target.pk))
            .transpose()
    }
}

impl<M: Model> Target<M> {
    fn update(&self, cx: &mut Context, changes: Changes<M>, version: Option<i64>) -> Result<M> {
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
        self.rows.clone().find(cx, &self.pk)?;
        Err(if self.precondition.is_some() {
            Error::precondition_failed()
        } else {
            Error::stale_version()
        })
    }
}
