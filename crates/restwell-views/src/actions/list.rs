use std::borrow::Cow;

use restwell_core::{Action, Result};
use restwell_db::{ColumnMeta, Context, Q, QuerySet};
use restwell_filters::Filters;
use restwell_pagination::{Page, PageInfo};
use restwell_serializers::representation::Hidden;
use restwell_serializers::{Mask, Representation, ToRepresentation, represent_many};

use super::{FIELDS, FORMAT, wanted};
use crate::object::{narrowed, scoped};
use crate::reply::member;
use crate::{Options, Reply, ViewSet};

/// `GET` on a collection: one page of the rows that exist for the principal, that the rule
/// allows, and that the client asks for.
pub(crate) fn list<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<Reply> {
    let rows = scoped(viewset, Action::List, cx);
    let rows = allowed(viewset, Action::List, rows, cx)?;
    page::<V::List, V::Serializer>(options, rows, &[], cx)
}

/// `GET` on an extra action that lists: one page of those of `rows` that exist for the principal, that
/// the rule allows, and that the client asks for. `parameters` are those that the action reads itself.
///
/// # Errors
/// As for `GET` on the collection.
pub fn listed<V: ViewSet>(
    viewset: &V,
    action: Action,
    rows: QuerySet<V::Model>,
    parameters: &[&'static str],
    cx: &mut Context,
) -> Result<Reply> {
    let rows = allowed(viewset, action, narrowed(viewset, rows, cx), cx)?;
    page::<V::List, V::Serializer>(&V::options(), rows, parameters, cx)
}

/// Those of `rows` that the rule allows.
fn allowed<V: ViewSet>(
    viewset: &V,
    action: Action,
    rows: QuerySet<V::Model>,
    cx: &mut Context,
) -> Result<QuerySet<V::Model>> {
    let allowed = viewset.permission(action).condition(action, cx)?;
    Ok(match allowed {
        Some(allowed) => rows.filter(allowed),
        None => rows,
    })
}

/// One page of those of `rows` that the client asks for, each as an `R`. What a principal may not
/// see of an `R` or of a `Detail` can be asked for neither. `parameters` mean something to the caller.
pub(crate) fn page<R, Detail>(
    options: &Options<R::Model>,
    rows: QuerySet<R::Model>,
    parameters: &[&'static str],
    cx: &mut Context,
) -> Result<Reply>
where
    R: Representation,
    Detail: Representation<Model = R::Model>,
{
    let mask = wanted::<R>(cx)?;
    let mut reserved = options.pagination.parameters().to_vec();
    reserved.extend([FIELDS, FORMAT]);
    reserved.extend(parameters);
    let filters = askable::<R, Detail>(&options.filters, cx)?;
    let filtered = filters.apply(&cx.request().query, &reserved, cx)?;
    let rows = rows
        .filter(Q::from_predicate(filtered.predicate))
        .only(R::columns(mask));
    let page = options
        .pagination
        .paginate(rows, filtered.order, &filtered.binding, cx)?;
    show::<R>(&page, mask, cx)
}

/// The filters, search and order of what the principal may see.
fn askable<'a, R, Detail>(
    filters: &'a Filters<R::Model>,
    cx: &mut Context,
) -> Result<Cow<'a, Filters<R::Model>>>
where
    R: Representation,
    Detail: Representation<Model = R::Model>,
{
    let hidden = Hidden::of::<R, Detail>(None, cx)?;
    if hidden.is_empty() {
        return Ok(Cow::Borrowed(filters));
    }
    let seen = |name: &str, column: Option<&ColumnMeta>| !hidden.covers(name, column);
    Ok(Cow::Owned(filters.retain(seen)))
}

fn show<R: Representation>(page: &Page<R::Model>, mask: Mask, cx: &mut Context) -> Result<Reply> {
    let mut out = Vec::with_capacity(512 + 512 * page.rows.len());
    match &page.info {
        None => represent_many::<R>(&page.rows, mask, cx, &mut out)?,
        Some(info) => {
            out.push(b'{');
            head(info, &mut out);
            out.extend_from_slice(b"\"results\":");
            represent_many::<R>(&page.rows, mask, cx, &mut out)?;
            out.push(b'}');
        }
    }
    Ok(Reply::data(out))
}

fn head(info: &PageInfo, out: &mut Vec<u8>) {
    if let Some(count) = info.total.count() {
        out.extend_from_slice(b"\"count\":");
        count.write(out);
        out.push(b',');
    }
    for (key, link) in [("next", &info.next), ("previous", &info.previous)] {
        member(key, link.as_deref(), out);
        out.push(b',');
    }
}
