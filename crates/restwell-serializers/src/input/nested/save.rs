//! The rows that a row refers to are written before it, those that refer to it behind it.

use std::collections::HashMap;

use restwell_core::{Key, Patch, Result, RowErrors};
use restwell_db::relation::{LinkSets, add_links, set_links};
use restwell_db::statement::Link;
use restwell_db::{ColumnMeta, Context, Model, Value, refusal};

use super::super::save::{Saved, save};
use super::super::{Input, Validated};
use super::check::{Place, Refusals, may};
use super::{Between, Children, Nesting, Orphans, Parent, Said, Tie};

/// Writes a batch with `write`, and the rows that are nested in it before and behind it.
pub(in crate::input) fn with_nested<I: Input>(
    batch: &mut [&mut Validated<I>],
    cx: &mut Context,
    write: impl FnOnce(&mut [&mut Validated<I>], &mut Context) -> Result<Saved<I::Model>>,
) -> Result<Saved<I::Model>> {
    let mut parents: Vec<Parent<'_, I>> = batch.iter_mut().map(|own| parent(own, None)).collect();
    if let Err(errors) = I::save_nested(&mut parents, cx)? {
        return Ok(Err(errors));
    }
    let saved = write(batch, cx)?;
    if let Ok(rows) = &saved {
        let each = batch.iter_mut().zip(rows);
        let mut parents: Vec<Parent<'_, I>> =
            each.map(|(own, row)| parent(own, Some(row))).collect();
        if let Err(errors) = I::save_nested(&mut parents, cx)? {
            return Ok(Err(errors));
        }
    }
    Ok(saved)
}

fn parent<'a, I: Input>(own: &'a mut Validated<I>, row: Option<&'a I::Model>) -> Parent<'a, I> {
    Parent {
        is_new: own.target.is_none(),
        input: &mut own.input,
        writes: &mut own.writes,
        row,
    }
}

impl<I: Input, V: Children, R: Between<I, V>> Nesting<'_, I, V, R> {
    /// Writes the nested rows of a whole batch, at that of the two times that is theirs: those that
    /// are new with one statement. Each is held to the rule as it is now.
    ///
    /// # Errors
    /// What is wrong with rows of the batch for their nested rows; the outer error is of none.
    pub fn save(
        &self,
        batch: &mut [Parent<'_, I>],
        cx: &mut Context,
    ) -> Result<Result<(), RowErrors>> {
        let is_behind = batch.iter().any(|parent| parent.row.is_some());
        if matches!(self.relation.tie(), Tie::Own(_)) == is_behind {
            return Ok(Ok(()));
        }
        let mut refusals = Refusals::default();
        if let (Tie::Theirs(column), true) = (self.relation.tie(), self.orphans != Orphans::Keep) {
            let errors = self.let_go(batch, column, cx)?;
            if !errors.is_empty() {
                return Ok(Err(errors));
            }
        }
        self.write(batch, false, &mut refusals, cx)?;
        if refusals.is_empty() {
            self.write(batch, true, &mut refusals, cx)?;
        }
        let errors: RowErrors = refusals
            .into_rows()
            .map(|(row, errors)| (row, self.placed(errors)))
            .collect();
        if !errors.is_empty() {
            return Ok(Err(errors));
        }
        match self.relation.tie() {
            Tie::Theirs(_) => {}
            Tie::Own(column) => self.refer(batch, column),
            Tie::Pairs(link) => self.link(batch, link, cx)?,
        }
        Ok(Ok(()))
    }

    /// Writes the nested rows that are there already, or those that are new.
    fn write(
        &self,
        batch: &mut [Parent<'_, I>],
        are_new: bool,
        refusals: &mut Refusals,
        cx: &mut Context,
    ) -> Result<()> {
        let (places, mut inputs) = self.ready(batch, are_new);
        let Some(mode) = inputs.first().map(|input| input.mode()) else {
            return Ok(());
        };
        let rows = match save(&mut inputs, cx)? {
            Ok(rows) => rows,
            Err(mut errors) => {
                let wrong = places.into_iter().enumerate();
                let wrong = wrong.filter_map(|(at, place)| Some((place, errors.take(at)?)));
                wrong.for_each(|(place, error)| refusals.add(place, error));
                return Ok(());
            }
        };
        let mut keys = HashMap::with_capacity(rows.len());
        for (place, row) in places.into_iter().zip(rows) {
            if !may(self.rule, mode.action(), Some(&row), cx)? {
                refusals.add(place, refusal(cx));
            }
            keys.insert(place, row.key());
        }
        for (place, child) in self.children(batch) {
            if let Some(key) = keys.remove(&place) {
                child.key = Some(key);
            }
        }
        Ok(())
    }

    /// What will be written of nested rows, with the key of their row where they have one. It stays
    /// where it is: a batch that is undone may be written again in parts.
    fn ready<'a>(
        &self,
        batch: &'a mut [Parent<'_, I>],
        are_new: bool,
    ) -> (Vec<Place>, Vec<&'a mut Validated<V::Input>>) {
        let owners: Vec<Option<Key>> = batch.iter().map(|own| own.row.map(Model::key)).collect();
        let ready = self
            .children(batch)
            .into_iter()
            .filter_map(|(place, child)| {
                let input = child.ready.as_mut()?;
                if let (Tie::Theirs(column), Some(key)) = (self.relation.tie(), &owners[place.0]) {
                    input.set_value(column, key.into());
                }
                (input.target.is_none() == are_new).then_some((place, input))
            });
        ready.unzip()
    }

    /// What is said of each nested row.
    fn children<'a>(&self, batch: &'a mut [Parent<'_, I>]) -> Vec<(Place, &'a mut Said<V>)> {
        let mut all = Vec::new();
        for (row, parent) in batch.iter_mut().enumerate() {
            if let Patch::Value(children) = (self.field)(parent.input) {
                let each = children.each().into_iter().enumerate();
                all.extend(each.map(|(own, child)| ((row, own), child)));
            }
        }
        all
    }

    /// Refers to the rows that were written.
    fn refer(&self, batch: &mut [Parent<'_, I>], column: &'static ColumnMeta) {
        for parent in batch {
            let key = match (self.field)(parent.input) {
                Patch::Absent => continue,
                Patch::Null => Some(Value::Null),
                Patch::Value(children) => {
                    let mut each = children.each().into_iter();
                    each.find_map(|child| child.key.as_ref().map(Value::from))
                }
            };
            if let Some(key) = key {
                parent.writes.changes.set_value(column, key);
            }
        }
    }

    /// Links each row to the rows that were written, and unless those stay, to no other.
    fn link(&self, batch: &mut [Parent<'_, I>], link: Link, cx: &mut Context) -> Result<()> {
        let mut sets = LinkSets::new();
        for parent in batch {
            if let (Patch::Value(children), Some(row)) = ((self.field)(parent.input), parent.row) {
                let keys = children.each().into_iter();
                sets.push((
                    row.key(),
                    keys.filter_map(|child| child.key.clone()).collect(),
                ));
            }
        }
        if self.orphans != Orphans::Keep {
            return set_links(cx, link, I::Model::META, sets);
        }
        let pairs = sets.into_iter();
        let pairs =
            pairs.flat_map(|(row, keys)| keys.into_iter().map(move |key| [row.clone(), key]));
        let pairs: Vec<[Key; 2]> = pairs.collect();
        add_links(cx, link, I::Model::META, &pairs)
    }
}
