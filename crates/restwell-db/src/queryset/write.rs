use restwell_core::{Error, Key, Result};
use uuid::Uuid;

use super::{QuerySet, by_pk, fetch};
use crate::connection::MultiRow;
use crate::constraint::{Operation, classify};
use crate::model::{ColumnSet, KeyKind, ModelMeta};
use crate::predicate::{Comparison, Predicate};
use crate::statement::{Assignment, Delete, Insert, OnConflict, Sql, Update};
use crate::{
    Changes, ColumnMeta, ColumnValue, Context, Field, Model, PrimaryKey, Q, RowReader, Value,
};

impl<M: Model> QuerySet<M> {
    /// Inserts a row. A missing key, times, users and version are filled in.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn create(self, cx: &mut Context, changes: Changes<M>) -> Result<M> {
        let mut rows = self.create_many(cx, vec![changes])?;
        rows.pop()
            .ok_or_else(|| Error::internal("an insert returned no row"))
    }

    /// Inserts rows, in as few statements as the database's limit on bind values admits, and
    /// returns them in their order. Rows that set different columns go in different statements.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn create_many(self, cx: &mut Context, rows: Vec<Changes<M>>) -> Result<Vec<M>> {
        let mut inserted = Vec::with_capacity(rows.len());
        let mut batch: Vec<Vec<Value>> = Vec::new();
        let mut columns: Vec<&'static str> = Vec::new();
        for changes in rows {
            let values = stamped_insert(M::META, changes.into_values(), cx);
            let names: Vec<&'static str> = values.iter().map(|(column, _)| column.name).collect();
            if names != columns {
                inserted.append(&mut insert_batch::<M>(
                    cx,
                    &columns,
                    std::mem::take(&mut batch),
                )?);
                columns = names;
            }
            batch.push(values.into_iter().map(|(_, value)| value).collect());
        }
        inserted.append(&mut insert_batch::<M>(cx, &columns, batch)?);
        for row in &inserted {
            cx.rows().note_fresh(M::META.table, row.key());
        }
        Ok(inserted)
    }

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
        let mut filter = self.filter(by_pk::<M>(pk)).scoped().filter;
        if let (Some(column), Some(version)) = (M::META.stamps.version, expected_version) {
            filter = filter.and(Predicate::Compare {
                column: &M::META.columns[column],
                comparison: Comparison::Eq,
                value: Value::Int(version),
            });
        }
        let assignments = stamped_update(M::META, changes.into_values(), cx);
        let update = Update {
            meta: M::META,
            assignments,
            filter,
            returning: true,
        };
        let sql = update.render(cx.dialect()?);
        let mut rows = write_rows(cx, M::META, sql, &mut |row| {
            M::from_row(&mut RowReader::new(row, ColumnSet::ALL))
        })?;
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
        let filter = self.scoped().filter;
        let update = Update {
            meta: M::META,
            assignments,
            filter,
            returning: false,
        };
        let sql = update.render(cx.dialect()?);
        run(cx, Some((M::META, Operation::Write)), sql)
    }

    /// Deletes all these rows and returns how many there were: softly, where the model says so.
    ///
    /// # Errors
    /// 409 when another row refers to one of them; 503 when the database is away.
    pub fn delete(self, cx: &mut Context) -> Result<usize> {
        match M::META.deleted_at() {
            None => self.purge(cx),
            Some(deleted_at) => {
                let mut values = vec![(deleted_at, Value::DateTime(cx.now()))];
                if let Some(by) = M::META.stamps.deleted_by {
                    values.push((&M::META.columns[by], user(cx)));
                }
                let assignments = stamped_update(M::META, values, cx);
                self.assign(cx, assignments)
            }
        }
    }

    /// Deletes all these rows for good and returns how many there were.
    ///
    /// # Errors
    /// 409 when another row refers to one of them; 503 when the database is away.
    pub fn purge(self, cx: &mut Context) -> Result<usize> {
        let delete = Delete {
            table: M::META.table,
            filter: self.scoped().filter,
        };
        let sql = delete.render(cx.dialect()?);
        run(cx, Some((M::META, Operation::Delete)), sql)
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

/// Runs a statement that returns no rows.
pub(crate) fn run(
    cx: &mut Context,
    subject: Option<(&'static ModelMeta, Operation)>,
    sql: Sql,
) -> Result<usize> {
    let session = cx.session()?;
    sql.execute(session)
        .map_err(|error| classify(error, session, subject))
}

fn write_rows<T>(
    cx: &mut Context,
    meta: &'static ModelMeta,
    sql: Sql,
    read: &mut dyn FnMut(&MultiRow<'_, '_>) -> diesel::deserialize::Result<T>,
) -> Result<Vec<T>> {
    let session = cx.session()?;
    sql.load(session, read)
        .map_err(|error| classify(error, session, Some((meta, Operation::Write))))
}

fn insert_batch<M: Model>(
    cx: &mut Context,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<Vec<M>> {
    let dialect = cx.dialect()?;
    let mut inserted = Vec::with_capacity(rows.len());
    for chunk in chunked(rows, dialect.bind_limit() / columns.len().max(1)) {
        let insert = Insert {
            table: M::META.table,
            columns: columns.to_vec(),
            rows: chunk,
            on_conflict: None,
            returning: Some(M::META),
        };
        let sql = insert.render(dialect);
        inserted.append(&mut write_rows(cx, M::META, sql, &mut |row| {
            M::from_row(&mut RowReader::new(row, ColumnSet::ALL))
        })?);
    }
    Ok(inserted)
}

/// Inserts rows of values into a table without a model, such as the link table of a
/// many-to-many relation.
pub(crate) fn insert_rows(
    cx: &mut Context,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
    on_conflict: Option<OnConflict<'_>>,
) -> Result<()> {
    let dialect = cx.dialect()?;
    for chunk in chunked(rows, dialect.bind_limit() / columns.len().max(1)) {
        let insert = Insert {
            table,
            columns: columns.to_vec(),
            rows: chunk,
            on_conflict: on_conflict.clone(),
            returning: None,
        };
        run(cx, None, insert.render(dialect))?;
    }
    Ok(())
}

fn chunked<T>(rows: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = rows.by_ref().take(size.max(1)).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn user(cx: &Context) -> Value {
    cx.principal().key().map_or(Value::Null, Value::from)
}

/// The values of a new row, in the order of the columns, with what restwell fills in. A value
/// that is given stands, so that imports and seeds can keep theirs.
fn stamped_insert(
    meta: &'static ModelMeta,
    mut values: Vec<(&'static ColumnMeta, Value)>,
    cx: &Context,
) -> Vec<(&'static ColumnMeta, Value)> {
    let mut fill = |column: Option<usize>, value: &dyn Fn() -> Value| {
        let Some(column) = column.map(|index| &meta.columns[index]) else {
            return;
        };
        if values.iter().all(|(own, _)| own.index != column.index) {
            values.push((column, value()));
        }
    };
    if meta.key_kind == KeyKind::UuidV7 {
        fill(Some(meta.primary_key), &|| Value::Uuid(Uuid::now_v7()));
    }
    let now = || Value::DateTime(cx.now());
    fill(meta.stamps.created_at, &now);
    fill(meta.stamps.updated_at, &now);
    fill(meta.stamps.created_by, &|| user(cx));
    fill(meta.stamps.updated_by, &|| user(cx));
    fill(meta.stamps.version, &|| Value::Int(1));
    values.sort_by_key(|(column, _)| column.index);
    values
}

fn stamped_update(
    meta: &'static ModelMeta,
    values: Vec<(&'static ColumnMeta, Value)>,
    cx: &Context,
) -> Vec<Assignment> {
    let stamps = &meta.stamps;
    let stamped = [stamps.updated_at, stamps.updated_by, stamps.version];
    let mut assignments: Vec<Assignment> = values
        .into_iter()
        .filter(|(column, _)| !stamped.contains(&Some(column.index)))
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
