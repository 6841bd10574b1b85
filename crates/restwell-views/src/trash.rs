//! The rows of a resource that are deleted softly: listing them, bringing them back, removing them.

use restwell_core::{Access, Action, Error, Method, Result};
use restwell_db::statement::Lock;
use restwell_db::{Context, Model, QuerySet};
use restwell_serializers::Mask;

use crate::actions::{page, shown};
use crate::object::{equals, requested_pk, scoped};
use crate::precondition::expected_version;
use crate::{ExtraAction, Options, Reply, ViewSet};

const TRASH: Action = Action::Custom("trash", Access::Reads);
const RESTORE: Action = Action::Custom("restore", Access::Writes);
const PURGE: Action = Action::Custom("purge", Access::Writes);

const TRASH_IS: &str = "The rows that were deleted.";
const RESTORE_IS: &str = "Brings back a row that was deleted.";
const PURGE_IS: &str = "Removes a row that was deleted for good.";

/// `GET trash/`, `POST {pk}/restore/` and `DELETE {pk}/purge/`.
pub(crate) fn actions<V: ViewSet>(idempotent: bool) -> Vec<ExtraAction<V>> {
    let action = |name, description, detail, methods, run| ExtraAction {
        name,
        url_path: name,
        description,
        detail,
        methods,
        atomic: detail,
        parameters: detail.then_some(&[]),
        idempotent,
        renders: None,
        throttle: None,
        run,
    };
    vec![
        action("trash", TRASH_IS, false, &[Method::Get], list as _),
        action("restore", RESTORE_IS, true, &[Method::Post], restore as _),
        action("purge", PURGE_IS, true, &[Method::Delete], purge as _),
    ]
}

/// The rows that `action` can show: those that are deleted too, for who may see the trash.
pub(crate) fn known<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    action: Action,
    cx: &mut Context,
) -> QuerySet<V::Model> {
    let sees_trash = options.trash && viewset.permission(TRASH).check(TRASH, cx).is_ok();
    let rows = scoped(viewset, action, cx);
    if sees_trash {
        rows.with_deleted()
    } else {
        rows
    }
}

fn list<V: ViewSet>(viewset: &V, cx: &mut Context) -> Result<Reply> {
    let mut rows = scoped(viewset, TRASH, cx).only_deleted();
    if let Some(allowed) = viewset.permission(TRASH).condition(TRASH, cx)? {
        rows = rows.filter(allowed);
    }
    page::<V::List, V::Serializer>(&V::options(), rows, &[], cx)
}

fn restore<V: ViewSet>(viewset: &V, cx: &mut Context) -> Result<Reply> {
    let rows = |cx: &Context| scoped(viewset, RESTORE, cx).only_deleted();
    let row = locked(viewset, RESTORE, rows(cx), cx)?;
    let one = equals::<V::Model>(V::Model::META.primary_key, row.key().into());
    if rows(cx).filter(one).restore(cx)? == 0 {
        return Err(Error::not_found());
    }
    let row = scoped(viewset, RESTORE, cx).find(cx, &row.pk())?;
    viewset.after(RESTORE, &row, cx)?;
    shown::<V::Serializer>(&row, Mask::ALL, cx)
}

fn purge<V: ViewSet>(viewset: &V, cx: &mut Context) -> Result<Reply> {
    let rows = scoped(viewset, PURGE, cx).with_deleted();
    let row = locked(viewset, PURGE, rows.clone(), cx)?;
    let one = equals::<V::Model>(V::Model::META.primary_key, row.key().into());
    if rows.filter(one).purge(cx)? == 0 {
        return Err(Error::not_found());
    }
    viewset.after(PURGE, &row, cx)?;
    Ok(Reply::no_content())
}

/// The row among `rows` that the path names, for this transaction alone, in the version that the
/// client means.
fn locked<V: ViewSet>(
    viewset: &V,
    action: Action,
    rows: QuerySet<V::Model>,
    cx: &mut Context,
) -> Result<V::Model> {
    let pk = requested_pk::<V::Model>(cx)?;
    let row = rows.select_for_update(Lock::Wait).find(cx, &pk)?;
    viewset.permission(action).check_object(action, &row, cx)?;
    expected_version(cx.request(), &row, None, V::options().require_version)?;
    Ok(row)
}
