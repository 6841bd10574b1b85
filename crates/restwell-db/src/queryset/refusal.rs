use diesel::result::Error as DieselError;
use restwell_core::Error;

use crate::constraint::{
    Operation, References, blocking_tables, classify, is_unnamed_foreign_key, missing_references,
    protected_by,
};
use crate::predicate::Predicate;
use crate::{Context, ModelMeta};

/// The error of a write to `meta` of these foreign keys.
pub(super) fn refused_write(
    cx: &mut Context,
    meta: &'static ModelMeta,
    references: References,
    error: DieselError,
) -> Error {
    if is_unnamed_foreign_key(&error)
        && let Ok(Some(fields)) = missing_references(cx, meta, references)
    {
        return Error::validation(fields).with_source(error);
    }
    classified(cx, meta, Operation::Write, error)
}

/// The error of a deletion of the rows of `meta` under `filter`.
pub(crate) fn refused_deletion(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: &Predicate,
    error: DieselError,
) -> Error {
    if is_unnamed_foreign_key(&error)
        && let Ok(tables) = blocking_tables(cx, meta, filter)
    {
        return protected_by(tables).with_source(error);
    }
    classified(cx, meta, Operation::Delete, error)
}

fn classified(
    cx: &mut Context,
    meta: &'static ModelMeta,
    operation: Operation,
    error: DieselError,
) -> Error {
    match cx.idle_session() {
        Ok(session) => classify(error, session, Some((meta, operation))),
        Err(away) => away,
    }
}
