use std::fmt;

use restwell_core::{Error, Result};
use restwell_db::{
    Changes, ColumnMeta, ColumnValue, Context, Field, IntoField, Model, QuerySet, Value, not_found,
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
    pub(super) rows: QuerySet<M>,
    pub(super) pk: M::Pk,
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

    /// Whether it writes anything, or names a version.
    pub(super) fn says_something(&self) -> bool {
        let Writes { changes, links, .. } = &self.writes;
        let nested = self.input.nested_rows() > 0;
        changes.iter().next().is_some() || !links.is_empty() || nested || self.version.is_some()
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
    /// A value that was made for a client who sent none, by `default_with`, is made again where another
    /// row has taken it meanwhile.
    ///
    /// # Errors
    /// 400 with the fields that a constraint refuses; 404 when the row is not among the rows any
    /// more; 409 when the body names another version than it has; 412 when the precondition does;
    /// 503 when the database is away.
    pub fn save(mut self, cx: &mut Context) -> Result<I::Model> {
        let missing = || Error::internal("a batch of one has one row");
        match save(&mut [&mut self], cx)? {
            Ok(mut rows) => rows.pop().ok_or_else(missing),
            Err(mut errors) => Err(errors.take(0).unwrap_or_else(missing)),
        }
    }

    /// Saves many rows in few statements, all or none, and returns them in their order, or, when
    /// some of them are refused, what is wrong with each of those. They are all new, or all changes
    /// of different rows among the same.
    ///
    /// # Errors
    /// As for [`save`](Self::save), of no row by its place.
    pub fn save_all(batch: &mut [&mut Self], cx: &mut Context) -> Result<Saved<I::Model>> {
        save(batch, cx)
    }
}

impl<M: Model> Target<M> {
    /// The version that the row must have. `named`: by the body.
    pub(super) fn expected_version(&self, named: Option<i64>) -> Result<Option<i64>> {
        match (self.precondition, named) {
            (Some(one), Some(other)) if one != other => Err(Error::stale_version()),
            (precondition, named) => Ok(precondition.or(named)),
        }
    }

    /// Why the row was not changed. `is_there`: with another version.
    pub(super) fn missed(&self, is_there: bool) -> Error {
        if !is_there {
            not_found::<M>()
        } else if self.precondition.is_some() {
            Error::precondition_failed()
        } else {
            Error::stale_version()
        }
    }
}
