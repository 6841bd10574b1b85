//! Rows that belong to a row and that the body leaves out.

use std::collections::HashMap;

use restwell_core::{Action, Error, FieldErrors, Key, Patch, Result, RowErrors};
use restwell_db::relation::retrievable;
use restwell_db::statement::Lock;
use restwell_db::{Changes, ColumnMeta, ColumnSet, Context, Model, Value, refusal};

use super::super::Input;
use super::check::{may, one_of};
use super::{Between, Children, Nesting, Orphans, Parent, Row};

/// The rows of a batch that say which rows belong to them.
struct Owners {
    /// Their places, by their keys.
    places: HashMap<Key, usize>,
    /// The keys of the rows that they name.
    named: Vec<Key>,
}

impl<I: Input, V: Children, R: Between<I, V>> Nesting<'_, I, V, R> {
    /// Deletes or releases the rows that belong to rows of the batch and are not named. Those that
    /// the principal may not retrieve are not his to name, and stay.
    pub(super) fn let_go(
        &self,
        batch: &mut [Parent<'_, I>],
        column: &'static ColumnMeta,
        cx: &mut Context,
    ) -> Result<RowErrors> {
        let owners = self.owners(batch);
        if owners.places.is_empty() {
            return Ok(RowErrors::new());
        }
        lock::<I::Model>(owners.places.keys(), cx)?;
        let pk = Row::<V>::META.pk();
        let among = one_of(column, owners.places.keys()) & !one_of::<Row<V>>(pk, &owners.named);
        let orphans = retrievable(Row::<V>::scope(cx) & among, Some(self.rule), cx)?;
        let errors = self.kept(&orphans, &owners, column, cx)?;
        if errors.is_empty() && !orphans.is_empty() {
            let keys: Vec<Key> = orphans.iter().map(Model::key).collect();
            let rows = Row::<V>::objects().filter(one_of(pk, &keys));
            if self.orphans == Orphans::Delete {
                rows.delete(cx)?;
            } else {
                let mut changes = Changes::new();
                changes.set_value(column, Value::Null);
                rows.update(cx, changes)?;
            }
        }
        Ok(errors)
    }

    fn owners(&self, batch: &mut [Parent<'_, I>]) -> Owners {
        let mut owners = Owners {
            places: HashMap::new(),
            named: Vec::new(),
        };
        for (place, parent) in batch.iter_mut().enumerate() {
            let children = match (self.field)(parent.input) {
                Patch::Absent => continue,
                Patch::Null => Vec::new(),
                Patch::Value(children) => children.each(),
            };
            if let Some(row) = parent.row.filter(|_| !parent.is_new) {
                owners.places.insert(row.key(), place);
                let named = children.into_iter();
                owners
                    .named
                    .extend(named.filter_map(|child| child.key.clone()));
            }
        }
        owners
    }

    /// What is wrong with rows that leave out what the principal may not delete or release.
    fn kept(
        &self,
        orphans: &[Row<V>],
        owners: &Owners,
        column: &'static ColumnMeta,
        cx: &mut Context,
    ) -> Result<RowErrors> {
        let action = match self.orphans {
            Orphans::Delete => Action::Destroy,
            Orphans::Keep | Orphans::Release => Action::PartialUpdate,
        };
        let mut kept: HashMap<usize, FieldErrors> = HashMap::new();
        for row in orphans {
            let owner = row.value(column.index).to_key();
            let place = owner.and_then(|owner| owners.places.get(&owner));
            if let (Some(place), false) = (place, may(self.rule, action, Some(row), cx)?) {
                // It has no place in the body, so it is told by its key.
                let why = refusal(cx);
                let message = format!("The pk \"{}\" is left out. {}", row.key(), why.message());
                let errors = kept.entry(*place).or_default();
                errors.add_non_field(why.code().to_owned(), message);
            }
        }
        let error = |fields| -> Error { self.under(refusal(cx).with_fields(fields)) };
        Ok(kept
            .into_iter()
            .map(|(place, fields)| (place, error(fields)))
            .collect())
    }
}

/// Locks rows, so that their nested rows are exchanged by one transaction at a time.
fn lock<'a, M: Model>(keys: impl IntoIterator<Item = &'a Key>, cx: &mut Context) -> Result<()> {
    if !cx.dialect()?.is_postgres() {
        return Ok(());
    }
    let pk = M::META.pk();
    let rows = M::objects()
        .filter(one_of(pk, keys))
        .select_for_update(Lock::Wait);
    rows.only(ColumnSet::of(&[pk.index])).load(cx).map(drop)
}
