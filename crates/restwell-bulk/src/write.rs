use restwell_core::{Action, Error, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{Mask, Validated, represent_many};
use restwell_views::extension::check_row;
use restwell_views::{Reply, ViewSet};

use crate::kind::Kind;
use crate::rows::{Rows, named};

/// A row that is about to be written.
pub(crate) struct Item<V: ViewSet, K: Kind<V>> {
    /// As it is; `None` for a new one.
    pub(crate) instance: Option<V::Model>,
    pub(crate) input: Validated<K::Input>,
}

/// Writes rows, in a transaction with all their hooks, and shows them.
pub(crate) fn write<V: ViewSet, K: Kind<V>>(
    kind: K,
    viewset: &V,
    items: Vec<Item<V, K>>,
    mask: Mask,
    cx: &mut Context,
) -> Result<Reply> {
    let (action, each) = actions(kind);
    cx.atomic(|cx| {
        viewset.before(each, cx)?;
        let items = Rows::new(items).try_map(|mut item| {
            kind.prepare(viewset, item.instance.as_ref(), &mut item.input, cx)?;
            Ok(item)
        })?;
        let rows = perform(kind, viewset, items.all()?, cx)?;
        for_each(&rows, |row| check_row(viewset, action, row, cx))?;
        for_each(&rows, |row| viewset.after(each, row, cx))?;
        let mut out = Vec::with_capacity(512 * rows.len());
        represent_many::<V::Serializer>(&rows, mask, cx, &mut out)?;
        Ok(Reply::data(out).message(message::<V::Model>(rows.len(), each)))
    })
}

/// All rows together, or, where the viewset performs the write itself, one after the other.
fn perform<V: ViewSet, K: Kind<V>>(
    kind: K,
    viewset: &V,
    mut items: Vec<Item<V, K>>,
    cx: &mut Context,
) -> Result<Vec<V::Model>> {
    if !V::PERFORMS.contains(actions(kind).1) {
        let mut batch: Vec<_> = items.iter_mut().map(|item| &mut item.input).collect();
        return Validated::save_all(&mut batch, cx)?.map_err(Error::from);
    }
    let mut rows = Vec::with_capacity(items.len());
    for (place, Item { instance, input }) in items.into_iter().enumerate() {
        let row = kind.perform(viewset, instance.as_ref(), input, cx);
        rows.push(row.map_err(|error| named(place, error))?);
    }
    Ok(rows)
}

/// The bulk action, and what that does to each row.
fn actions<V: ViewSet>(kind: impl Kind<V>) -> (Action, Action) {
    let action = kind.action();
    (action, action.of_each_row().unwrap_or(action))
}

/// Does `work` with each row, or says with which of them it fails.
fn for_each<M>(rows: &[M], work: impl FnMut(&M) -> Result<()>) -> Result<()> {
    let rows = Rows::new(rows.iter().collect());
    rows.try_map(work)?.all().map(drop)
}

/// What the envelope tells a person: `3 posts created successfully`.
pub(crate) fn message<M: Model>(count: usize, each: Action) -> String {
    let name = if count == 1 {
        M::META.verbose_name
    } else {
        M::META.verbose_name_plural
    };
    let done = match each {
        Action::Create => "created",
        Action::Destroy => "deleted",
        _ => "updated",
    };
    format!("{count} {name} {done} successfully")
}
