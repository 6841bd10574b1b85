use std::collections::HashMap;

use restwell_core::{Error, Key, Result};
use uuid::Uuid;

use super::write::{run, user, write_rows};
use super::{QuerySet, load_rows, read_pair, slugged};
use crate::constraint::References;
use crate::model::{ColumnSet, KeyKind, ModelMeta};
use crate::statement::{Insert, Link, OnConflict, Sql};
use crate::{
    Changes, ColumnMeta, Context, Kind, Model, Occasion, Operation, PendingRow, Value, WrittenRow,
};

/// Rows that one statement inserts.
struct Batch {
    columns: Vec<&'static ColumnMeta>,
    /// Each with its place among all the rows.
    rows: Vec<(usize, Vec<Option<Value>>)>,
}

impl Batch {
    fn places(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().map(|(place, _)| *place)
    }

    /// The same rows in batches of at most `most` values.
    fn chunks(self, most: usize) -> impl Iterator<Item = Self> {
        let Self { columns, rows } = self;
        let size = rows_of(columns.len(), most);
        let mut rows = rows.into_iter().peekable();
        std::iter::from_fn(move || {
            rows.peek()?;
            Some(Self {
                columns: columns.clone(),
                rows: rows.by_ref().take(size).collect(),
            })
        })
    }

    fn pending(&self) -> impl Iterator<Item = PendingRow> {
        self.rows.iter().map(|(_, row)| {
            let columns = self.columns.iter().copied();
            let set = columns.zip(row.iter().cloned());
            PendingRow {
                old: None,
                set: set
                    .filter_map(|(column, value)| Some((column, value?)))
                    .collect(),
            }
        })
    }

