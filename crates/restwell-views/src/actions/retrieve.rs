use restwell_core::{Action, Result};
use restwell_db::Context;
use restwell_permissions::Decision;

use super::{shown, shown_columns, wanted};
use crate::history::{self, AS_OF};
use crate::object::{requested_pk, scoped};
use crate::precondition::unless_known;
use crate::{Options, Reply, ViewSet};

/// `GET` on one object. A client that has its present state already is told so with 304.
pub(crate) fn retrieve<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<Reply> {
    if options.history
        && let Some(at) = cx.request().query.get(AS_OF).map(str::to_owned)
    {
        return history::retrieve(viewset, options, at, cx);
    }
    let mask = wanted::<V::Serializer>(cx)?;
    let pk = requested_pk::<V::Model>(cx)?;
    let rule = viewset.permission(Action::Retrieve);
    let mut rows = scoped(viewset, Action::Retrieve, cx);
    let judged = rule.decide(Action::Retrieve, None, cx)? != Decision::Allow;
    if !judged {
        rows = rows.only(shown_columns::<V::Serializer>(mask));
    }
    let row = rows.find(cx, &pk)?;
    if judged {
        rule.check_object(Action::Retrieve, &row, cx)?;
    }
    let reply = shown::<V::Serializer>(&row, mask, cx)?;
    unless_known(cx.request(), reply)
}
