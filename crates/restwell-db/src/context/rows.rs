use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use restwell_core::Key;

use crate::Model;
use crate::statement::Link;

/// Rows that a request has read, by model and key.
///
/// The rows that a body refers to are read once to check that they exist; the answer then shows
/// them without reading them again. A write through the library forgets the rows that it may have
/// changed. Whoever takes the connection for statements of their own makes it forget everything.
#[derive(Default)]
pub struct RowCache {
    /// By table, since several models may show one table.
    rows: HashMap<&'static str, Rows>,
    /// The keys of rows that this request inserted.
    fresh: HashMap<&'static str, HashSet<Key>>,
    /// What this request linked to what.
    links: HashMap<Link, HashMap<Key, Vec<Key>>>,
    /// The link tables to which this request added others.
    linked: HashSet<&'static str>,
}

type Rows = HashMap<(TypeId, Key), Arc<dyn Any + Send + Sync>>;

impl RowCache {
    /// Remembers a row.
    pub fn insert<M: Model>(&mut self, row: M) {
        let key = (TypeId::of::<M>(), row.key());
        let rows = self.rows.entry(M::META.table).or_default();
        rows.insert(key, Arc::new(row));
    }

    /// The row with `key`, if this request has read it.
    pub fn get<M: Model>(&self, key: &Key) -> Option<M> {
        let rows = self.rows.get(M::META.table)?;
        let row = rows.get(&(TypeId::of::<M>(), key.clone()))?;
        row.downcast_ref().cloned()
    }

    /// Forgets a row that changed.
    pub fn forget<M: Model>(&mut self, key: &Key) {
        if let Some(rows) = self.rows.get_mut(M::META.table) {
            rows.retain(|(_, own), _| own != key);
        }
    }

    /// Forgets the rows of a table, of which some changed.
    pub(crate) fn forget_table(&mut self, table: &str) {
        self.rows.remove(table);
    }

    /// Forgets everything, since any table may have changed.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
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

    /// Takes the row `source` to be linked to exactly `targets` by `link`, whatever the database
    /// says: this request has just set these links, or shows a state that is past.
    pub fn note_links(&mut self, link: Link, source: Key, targets: Vec<Key>) {
        for (other, known) in &mut self.links {
            if other.through == link.through && *other != link {
                known.clear();
            }
        }
        self.links.entry(link).or_default().insert(source, targets);
    }

    /// Notes that links were added to the table `through`.
    pub(crate) fn note_more_links(&mut self, through: &'static str) {
        self.links.retain(|link, _| link.through != through);
        self.linked.insert(through);
    }

    /// The rows that this request linked to the row `source` by `link`.
    pub(crate) fn links(&self, link: Link, source: &Key) -> Option<&[Key]> {
        self.links.get(&link)?.get(source).map(Vec::as_slice)
    }

    /// Whether the row `source` of `table` can have no links: this request inserted it, and
    /// linked nothing to it from either side.
    pub(crate) fn is_unlinked(&self, link: Link, table: &str, source: &Key) -> bool {
        let from_other_side = self
            .links
            .keys()
            .any(|other| other.through == link.through && *other != link);
        self.is_fresh(table, source)
            && !from_other_side
            && !self.linked.contains(link.through)
            && self.links(link, source).is_none()
    }
}

impl fmt::Debug for RowCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowCache")
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}
