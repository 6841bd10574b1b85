//! Deleting rows, softly or for good, bringing them back, and what that does to the rows that
//! refer to them.

mod purge;
mod restore;
mod soft;

use std::collections::HashSet;

use restwell_core::{Key, Result};

pub(crate) use purge::purge;
pub(crate) use restore::restore;
pub(crate) use soft::soft_delete;

use crate::model::{OnDelete, RelationKind};
use crate::predicate::Predicate;
use crate::queryset::read_values;
use crate::statement::{Lock, Select};
use crate::{ColumnMeta, Context, ModelMeta, Value};

/// A model whose rows refer to those of another, as far as the two declare it.
#[derive(Clone, Copy)]
pub(crate) struct Referrer {
    pub(crate) target: &'static ModelMeta,
    pub(crate) column: &'static ColumnMeta,
    /// What a deletion for good does to its rows.
    pub(crate) on_delete: OnDelete,
    /// Whether a soft deletion spreads to its rows.
    cascade: bool,
}

/// The models whose rows refer to those of `meta`.
pub(crate) fn referrers(meta: &'static ModelMeta) -> Vec<Referrer> {
    let mut found: Vec<Referrer> = Vec::new();
    for relation in meta.relations {
        let target = (relation.target)();
        let (column, cascade) = match relation.kind {
            RelationKind::HasMany { column, cascade }
            | RelationKind::HasOne { column, cascade } => (target.column(column), cascade),
            RelationKind::BelongsTo { column, .. } if target.table == meta.table => {
                (Some(&target.columns[column]), false)
            }
            _ => continue,
        };
        let Some(column) = column else { continue };
        let same = |own: &&mut Referrer| {
            own.target.table == target.table && own.column.index == column.index
        };
        match found.iter_mut().find(same) {
            Some(own) => own.cascade |= cascade,
            None => found.push(Referrer {
                target,
                column,
                on_delete: target.on_delete(column.index),
                cascade,
            }),
        }
    }
    found
}

impl Referrer {
    /// Its rows that refer to one of `keys`.
    fn among(&self, keys: &[Value]) -> Predicate {
        Predicate::In {
            column: self.column,
            values: keys.to_vec(),
        }
    }

    /// Whether a soft deletion of the other rows deletes its rows softly too.
    fn spreads(&self) -> bool {
        self.cascade && self.target.is_soft_deletable()
    }
}

/// The rows of one model that a deletion reaches.
struct Reached {
    meta: &'static ModelMeta,
    keys: Vec<Value>,
}

/// The rows that were reached so far, so that a circle of references ends.
#[derive(Default)]
struct Seen(HashSet<(&'static str, Key)>);

impl Seen {
    /// Those of `rows` that were not reached yet.
    fn fresh(&mut self, meta: &'static ModelMeta, rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
        let mut is_fresh = |row: &Vec<Value>| {
            let key = row.get(meta.primary_key).and_then(Value::to_key);
            key.is_some_and(|key| self.0.insert((meta.table, key)))
        };
        rows.into_iter().filter(|row| is_fresh(row)).collect()
    }
}

/// The rows of `meta` under `filter`, locked, so that nobody changes them or refers to them anew.
fn locked(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: Predicate,
) -> Result<Vec<Vec<Value>>> {
    let mut select = Select::new(meta, filter);
    select.lock = Some(Lock::Wait);
    read_values(cx, &select)
}

fn keys_of(meta: &ModelMeta, rows: &[Vec<Value>]) -> Vec<Value> {
    let keys = rows.iter().filter_map(|row| row.get(meta.primary_key));
    keys.cloned().collect()
}

fn by_keys(meta: &'static ModelMeta, keys: &[Value]) -> Predicate {
    Predicate::In {
        column: &meta.columns[meta.primary_key],
        values: keys.to_vec(),
    }
}

/// The rows that are deleted softly, or those that are not.
fn deleted(meta: &'static ModelMeta, are_deleted: bool) -> Predicate {
    match meta.deleted_at() {
        Some(column) => Predicate::IsNull {
            column,
            is_null: !are_deleted,
        },
        None if are_deleted => Predicate::Nothing,
        None => Predicate::All,
    }
}
