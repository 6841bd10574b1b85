//! The standard actions.

mod create;
mod destroy;
mod list;
mod metadata;
mod retrieve;
mod update;

pub(crate) use create::{DetailPath, create};
pub(crate) use destroy::destroy;
pub(crate) use list::list;
pub(crate) use metadata::{capitalized, metadata};
pub(crate) use retrieve::retrieve;
pub(crate) use update::update;

use restwell_core::Result;
use restwell_db::{ColumnSet, Context};
use restwell_serializers::{Mask, Representation};

/// The parameter that names the wanted fields.
pub(crate) const FIELDS: &str = "fields";
/// The parameter that names the wanted format.
pub(crate) const FORMAT: &str = "format";

/// The fields that `?fields=` names.
fn wanted<R: Representation>(cx: &Context) -> Result<Mask> {
    match cx.request().query.get(FIELDS) {
        Some(names) => Mask::parse(names, R::FIELDS),
        None => Ok(Mask::ALL),
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
