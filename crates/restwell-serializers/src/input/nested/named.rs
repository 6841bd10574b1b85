//! Rows that are named alone, in place of an object.

use std::collections::{HashMap, HashSet};

use restwell_core::{ErrorBudget, Key, Patch, Path, Result};
use restwell_db::relation::find_targets_by;
use restwell_db::{Context, Model, Value};

use super::super::field::Invalid;
use super::super::related::Resolve;
use super::super::{Draft, Input};
use super::{Between, Children, Nesting, Row, Tie};

impl<I: Input, V: Children, R: Between<I, V>> Nesting<'_, I, V, R> {
    /// Finds the rows that a whole batch names alone, with one query. `named` has the rows that
    /// objects name, by the places of the rows that they are in.
    pub(super) fn find_named(
        &self,
        batch: &mut [Draft<I>],
        instances: &[Option<&I::Model>],
        mut named: HashSet<(usize, Key)>,
        cx: &mut Context,
    ) -> Result<()> {
        let found = self.found(batch, cx)?;
        let mut budget = ErrorBudget::new();
        for (row, draft) in batch.iter_mut().enumerate() {
            let Patch::Value(children) = (self.field)(&mut draft.input) else {
                continue;
            };
            let parent = instances.get(row).copied().flatten().map(Model::key);
            for (own, child) in children.each().into_iter().enumerate() {
                let Some((text, _)) = child.name.as_ref().and_then(Resolve::name) else {
                    continue;
                };
                let key = found.get(&text);
                let key = key.filter(|key| self.may_be_named(key, parent.as_ref(), cx));
                let wrong = match key {
                    None => V::Name::missing(&text),
                    Some(key) if !named.insert((row, key.clone())) => {
                        Invalid::new("duplicate", format!("\"{text}\" stands twice."))
                    }
                    Some(key) => {
                        child.key = Some(key.clone());
                        child.instance = cx.rows().get(key).map(Box::new);
                        continue;
                    }
                };
                let place = Path::from(self.name);
                let place = if V::MANY { place.join(own) } else { place };
                draft.errors.add(place, wrong.code, wrong.message);
            }
            budget.charge(&mut draft.errors);
        }
        Ok(())
    }

    fn found(&self, batch: &mut [Draft<I>], cx: &mut Context) -> Result<HashMap<String, Key>> {
        let mut wanted: HashMap<String, Value> = HashMap::new();
        for draft in batch {
            if let Patch::Value(children) = (self.field)(&mut draft.input) {
                let names = children.each().into_iter();
                wanted.extend(names.filter_map(|child| child.name.as_ref()?.name()));
            }
        }
        let values = wanted.into_values().collect();
        find_targets_by::<Row<V>>(cx, V::Name::column(), values, Some(self.rule))
    }

    /// A row that belongs to another is not there to be named.
    fn may_be_named(&self, key: &Key, parent: Option<&Key>, cx: &mut Context) -> bool {
        match self.relation.tie() {
            Tie::Own(_) | Tie::Pairs(_) => true,
            Tie::Theirs(column) => {
                let row = cx.rows().get::<Row<V>>(key);
                let owner = row.and_then(|row| row.value(column.index).to_key());
                parent.is_some() && owner.as_ref() == parent
            }
        }
    }
}
