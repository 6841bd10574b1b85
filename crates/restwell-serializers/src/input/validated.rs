use std::fmt;

use restwell_core::{Error, FieldErrors, Result};
use restwell_db::relation::set_links;
use restwell_db::{
    Changes, ColumnMeta, ColumnValue, Context, Field, IntoField, Model, QuerySet, Value,
};

use super::unique::note_taken_values;
use super::{Input, Mode, Writes};

/// How often a value that is made is made again. Each time another row was faster.
const MOST_ATTEMPTS: usize = 32;

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

    /// Inserts the row, or changes the one that [`for_row`](Self::for_row) names, with its links.
    ///
    /// A value that was made for a client who sent none, such as a slug, is made again where another
    /// row has taken it meanwhile.
    ///
    /// # Errors
    /// 400 with the fields that a constraint refuses; 404 when the row is not among the rows any
    /// more; 409 when the body names another version than it has; 412 when the precondition does;
    /// 503 when the database is away.
    pub fn save(mut self, cx: &mut Context) -> Result<I::Model> {
        let links = std::mem::take(&mut self.writes.links);
        let row = self.write(cx)?;
        let key = row.key();
        for (link, keys) in links {
            set_links(cx, link, I::Model::META, &key, &keys)?;
        }
        Ok(row)
    }

    /// What can collide is written in a savepoint: behind it one can still ask with what.
    fn write(&mut self, cx: &mut Context) -> Result<I::Model> {
        if !writes_unique(&self.writes.changes) {
            return self.attempt(cx);
        }
        let mut attempts = 1;
        loop {
            match cx.atomic(|cx| self.attempt(cx)) {
                Err(error) if is_taken(&error) => {
                    let taken = self.taken(cx)?;
                    if !taken.is_empty() {
                        return Err(Error::validation(taken).with_source(error));
                    }
                    if attempts == MOST_ATTEMPTS || !self.renew(cx)? {
                        return Err(error);
                    }
                    attempts += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn attempt(&self, cx: &mut Context) -> Result<I::Model> {
        let changes = self.writes.changes.clone();
        match &self.target {
            None => I::Model::objects().create(cx, changes),
            Some(target) => target.update(cx, changes, self.version),
        }
    }

    /// The database names one constraint, each another. The client learns of every value of his own
    /// that another row has, and of no other.
    fn taken(&self, cx: &mut Context) -> Result<FieldErrors> {
        let instance = match &self.target {
            Some(target) => Some(target.rows.clone().find(cx, &target.pk)?),
            None => None,
        };
        let mut taken = FieldErrors::new();
        note_taken_values(&self.writes, instance.as_ref(), &mut taken, cx)?;
        taken.sort_by_fields(I::FIELDS.iter().map(|field| field.name));
        Ok(taken)
    }

    /// Makes the values again that were made. Whether there are any.
    fn renew(&mut self, cx: &mut Context) -> Result<bool> {
        let fresh = self.input.writes(self.mode, cx)?;
        Ok(self.writes.renew(&fresh))
    }
}

/// Whether a constraint can find the changes in another row.
fn writes_unique<M: Model>(changes: &Changes<M>) -> bool {
    let is_written = |column: &usize| changes.get_value(*column).is_some();
    M::META
        .unique
        .iter()
        .any(|unique| unique.columns.iter().any(is_written))
}

/// Whether another row has the values of a set that is unique.
fn is_taken(error: &Error) -> bool {
    error.fields().iter().any(|error| error.code == "unique")
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
