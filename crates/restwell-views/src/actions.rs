//! The standard actions.

mod create;
mod destroy;
mod list;
mod metadata;
mod retrieve;
mod update;

pub(crate) use create::{DetailPath, create};
pub(crate) use destroy::destroy;
pub use list::listed;
pub(crate) use list::{list, page};
pub use metadata::capitalized;
pub(crate) use metadata::metadata;
pub(crate) use retrieve::retrieve;
pub(crate) use update::{apply, update};

use restwell_core::Result;
use restwell_db::{ColumnSet, Context};
use restwell_serializers::{Mask, Representation, represent_one};

use crate::Reply;
use crate::precondition::etag;

/// The parameter that names the wanted fields.
pub const FIELDS: &str = "fields";
/// The parameter that names the wanted format.
pub const FORMAT: &str = "format";

/// The fields that `?fields=` names, of those that the principal may see.
///
/// # Errors
/// 400 when it names others.
pub fn wanted<R: Representation>(cx: &mut Context) -> Result<Mask> {
    let visible = R::visible(None, cx)?;
    match cx.request().query.get(FIELDS) {
        Some(names) => Mask::parse(names, R::FIELDS, visible),
        None => Ok(visible),
    }
}

/// The columns that showing a row needs, with its version for the entity tag.
fn shown_columns<R: Representation>(mask: Mask) -> ColumnSet {
    let columns = R::columns(mask);
    match <R::Model as restwell_db::Model>::META.stamps.version {
        Some(version) => columns.with(version),
        None => columns,
    }
}

/// A row as clients see it, with its entity tag.
pub(crate) fn shown<R: Representation>(
    row: &R::Model,
    mask: Mask,
    cx: &mut Context,
) -> Result<Reply> {
    let mut out = Vec::with_capacity(1_024);
    represent_one::<R>(row, mask, cx, &mut out)?;
    let etag = etag(row, &out);
    let reply = Reply::data(out);
    Ok(match etag {
        Some(etag) => reply.header("etag", etag),
        None => reply,
    })
}