    /// The foreign keys in it.
    fn references(&self, meta: &ModelMeta) -> References {
        let mut references = References::default();
        for (_, row) in &self.rows {
            for (column, value) in self.columns.iter().zip(row) {
                if let Some(value) = value {
                    references.note(meta, column, value);
                }
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
    /// Inserts a row. A missing key, times, users, version and slug are filled in.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn create(self, cx: &mut Context, changes: Changes<M>) -> Result<M> {
        let mut rows = self.create_many(cx, vec![changes])?;
        rows.pop()
            .ok_or_else(|| Error::internal("an insert returned no row"))
    }

    /// Inserts a row like [`create`](Self::create), or does nothing where another row has a value
    /// that must be unique. Unlike a refusal of the database, that leaves a transaction as it was,
    /// so this needs no savepoint.
    ///
    /// # Errors
    /// 400 for what another constraint refuses; 503 when the database is away.
    pub fn create_unless_taken(
        self,
        cx: &mut Context,
        mut changes: Changes<M>,
    ) -> Result<Option<M>> {
        slugged::fill(cx, std::slice::from_mut(&mut changes))?;
        insert_unless_taken(cx, changes)
    }

    /// Inserts rows, all or none, and returns them in their order. It takes as few statements as
    /// the database's limit on bind values admits: on SQLite, one more for each set of columns that
    /// rows have values for.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses; 503 when the database is away.
    pub fn create_many(self, cx: &mut Context, rows: Vec<Changes<M>>) -> Result<Vec<M>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        slugged::create(cx, rows)
    }

    /// Inserts those of the rows that are not there yet, as unique constraints tell, and returns
    /// how many they were. It is no failure when another inserts the same row at the same time.
    ///
    /// # Errors
    /// 400 for what another constraint refuses; 503 when the database is away.
    pub fn create_missing(self, cx: &mut Context, mut rows: Vec<Changes<M>>) -> Result<usize> {
        if rows.is_empty() {
            return Ok(0);
        }
        slugged::fill(cx, &mut rows)?;
        let batches = batches(cx, rows)?;
        Ok(insert_all::<M>(cx, batches, Some(&OnConflict::Ignore))?.len())
    }
}

/// Inserts rows, all or none, and returns them in their order.
pub(super) fn insert_many<M: Model>(cx: &mut Context, rows: Vec<Changes<M>>) -> Result<Vec<M>> {
    let batches = batches(cx, rows)?;
    let places: Vec<usize> = batches.iter().flat_map(Batch::places).collect();
    let mut inserted = insert_all::<M>(cx, batches, None)?;
    if !places.is_sorted() {
        let mut placed: Vec<(usize, M)> = places.into_iter().zip(inserted).collect();
        placed.sort_by_key(|(place, _)| *place);
        inserted = placed.into_iter().map(|(_, row)| row).collect();
    }
    for row in &inserted {
        cx.rows().note_fresh(M::META.table, row.key());
    }
    Ok(inserted)
}

/// Inserts a row, unless another has a value that must be unique.
pub(super) fn insert_unless_taken<M: Model>(
    cx: &mut Context,
    changes: Changes<M>,
) -> Result<Option<M>> {
    let insert = |cx: &mut Context| -> Result<Option<M>> {
        let batches = batches(cx, vec![changes])?;
        Ok(insert_all::<M>(cx, batches, Some(&OnConflict::Ignore))?.pop())
    };
    let made = if cx.is_heard(M::META, Occasion::Before)? {
        undone_unless_made(cx, insert)
    } else {
        insert(cx)
    }?;
    if let Some(row) = &made {
        cx.rows().note_fresh(M::META.table, row.key());
    }
    Ok(made)
}

/// What listeners did on hearing of a row that was not made after all is undone.
fn undone_unless_made<M>(
    cx: &mut Context,
    insert: impl FnOnce(&mut Context) -> Result<Option<M>>,
) -> Result<Option<M>> {
    let mut is_taken = false;
    let made = cx.atomic(|cx| {
        insert(cx)?.ok_or_else(|| {
            is_taken = true;
            Error::internal("the row is there already")
        })
    });
    if is_taken { Ok(None) } else { made.map(Some) }
}

/// The values of a new row.
type Values = Vec<(&'static ColumnMeta, Value)>;

/// What another row may have too, to insert rows in its order: who inserts the same at the same time
/// waits at the first. A text comes first as it is in lower case, in which it may be unique.
fn unique_values(meta: &ModelMeta, values: &Values) -> Vec<Option<(Key, Key)>> {
    let slug = meta.slug.map(|slug| slug.column);
    let declared = meta.unique.iter().flat_map(|unique| unique.columns);
    let key = |index: usize| {
        let (_, value) = values.iter().find(|(column, _)| column.index == index)?;
        let exact = value.to_key()?;
        let folded = match &exact {
            Key::Text(text) => Key::Text(text.to_lowercase()),
            key => key.clone(),
        };
        Some((folded, exact))
    };
    slug.into_iter().chain(declared.copied()).map(key).collect()
}

/// The rows by the columns that they set, in the order of the first of each kind. PostgreSQL is given
/// them by their unique values, unless it counts the keys, which follow the order of the request.
fn batches<M: Model>(cx: &mut Context, rows: Vec<Changes<M>>) -> Result<Vec<Batch>> {
    let dialect = cx.dialect()?;
    let mut kinds: Vec<Batch> = Vec::new();
    let mut known: HashMap<ColumnSet, usize> = HashMap::new();
    let rows = rows.into_iter();
    let mut rows: Vec<(usize, Values)> = rows
        .map(|changes| stamped(M::META, changes.into_values(), cx))
        .enumerate()
        .collect();
    if dialect.is_postgres() && M::META.key_kind != KeyKind::Database {
        rows.sort_by_cached_key(|(_, values)| unique_values(M::META, values));
    }
    let all: ColumnSet = rows
        .iter()
        .flat_map(|(_, values)| values)
        .map(|(column, _)| column.index)
        .collect();
    for (place, values) in rows {
        let set = if dialect.is_postgres() {
            all
        } else {
            values.iter().map(|(column, _)| column.index).collect()
        };
        let kind = *known.entry(set).or_insert_with(|| {
            let columns = M::META.columns.iter();
            kinds.push(Batch {
                columns: columns
                    .filter(|column| set.contains(column.index))
                    .collect(),
                rows: Vec::new(),
            });
            kinds.len() - 1
        });
        let batch = &mut kinds[kind];
        let mut values = values.into_iter().peekable();
        let row = batch.columns.iter().map(|column| {
            let own = values.next_if(|(own, _)| own.index == column.index);
            own.map(|(_, value)| value)
        });
        let row = row.collect();
        batch.rows.push((place, row));
    }
    let most = dialect.bind_limit();
    Ok(kinds
        .into_iter()
        .flat_map(|batch| batch.chunks(most))
        .collect())
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
            rows: batch.rows.into_iter().map(|(_, row)| row).collect(),
            on_conflict: on_conflict.cloned(),
            returning: M::META,
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
    let pairs: Vec<_> = pairs.take(rows_of(2, dialect.bind_limit())).collect();
    if pairs.is_empty() {
        return Ok(None);
    }
    Ok(Some(link.render_link(dialect, pairs, returning)))
}

/// The values of a new row, in the order of the columns, with what restwell fills in. A value
/// that is given stands, so that imports and seeds can keep theirs.
fn stamped(meta: &'static ModelMeta, mut values: Values, cx: &Context) -> Values {
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
