use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Key, Result};

use super::by_key::{ByKey, read_counts};
use super::links::{add_links, set_links};
use super::{Related, ToMany};
use crate::model::{ColumnSet, RelationKind};
use crate::queryset::{by_keys, load_rows, read_key};
use crate::statement::Link;
use crate::{Context, Model, RowReader, Value};

/// The relation of rows of `M` to rows of `T` through a table of pairs of keys.
pub struct ManyToMany<M, T> {
    link: Link,
    models: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for ManyToMany<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for ManyToMany<M, T> {}

impl<M, T> fmt::Debug for ManyToMany<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManyToMany({})", self.link.through)
    }
}

impl<M, T> ManyToMany<M, T> {
    /// The relation through `link`; `#[derive(Model)]` calls it.
    #[doc(hidden)]
    pub const fn new(link: Link) -> Self {
        Self {
            link,
            models: PhantomData,
        }
    }

    /// The table of pairs.
    pub const fn link(self) -> Link {
        self.link
    }

    /// Whether there may be nothing to show: there always is a list.
    #[doc(hidden)]
    pub const fn is_optional(self) -> bool {
        false
    }

    /// Whether each row of the other model belongs to one row alone.
    #[doc(hidden)]
    pub const fn is_owner(self) -> bool {
        false
    }

    /// Whether the rows can be there without each other.
    #[doc(hidden)]
    pub const fn can_release(self) -> bool {
        true
    }

    /// What the model's declaration says of the relation.
    #[doc(hidden)]
    pub const fn kind(self) -> RelationKind {
        RelationKind::ManyToMany {
            through: self.link.through,
            source: self.link.source,
            target: self.link.target,
        }
    }
}

impl<M: Model, T: Model> ManyToMany<M, T> {
    /// Adds links between pairs of rows; those that are there already stay as they are.
    ///
    /// # Errors
    /// 400 when one of the rows is not there; 503 when the database is away.
    pub fn link_many(self, cx: &mut Context, pairs: &[(M::Pk, T::Pk)]) -> Result<()> {
        let pairs: Vec<[Key; 2]> = pairs
            .iter()
            .map(|(source, target)| [source.clone().into(), target.clone().into()])
            .collect();
        add_links(cx, self.link, M::META, &pairs)
    }

    /// Links the row `source` to exactly the rows `targets`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn set(self, cx: &mut Context, source: &M::Pk, targets: &[T::Pk]) -> Result<()> {
        self.set_many(cx, &[(source.clone(), targets.to_vec())])
    }

    /// Links each of these rows to exactly the rows beside it, in few statements.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn set_many(self, cx: &mut Context, sets: &[(M::Pk, Vec<T::Pk>)]) -> Result<()> {
        let keys = |targets: &[T::Pk]| targets.iter().cloned().map(Into::into).collect();
        let sets = sets
            .iter()
            .map(|(source, targets)| (source.clone().into(), keys(targets)));
        set_links(cx, self.link, M::META, sets.collect())
    }
}

impl<M: Model, T: Model> ToMany<M> for ManyToMany<M, T> {
    type Target = T;

    fn many(
        &self,
        rows: &[M],
        columns: ColumnSet,
        cx: &mut Context,
    ) -> Result<Related<T, Vec<usize>>> {
        let keys: Vec<Key> = rows.iter().map(Model::key).collect();
        if keys.is_empty() {
            return Ok(Related {
                targets: Vec::new(),
                positions: Vec::new(),
            });
        }
        if let Some(known) = known_targets::<T>(self.link, &keys, columns, cx)? {
            return Ok(known);
        }
        let columns = columns.with(T::META.primary_key);
        let values: Vec<Value> = keys.iter().map(Value::from).collect();
        let sql = self
            .link
            .render_targets(cx.dialect()?, T::META, columns, &values);
        let pairs = load_rows(cx, sql, &mut |row| {
            let owner = read_key(&mut RowReader::new(row, ColumnSet::ALL), M::META.pk().kind)?;
            Ok((owner, T::from_row(&mut RowReader::behind(row, columns, 1))?))
        })?;
        Ok(assign(&keys, pairs))
    }

    fn counts(&self, rows: &[M], cx: &mut Context) -> Result<Vec<i64>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let values: Vec<Value> = rows.iter().map(|row| Value::from(row.key())).collect();
        let sql = self.link.render_counts(cx.dialect()?, T::META, &values);
        read_counts(rows, sql, cx)
    }
}

/// Shares rows that belong to several owners.
fn assign<T: Model>(owners: &[Key], pairs: Vec<(Key, T)>) -> Related<T, Vec<usize>> {
    let (pair_owners, rows): (Vec<Key>, Vec<T>) = pairs.into_iter().unzip();
    let owned: ByKey<usize> = pair_owners.into_iter().zip(0..).collect();
    let same: ByKey<usize> = rows.iter().map(Model::key).zip(0..).collect();
    let mut targets = Vec::new();
    let mut places = Vec::with_capacity(rows.len());
    for (at, row) in rows.into_iter().enumerate() {
        match same.get(&row.key()) {
            Some(first) if first < at => places.push(places[first]),
            _ => {
                places.push(targets.len());
                targets.push(row);
            }
        }
    }
    let positions = owners
        .iter()
        .map(|key| owned.all(key).map(|pair| places[pair]).collect())
        .collect();
    Related { targets, positions }
}

/// The rows on the other side, where this request has set the links. Those that it has not read
/// are read.
fn known_targets<T: Model>(
    link: Link,
    keys: &[Key],
    columns: ColumnSet,
    cx: &mut Context,
) -> Result<Option<Related<T, Vec<usize>>>> {
    let mut linked = Vec::new();
    for key in keys {
        let Some(targets) = cx.rows().links(link, key) else {
            return Ok(None);
        };
        let mut targets = targets.to_vec();
        targets.sort();
        linked.extend(targets.into_iter().map(|target| (key.clone(), target)));
    }
    let mut rows: HashMap<Key, T> = HashMap::new();
    let mut missing = Vec::new();
    for (_, target) in &linked {
        match cx.rows().get::<T>(target) {
            Some(row) => drop(rows.insert(target.clone(), row)),
            None => missing.push(target.clone()),
        }
    }
    if !missing.is_empty() {
        let read = by_keys::<T>(cx, &missing, columns)?;
        rows.extend(read.into_iter().map(|row| (row.key(), row)));
    }
    let pairs = linked
        .into_iter()
        .filter_map(|(owner, target)| Some((owner, rows.get(&target)?.clone())))
        .collect();
    Ok(Some(assign(keys, pairs)))
}
