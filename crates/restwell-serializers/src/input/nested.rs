//! Rows of a relation that are written with the row: their check, and their place in its save.

mod check;
mod child;
mod named;
mod orphans;
mod relation;
mod save;

use restwell_core::{Error, FieldErrors, Patch, Path, RowErrors};
use restwell_db::Guard;

use super::{Input, Writes};

pub use child::{Child, Children, Unnamed};
pub use relation::{NestedRelation, Tie};
pub(super) use save::with_nested;

/// How many rows of a relation a body may have, where the field does not say.
pub const MOST_CHILDREN: u64 = 1_000;

/// How many rows a list of a body may have with those that are nested in them, where the list may
/// not have more by itself. Each takes far more memory than the bytes that say it.
pub(super) const MOST_WITHIN: usize = 10_000;

/// How many rows may be nested in those of a whole body.
pub(super) const MOST_IN_BODY: usize = 100_000;

/// How many levels of rows within rows a body may have. A serializer that nests itself has no
/// other bound.
const MOST_DEPTH: usize = 4;

/// What becomes of the rows of a relation that a body does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// They stay: `sync = append`.
    Keep,
    /// They belong to the row no more: `sync = sync`.
    Release,
    /// They are deleted: `sync = replace`.
    Delete,
}

/// The model of the rows of which `V` says something.
type Row<V> = <<V as Children>::Input as Input>::Model;

/// What `V` says of one row.
type Said<V> = Child<<V as Children>::Input, <V as Children>::Name>;

/// A relation that leads from the rows of `I` to those of `V`.
pub trait Between<I: Input, V: Children>: NestedRelation<I::Model, Target = Row<V>> {}

impl<I, V, R> Between<I, V> for R
where
    I: Input,
    V: Children,
    R: NestedRelation<I::Model, Target = Row<V>>,
{
}

/// A field of `I` with rows of a relation that are written with the row; for generated code.
pub struct Nesting<'a, I, V: Children, R> {
    /// The name of the field on the wire.
    pub name: &'static str,
    /// What becomes of the rows that are not named.
    pub orphans: Orphans,
    /// Where the input has them.
    pub field: fn(&mut I) -> &mut Patch<V>,
    /// The relation.
    pub relation: R,
    /// Who may do what with its rows.
    pub rule: &'a dyn Guard<Row<V>>,
}

/// A row of a batch that is saved, for the rows that are nested in it.
pub struct Parent<'a, I: Input> {
    pub(super) input: &'a mut I,
    pub(super) writes: &'a mut Writes<I::Model>,
    /// Whether the row is inserted.
    pub(super) is_new: bool,
    /// The row, once it is written.
    pub(super) row: Option<&'a I::Model>,
}

impl<I, V: Children, R> std::fmt::Debug for Nesting<'_, I, V, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nesting")
            .field("name", &self.name)
            .field("orphans", &self.orphans)
            .finish_non_exhaustive()
    }
}

impl<I: Input> std::fmt::Debug for Parent<'_, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.writes.fmt(f)
    }
}

impl<I, V: Children, R> Nesting<'_, I, V, R> {
    /// The error of the row in which something is wrong with these of its nested rows.
    fn placed(&self, mut errors: RowErrors) -> Error {
        let error = if V::MANY {
            Error::from(errors)
        } else {
            errors
                .take(0)
                .unwrap_or_else(|| Error::internal("one nested row has one place"))
        };
        self.under(error)
    }

    /// An error with its fields below this one.
    fn under(&self, error: Error) -> Error {
        if error.is_server_error() {
            return error;
        }
        let own = if error.fields().is_empty() {
            let mut own = FieldErrors::new();
            own.add_non_field(error.code().to_owned(), error.message().to_owned());
            own
        } else {
            error.fields().clone()
        };
        let mut fields = FieldErrors::new();
        fields.nest(Path::from(self.name).into_nested(), own);
        match error.status() {
            400 | 404 => Error::validation(fields),
            status => Error::new(status, error.code().to_owned(), error.message().to_owned())
                .with_fields(fields),
        }
    }
}
