use restwell_core::{Key, Result};

use super::recorded::{update, update_returning};
use super::refusal::refused_write;
use super::{QuerySet, by_pk, fetch};
use crate::constraint::{References, classify};
use crate::model::{ColumnSet, ModelMeta};
use crate::predicate::{Comparison, Predicate};
use crate::statement::{Assignment, Sql, Update};
use crate::{
    Changes, ColumnMeta, ColumnValue, Context, Field, Model, Operation, PrimaryKey, Q, RowReader,
    Value,
};

impl<M: Model> QuerySet<M> {
    /// Changes the row with key `pk`, if it is among these rows, and returns it as it is now.
    /// `updated_at`, `updated_by` and `version` follow.
    ///
    /// `expected_version` makes it part of the condition. `None` is returned when no row fits: it
    /// is not among these, or has another version.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn update_one(
        self,
        cx: &mut Context,
        pk: &M::Pk,
        changes: Changes<M>,
        expected_version: Option<i64>,
    ) -> Result<Option<M>> {
        let mut filter = self.filter(by_pk::<M>(pk)).sliced().filter;
        if let (Some(column), Some(version)) = (M::META.stamps.version, expected_version) {
            filter = filter.and(Predicate::Compare {
                column: &M::META.columns[column],
                comparison: Comparison::Eq,
                value: Value::Int(version),
            });
        }
        let assignments = stamped_update(M::META, changes.into_values(), cx);
        if assignments.is_empty() {
            let unchanged = M::objects().with_deleted();
            return unchanged.filter(Q::from_predicate(filter)).first(cx);
        }
        let update = Update::of_all(M::META, assignments, filter);
        let mut rows = updated(cx, update)?;
        cx.rows().forget::<M>(&pk.clone().into());
        Ok(rows.pop())
    }

    /// Changes all these rows in one statement and returns how many there were. `updated_at`,
    /// `updated_by` and `version` follow.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn update(self, cx: &mut Context, changes: Changes<M>) -> Result<usize> {
        let assignments = stamped_update(M::META, changes.into_values(), cx);
        self.assign(cx, assignments)
    }

    /// Adds `amount` to `field` of all these rows in the database, where no concurrent change can
    /// be lost, and returns how many there were. Nothing else of the rows changes, `updated_at`
    /// and `version` included.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn increment<T: super::aggregate::Summable>(
        self,
        cx: &mut Context,
        field: Field<M, T>,
        amount: impl crate::field::IntoField<T>,
    ) -> Result<usize> {
        let amount = amount.into_field().into_value();
        self.assign(cx, vec![Assignment::Increment(field.column(), amount)])
    }

    fn assign(self, cx: &mut Context, assignments: Vec<Assignment>) -> Result<usize> {
        if assignments.is_empty() {
            return Ok(usize::try_from(self.count(cx)?).unwrap_or_default());
        }
        let changed = Update::of_all(M::META, assignments, self.sliced().filter);
        update(cx, changed, Operation::Update)
    }

    /// Changes these columns of all these rows in one statement, and nothing else, and returns how
    /// many rows there were. `updated_at`, `updated_by` and `version` stay: for what is no change
    /// in the eyes of a client, such as the time of the last login.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn update_only(self, cx: &mut Context, changes: Changes<M>) -> Result<usize> {
        let values = changes.into_values().into_iter();
        let assignments = values
            .map(|(column, value)| Assignment::Set(column, value))
            .collect();
        self.assign(cx, assignments)
    }
}

impl<M: Model, T: ColumnValue> Field<M, T> {
    /// Rows that refer to the user who asks; none for an anonymous one.
    pub fn is_current_user(self, cx: &Context) -> Q<M>
    where
        T::Inner: PrimaryKey,
    {
        match cx.user_value::<T>() {
            Some(user) => self.eq(user),
            None => Q::nothing(),
        }
    }
}

/// Runs an update and returns the rows as they are now.
pub(super) fn updated<M: Model>(cx: &mut Context, update: Update) -> Result<Vec<M>> {
    update_returning(cx, update, &mut |row| {
        M::from_row(&mut RowReader::new(row, ColumnSet::ALL))
    })
}

/// Runs a statement about no model that returns no rows.
pub(crate) fn run(cx: &mut Context, sql: Sql) -> Result<usize> {
    let session = cx.session()?;
    sql.execute(session)
        .map_err(|error| classify(error, session, None))
}

/// Runs a statement that writes these foreign keys and returns the rows as they are now.
pub(super) fn write_rows<M: Model>(
    cx: &mut Context,
    sql: Sql,
    references: References,
) -> Result<Vec<M>> {
    let written = sql.load(cx.session()?, &mut |row| {
        M::from_row(&mut RowReader::new(row, ColumnSet::ALL))
    });
    written.map_err(|error| refused_write(cx, M::META, references, error))
}

pub(crate) fn user(cx: &Context) -> Value {
    cx.principal().key().map_or(Value::Null, Value::from)
}

/// The new values of a row with those that restwell sets by itself.
pub(crate) fn stamped_update(
    meta: &'static ModelMeta,
    values: Vec<(&'static ColumnMeta, Value)>,
    cx: &Context,
) -> Vec<Assignment> {
    let stamps = &meta.stamps;
    let mut assignments: Vec<Assignment> = unstamped(meta, values)
        .map(|(column, value)| Assignment::Set(column, value))
        .collect();
    if let Some(column) = stamps.updated_at {
        assignments.push(Assignment::Set(
            &meta.columns[column],
            Value::DateTime(cx.now()),
        ));
    }
    if let Some(column) = stamps.updated_by {
        assignments.push(Assignment::Set(&meta.columns[column], user(cx)));
    }
    if let Some(column) = stamps.version {
        assignments.push(Assignment::Increment(&meta.columns[column], Value::Int(1)));
    }
    assignments
}

/// The new values of a row without those that restwell sets by itself.
pub(super) fn unstamped(
    meta: &ModelMeta,
    values: Vec<(&'static ColumnMeta, Value)>,
) -> impl Iterator<Item = (&'static ColumnMeta, Value)> {
    let stamps = &meta.stamps;
    let stamped = [stamps.updated_at, stamps.updated_by, stamps.version];
    let is_own = move |column: &ColumnMeta| !stamped.contains(&Some(column.index));
    values.into_iter().filter(move |(column, _)| is_own(column))
}

/// The rows of `M` whose keys are `keys`, in one query.
pub(crate) fn by_keys<M: Model>(
    cx: &mut Context,
    keys: &[Key],
    columns: ColumnSet,
) -> Result<Vec<M>> {
    let filter = Predicate::In {
        column: &M::META.columns[M::META.primary_key],
        values: keys.iter().map(Value::from).collect(),
    };
    let mut select = M::objects().filter(Q::from_predicate(filter)).scoped();
    select.columns = columns.with(M::META.primary_key);
    let sql = select.render(cx.dialect()?);
    fetch(cx, sql, select.columns)
}
