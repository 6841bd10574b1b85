use restwell_core::{Action, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{Mask, Mode, Validated};

use super::{shown, wanted};
use crate::object::{object, scoped, validated};
use crate::precondition::expected_version;
use crate::{InputOf, Options, Reply, ViewSet};

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
    apply(viewset, options, action, &instance, input, mask, cx)
}

/// Changes `instance` to what `input` says, if it is in the version that the client means, and
/// shows it.
pub(crate) fn apply<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    action: Action,
    instance: &V::Model,
    input: Validated<InputOf<V::Update>>,
    mask: Mask,
    cx: &mut Context,
) -> Result<Reply> {
    let required = options.require_version;
    let precondition = expected_version(cx.request(), instance, input.version(), required)?;
    let rows = scoped(viewset, action, cx);
    let mut input = input.for_row(rows, instance.pk(), precondition);
    options.atomicity.write(cx, |cx| {
        viewset.before(action, cx)?;
        viewset.prepare_update(cx, instance, &mut input)?;
        let row = viewset.perform_update(cx, instance, input)?;
        viewset.permission(action).check_object(action, &row, cx)?;
        viewset.after(action, &row, cx)?;
        shown::<V::Serializer>(&row, mask, cx)
    })
}
