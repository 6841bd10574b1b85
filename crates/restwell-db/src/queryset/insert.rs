use restwell_core::{Error, Key, Result};
use uuid::Uuid;

use super::write::{run, user, write_rows};
use super::{QuerySet, load_rows, read_pair};
use crate::constraint::References;
use crate::model::{KeyKind, ModelMeta};
use crate::statement::{Insert, Link, OnConflict, Returned, Sql};
use crate::{
    Changes, ColumnMeta, Context, Kind, Model, Occasion, Operation, PendingRow, Value, WrittenRow,
};

/// Rows that one statement inserts.
struct Batch {
    columns: Vec<&'static ColumnMeta>,
    rows: Vec<Vec<Value>>,
}

impl Batch {
    /// Whether a row of these columns can go with it, for `most` values in all.
    fn admits(&self, columns: &[&'static ColumnMeta], most: usize) -> bool {
        let are_same = self
            .columns
            .iter()
            .map(|c| c.index)
            .eq(columns.iter().map(|c| c.index));
        are_same && self.rows.len() < rows_of(columns.len(), most)
    }

    fn pending(&self) -> impl Iterator<Item = PendingRow> {
        self.rows.iter().map(|row| PendingRow {
            old: None,
            set: self
                .columns
                .iter()
                .copied()
                .zip(row.iter().cloned())
                .collect(),
        })
    }

    /// The foreign keys in it.
    fn references(&self, meta: &ModelMeta) -> References {
        let mut references = References::default();
        for row in &self.rows {
            for (column, value) in self.columns.iter().zip(row) {
                references.note(meta, column, value);
            }
        }
        references
    }
}

fn created<M: Model>(row: &M) -> WrittenRow {
    let values = (0..M::META.columns.len()).map(|column| row.value(column));
    WrittenRow {
        old: None,
        new: Some(values.collect()),
    }
}

/// How many rows of so many columns one statement of `most` values can insert. `DEFAULT VALUES`
/// is one row.
fn rows_of(columns: usize, most: usize) -> usize {
    most.checked_div(columns).unwrap_or(1).max(1)
}

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

    /// Inserts rows, all or none, and returns them in their order. It takes as few statements as
    /// the database's limit on bind values admits; rows that set other columns than the row before
    /// them begin a new one.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn create_many(self, cx: &mut Context, rows: Vec<Changes<M>>) -> Result<Vec<M>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let batches = batches(cx, rows)?;
        let inserted = insert_all::<M>(cx, batches, None)?;
        for row in &inserted {
            cx.rows().note_fresh(M::META.table, row.key());
        }
        Ok(inserted)
    }

    /// Inserts those of the rows that are not there yet, as unique constraints tell, and returns
    /// how many they were. It is no failure when another inserts the same row at the same time.
    ///
    /// # Errors
    /// 400 for what another constraint refuses; 503 when the database is away.
    pub fn create_missing(self, cx: &mut Context, rows: Vec<Changes<M>>) -> Result<usize> {
        if rows.is_empty() {
            return Ok(0);
        }
        let batches = batches(cx, rows)?;
        Ok(insert_all::<M>(cx, batches, Some(&OnConflict::Ignore))?.len())
    }
}

fn batches<M: Model>(cx: &mut Context, rows: Vec<Changes<M>>) -> Result<Vec<Batch>> {
    let most = cx.dialect()?.bind_limit();
    let mut batches: Vec<Batch> = Vec::new();
    for changes in rows {
        let values = stamped(M::META, changes.into_values(), cx);
        let (columns, row): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        match batches.last_mut() {
            Some(batch) if batch.admits(&columns, most) => batch.rows.push(row),
            _ => batches.push(Batch {
                columns,
                rows: vec![row],
            }),
        }
    }
    Ok(batches)
}

/// Inserts all of the batches or none.
fn insert_all<M: Model>(
    cx: &mut Context,
    batches: Vec<Batch>,
    on_conflict: Option<&OnConflict<'_>>,
) -> Result<Vec<M>> {
    let several = batches.len() > 1;
    let observed = cx.is_observed(M::META)?;
    let announced = cx.is_heard(M::META, Occasion::Before)?;
    let work = |cx: &mut Context| {
        if announced {
            let rows: Vec<_> = batches.iter().flat_map(Batch::pending).collect();
            cx.announce(M::META, Operation::Create, &rows)?;
        }
        let rows: Vec<M> = insert(cx, batches, on_conflict)?;
        if observed {
            cx.note_written(
                M::META,
                Operation::Create,
                rows.iter().map(created).collect(),
            )?;
        }
        Ok(rows)
    };
    if several {
        cx.atomic(work)
    } else if observed || announced {
        cx.in_transaction_of(work)
    } else {
        work(cx)
    }
}

fn insert<M: Model>(
    cx: &mut Context,
    batches: Vec<Batch>,
    on_conflict: Option<&OnConflict<'_>>,
) -> Result<Vec<M>> {
    let dialect = cx.dialect()?;
    let mut inserted = Vec::new();
    for batch in batches {
        let references = if dialect.is_postgres() {
            References::default()
        } else {
            batch.references(M::META)
        };
        let insert = Insert {
            table: M::META.table,
            columns: batch.columns.iter().map(|column| column.name).collect(),
            rows: batch.rows,
            on_conflict: on_conflict.cloned(),
            returning: Returned::Rows(M::META),
        };
        let sql = insert.render(dialect);
        inserted.append(&mut write_rows(cx, sql, references)?);
    }
    Ok(inserted)
}

/// Inserts pairs of keys into the table between two models, those that are not there yet.
pub(crate) fn insert_links(cx: &mut Context, link: Link, pairs: Vec<[Value; 2]>) -> Result<()> {
    let mut pairs = pairs.into_iter();
    loop {
        let Some(sql) = next_links(cx, link, &mut pairs, false)? else {
            return Ok(());
        };
        run(cx, sql)?;
    }
}

/// Like [`insert_links`], and returns the pairs that were not there yet. Their keys are of these
/// kinds.
pub(crate) fn insert_links_returning(
    cx: &mut Context,
    link: Link,
    pairs: Vec<[Value; 2]>,
    kinds: [Kind; 2],
) -> Result<Vec<[Key; 2]>> {
    let mut pairs = pairs.into_iter();
    let mut added = Vec::new();
    loop {
        let Some(sql) = next_links(cx, link, &mut pairs, true)? else {
            return Ok(added);
        };
        added.append(&mut load_rows(cx, sql, &mut |row| read_pair(row, kinds))?);
    }
}

/// The statement that inserts as many of the pairs as one can.
fn next_links(
    cx: &mut Context,
    link: Link,
    pairs: &mut dyn Iterator<Item = [Value; 2]>,
    returning: bool,
) -> Result<Option<Sql>> {
    let dialect = cx.dialect()?;
    let columns = vec![link.source, link.target];
    let most = rows_of(columns.len(), dialect.bind_limit());
    let rows: Vec<Vec<Value>> = pairs.take(most).map(Vec::from).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let insert = Insert {
        table: link.through,
        returning: if returning {
            Returned::Columns(columns.clone())
        } else {
            Returned::Nothing
        },
        columns,
        rows,
        on_conflict: Some(OnConflict::Ignore),
    };
    Ok(Some(insert.render(dialect)))
}

/// The values of a new row, in the order of the columns, with what restwell fills in. A value
/// that is given stands, so that imports and seeds can keep theirs.
fn stamped(
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
