use restwell_core::{Action, Error, FieldErrors, Key, Result};
use restwell_db::statement::Lock;
use restwell_db::{Context, Model};
use restwell_serializers::input::parse_keys;
use restwell_views::extension::{check_row, expected_version, json_body, scoped};
use restwell_views::{Options, Reply, ViewSet};

use crate::Bulk;
use crate::rows::{Rows, named};
use crate::target::{Targets, among};

/// The member that names the rows.
const IDS: &str = "ids";

/// `DELETE` of the rows that the body names: 204 without a body.
pub(crate) fn destroy<V: ViewSet>(
    bulk: &Bulk,
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<Reply> {
    let keys = parse_keys::<V::Model>(json_body(cx)?, IDS, bulk.most())?;
    cx.atomic(|cx| {
        viewset.before(Action::Destroy, cx)?;
        let instances = find(viewset, options, keys, cx)?;
        delete(viewset, &instances, cx)?;
        let rows = Rows::new(instances.iter().collect());
        rows.try_map(|row| viewset.after(Action::Destroy, row, cx))?
            .all()
    })?;
    Ok(Reply::no_content())
}

/// The rows, in the versions that the client means. They stay so until the end of the transaction.
fn find<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    keys: Vec<Result<Key, FieldErrors>>,
    cx: &mut Context,
) -> Result<Vec<V::Model>> {
    let known = keys.iter().flatten().cloned();
    let locked = scoped(viewset, Action::BulkDestroy, cx).select_for_update(Lock::Wait);
    let mut targets = Targets::find(locked, known, cx)?;
    let rows = Rows::new(keys).try_map(|key| {
        let row = targets.take(&key.map_err(Error::validation)?)?;
        check_row(viewset, Action::BulkDestroy, &row, cx)?;
        expected_version(cx.request(), &row, None, options.requires_version())?;
        Ok(row)
    })?;
    rows.all()
}

/// All rows together, or, where the viewset deletes itself, one after the other.
fn delete<V: ViewSet>(viewset: &V, rows: &[V::Model], cx: &mut Context) -> Result<()> {
    let these = |rows: &[V::Model], cx: &Context| {
        let keys = rows.iter().map(Model::key);
        among(scoped(viewset, Action::BulkDestroy, cx), keys)
    };
    if !V::PERFORMS.contains(Action::Destroy) {
        return these(rows, cx).delete(cx).map(drop);
    }
    for (place, row) in rows.iter().enumerate() {
        let this = these(std::slice::from_ref(row), cx);
        let deleted = viewset.perform_destroy(cx, row, this);
        deleted.map_err(|error| named(place, error))?;
    }
    Ok(())
}
