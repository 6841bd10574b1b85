use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use restwell_core::Key;

use crate::Model;

/// Rows that a request has read, by model and key.
///
/// The rows that a body refers to are read once to check that they exist; the answer then shows
/// them without reading them again. A write through the library forgets the row.
#[derive(Default)]
pub struct RowCache {
    rows: HashMap<(TypeId, Key), Arc<dyn Any + Send + Sync>>,
    fresh: HashMap<&'static str, HashSet<Key>>,
    links: HashMap<(&'static str, Key), Vec<Key>>,
}

impl RowCache {
    /// Remembers a row.
    pub fn insert<M: Model>(&mut self, row: M) {
        self.rows
            .insert((TypeId::of::<M>(), row.key()), Arc::new(row));
    }

    /// The row with `key`, if this request has read it.
    pub fn get<M: Model>(&self, key: &Key) -> Option<M> {
        let row = self.rows.get(&(TypeId::of::<M>(), key.clone()))?;
        row.downcast_ref().cloned()
    }

    /// Forgets a row that changed.
    pub fn forget<M: Model>(&mut self, key: &Key) {
        self.rows.remove(&(TypeId::of::<M>(), key.clone()));
    }

    /// Notes that the row `key` of `table` was inserted by this request, so that nothing else
    /// refers to it but what this request wrote.
    pub(crate) fn note_fresh(&mut self, table: &'static str, key: Key) {
        self.fresh.entry(table).or_default().insert(key);
    }

    /// Whether this request inserted the row `key` of `table`.
    pub(crate) fn is_fresh(&self, table: &str, key: &Key) -> bool {
        self.fresh.get(table).is_some_and(|keys| keys.contains(key))
    }

    /// Whether this request inserted any row of `table`.
    pub(crate) fn has_fresh(&self, table: &str) -> bool {
        self.fresh.contains_key(table)
    }

    /// Notes that the row `source` is linked to exactly `targets` through the table `through`.
    pub(crate) fn note_links(&mut self, through: &'static str, source: Key, targets: Vec<Key>) {
        self.links.insert((through, source), targets);
    }

    /// The rows that this request linked to the row `source` through the table `through`.
    pub(crate) fn links(&self, through: &'static str, source: &Key) -> Option<&[Key]> {
        self.links
            .get(&(through, source.clone()))
            .map(Vec::as_slice)
    }
}

impl fmt::Debug for RowCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowCache")
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}
