use restwell_core::{Action, Error, Key, Result, RowErrors};
use restwell_db::{Context, Model};
use restwell_serializers::input::Saved;
use restwell_serializers::{Mask, Validated};
use restwell_views::extension::check_row;
use restwell_views::{Reply, ViewSet};

use crate::answer::{Done, answer};
use crate::kind::Kind;
use crate::preferences::Preferences;
use crate::rows::{Rows, Write};
use crate::target::{absent, lock};

/// A row that is about to be written.
pub(crate) struct Item<V: ViewSet, K: Kind<V>> {
    /// As it is; `None` for a new one.
    pub(crate) instance: Option<V::Model>,
    /// `None` once it is written by the viewset itself.
    pub(crate) input: Option<Validated<K::Input>>,
}

impl<V: ViewSet, K: Kind<V>> Item<V, K> {
    /// The key of the row, if it is there.
    fn key(&self) -> Option<Key> {
        self.instance.as_ref().map(Model::key)
    }
}

/// Writes rows, in a transaction with all their hooks, and shows them.
pub(crate) fn write<V: ViewSet, K: Kind<V>>(
    kind: K,
    viewset: &V,
    rows: Rows<Item<V, K>>,
    (preferences, mask): (Preferences, Mask),
    cx: &mut Context,
) -> Result<Reply> {
    let partial = preferences.partial;
    let rows = rows.unless_wrong(partial)?;
    preferences.transaction(cx, |cx| {
        viewset.before(each::<V>(kind), cx)?;
        let rows = perform(kind, viewset, rows, partial, cx)?;
        answer::<V>(rows, K::DONE, (preferences, Some(mask)), cx)
    })
}

/// Writes rows, with the hooks of each, in a transaction that is open.
pub(crate) fn perform<V: ViewSet, K: Kind<V>>(
    kind: K,
    viewset: &V,
    rows: Rows<Item<V, K>>,
    partial: bool,
    cx: &mut Context,
) -> Result<Rows<Done<V::Model>>> {
    lock::<V::Model>(rows.iter().filter_map(Item::key).collect(), cx)?;
    let rows = rows.try_map(|mut item| {
        if let Some(input) = &mut item.input {
            kind.prepare(viewset, item.instance.as_ref(), input, cx)?;
        }
        Ok(item)
    })?;
    let rows = rows.unless_wrong(partial)?;
    let rows = if V::PERFORMS.contains(each::<V>(kind)) {
        rows.write(&Alone { kind, viewset }, partial, cx)?
    } else {
        rows.write(&Together { kind, viewset }, partial, cx)?
    };
    let status = K::STATUS;
    rows.try_map(|row| Ok(Done { row, status }))
}

/// What is done to each row.
fn each<V: ViewSet>(kind: impl Kind<V>) -> Action {
    kind.action().of_each_row().unwrap_or(kind.action())
}

/// Rows that are written in few statements.
struct Together<'a, V, K> {
    kind: K,
    viewset: &'a V,
}

impl<V: ViewSet, K: Kind<V>> Write<Item<V, K>> for Together<'_, V, K> {
    type Output = V::Model;
    const TOGETHER: bool = true;

    fn write(&self, rows: &mut [&mut Item<V, K>], cx: &mut Context) -> Result<Saved<V::Model>> {
        let inputs = rows.iter_mut().filter_map(|item| item.input.as_mut());
        let mut inputs: Vec<_> = inputs.collect();
        match Validated::save_all(&mut inputs, cx)? {
            Ok(written) => told(self.kind, self.viewset, written, cx),
            Err(errors) => Ok(Err(errors
                .into_iter()
                .map(|(place, error)| (place, gone(error, rows[place].instance.as_ref())))
                .collect())),
        }
    }
}

/// Names by its key a row that was there when it was read.
fn gone<M: Model>(error: Error, row: Option<&M>) -> Error {
    match row {
        Some(row) if error.is_not_found() => absent::<M>(&row.key(), M::META.pk().name),
        _ => error,
    }
}

/// Rows that the viewset writes itself, one by one.
struct Alone<'a, V, K> {
    kind: K,
    viewset: &'a V,
}

impl<V: ViewSet, K: Kind<V>> Write<Item<V, K>> for Alone<'_, V, K> {
    type Output = V::Model;
    const TOGETHER: bool = false;

    fn write(&self, rows: &mut [&mut Item<V, K>], cx: &mut Context) -> Result<Saved<V::Model>> {
        let mut written = Vec::with_capacity(rows.len());
        for item in rows {
            let input = item.input.take();
            let input = input.ok_or_else(|| Error::internal("a row is written once"))?;
            let instance = item.instance.as_ref();
            written.push(self.kind.perform(self.viewset, instance, input, cx)?);
        }
        told(self.kind, self.viewset, written, cx)
    }
}

/// Rules and hooks of rows that were written.
fn told<V: ViewSet, K: Kind<V>>(
    kind: K,
    viewset: &V,
    rows: Vec<V::Model>,
    cx: &mut Context,
) -> Result<Saved<V::Model>> {
    judge(rows, |row| {
        check_row(viewset, kind.action(), row, cx)?;
        viewset.after(each::<V>(kind), row, cx)
    })
}

/// Asks rules and hooks about each of some rows that were written.
pub(crate) fn judge<M>(rows: Vec<M>, mut work: impl FnMut(&M) -> Result<()>) -> Result<Saved<M>> {
    let mut errors = RowErrors::new();
    for (place, row) in rows.iter().enumerate() {
        match work(row) {
            Ok(()) => {}
            // What follows a refusal in a transaction that the database gave up tells nothing.
            Err(error) if error.is_server_error() && errors.is_empty() => return Err(error),
            Err(error) if error.is_server_error() => break,
            Err(error) => errors.add(place, error),
        }
    }
    Ok(if errors.is_empty() {
        Ok(rows)
    } else {
        Err(errors)
    })
}
