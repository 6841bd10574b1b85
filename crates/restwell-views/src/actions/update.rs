use restwell_core::{Action, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{Mode, represent_one};

use super::wanted;
use crate::object::{object, scoped, validated};
use crate::precondition::{etag, expected_version};
use crate::{Options, Reply, ViewSet};

/// `PUT` and `PATCH` on one object: 200 with the object as it is now.
pub(crate) fn update<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    action: Action,
    cx: &mut Context,
) -> Result<Reply> {
    let mode = if action == Action::Update {
        Mode::Update
    } else {
        Mode::PartialUpdate
    };
    let mask = wanted::<V::Serializer>(cx)?;
    let instance = object(viewset, action, cx)?;
    let input = validated::<V::Update>(Some(&instance), mode, cx)?;
    let required = options.require_version;
    let precondition = expected_version(cx.request(), &instance, input.version(), required)?;
    let rows = scoped(viewset, action, cx);
    let input = input.for_row(rows, instance.pk(), precondition);
    let row = cx.atomic(|cx| {
        viewset.before(action, cx)?;
        let row = viewset.perform_update(cx, &instance, input)?;
        viewset.permission(action).check_object(action, &row, cx)?;
        viewset.after(action, &row, cx)?;
        Ok(row)
    })?;
    let mut out = Vec::with_capacity(1_024);
    represent_one::<V::Serializer>(&row, mask, cx, &mut out)?;
    let reply = Reply::data(out);
    Ok(match etag(&row) {
        Some(etag) => reply.header("etag", etag),
        None => reply,
    })
}
