use restwell_core::{Action, Error, Result};
use restwell_db::{ColumnValue, Context, Model, Value};

use crate::object::{equals, meant, scoped};
use crate::precondition::is_conditional;
use crate::{Options, Reply, ViewSet};

/// `DELETE` on one object: 204 without a body.
pub(crate) fn destroy<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<Reply> {
    let meta = <V::Model as Model>::META;
    options.atomicity.write(cx, |cx| {
        viewset.before(Action::Destroy, cx)?;
        let required = options.require_version;
        let (instance, version) = meant(viewset, Action::Destroy, required, cx)?;
        let mut rows = scoped(viewset, Action::Destroy, cx).filter(equals::<V::Model>(
            meta.primary_key,
            instance.pk().into_value(),
        ));
        if let (Some(column), Some(version)) = (meta.stamps.version, version) {
            rows = rows.filter(equals::<V::Model>(column, Value::Int(version)));
        }
        if viewset.perform_destroy(cx, &instance, rows)? == 0 {
            return Err(match version {
                Some(_) if is_conditional(cx.request()) => Error::precondition_failed(),
                Some(_) => Error::stale_version(),
                None => Error::not_found(),
            });
        }
        viewset.after(Action::Destroy, &instance, cx)
    })?;
    Ok(Reply::no_content())
}
