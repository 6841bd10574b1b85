//! From JSON to changes.
//!
//! A body is read in one pass, which never stops at a value of the wrong type: the error is noted
//! at its place and reading goes on. Then come the validators of the well-formed fields, then the
//! keys of related rows, all looked up with one query for each field, then the object as a whole.
//! Whatever was found is reported together.

mod attrs;
mod batch;
mod dict;
mod draft;
mod duration;
mod field;
mod list;
mod named_row;
mod nested;
mod no_input;
mod number;
mod parse;
mod related;
mod rows;
mod save;
mod skipped;
mod temporal;
mod text;
mod unique;
mod validated;

use restwell_core::{Action, FieldErrors, Result, RowErrors};
use restwell_db::{Context, Model};
use serde::de::Deserializer;

use crate::{FieldMeta, Representation};

pub use attrs::Attrs;
pub use batch::validate;
pub use draft::{Draft, Mode, Writes};
pub(crate) use number::quantized;

pub use field::{InputField, Invalid, Scalar, Sink, read_into};
pub use named_row::NamedRow;
pub use nested::{
    Child, Children, MOST_CHILDREN, NestedRelation, Nesting, Orphans, Parent, Tie, Unnamed,
};
pub use no_input::NoInput;
pub use parse::{Unknown, parse_keyed, parse_many, parse_named, parse_one};
pub use related::{RelatedKey, RelatedSlug, RelatedValues, Resolve, found_keys, resolve_field};
pub use save::{Saved, undone_if_refused};
pub(crate) use skipped::Skipped;
pub use text::{choice_from_scalar, not_a_choice};
pub use unique::rows_with;
pub use validated::Validated;

/// What clients may say about a row: the declared fields, each absent, null or given.
///
/// `#[serializer]` makes the struct and implements it.
pub trait Input: Default + Send + Sync + 'static {
    /// The model that it becomes changes of.
    type Model: Model;

    /// The fields that an input may have, the read-only ones included.
    const FIELDS: &'static [FieldMeta];

    /// What happens to members that are no field, and to read-only ones.
    const UNKNOWN: Unknown;

    /// The fields that not everybody may set, by their numbers.
    const GUARDED: &'static [usize] = &[];

    /// Whether the principal may set field number `field` by `action`: of `row`, or of a new one.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    fn may_set(
        _field: usize,
        _action: Action,
        _row: Option<&Self::Model>,
        _cx: &mut Context,
    ) -> Result<bool> {
        Ok(true)
    }

    /// Reads the value of field number `field`.
    ///
    /// # Errors
    /// When the body is not JSON. A value of the wrong type goes into `errors` instead.
    fn read<'de, D: Deserializer<'de>>(
        &mut self,
        field: usize,
        value: D,
        errors: &mut FieldErrors,
    ) -> Result<(), D::Error>;

    /// The number of the column that field number `field` writes, if it writes one.
    fn column(_field: usize) -> Option<usize> {
        None
    }

    /// Whether field number `field` was supplied, null included.
    fn is_supplied(&self, field: usize) -> bool;

    /// Takes back field number `field`.
    fn forget(&mut self, field: usize);

    /// Runs the validators of the fields that have a value.
    ///
    /// # Errors
    /// 503 when a validator asks a database that is away.
    fn check(&mut self, mode: Mode, cx: &mut Context, errors: &mut FieldErrors) -> Result<()>;

    /// Looks up the related rows that a batch of inputs names, one query for each related field.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn resolve(batch: &mut [Draft<Self>], cx: &mut Context) -> Result<()>;

    /// Whether rows of relations are written with the row.
    const NESTS: bool = false;

    /// How many such rows it has, with those that are nested in them.
    fn nested_rows(&self) -> usize {
        0
    }

    /// Checks what a batch of inputs says of such rows.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn check_nested(
        _batch: &mut [Draft<Self>],
        _instances: &[Option<&Self::Model>],
        _mode: Mode,
        _cx: &mut Context,
    ) -> Result<()> {
        Ok(())
    }

    /// Writes such rows of a batch: called before the rows of the batch are written, and again
    /// behind that.
    ///
    /// # Errors
    /// What is wrong with rows of the batch; the outer error is of none by its place.
    fn save_nested(
        _batch: &mut [Parent<'_, Self>],
        _cx: &mut Context,
    ) -> Result<Result<(), RowErrors>> {
        Ok(Ok(()))
    }

    /// What the input writes, defaults included.
    ///
    /// # Errors
    /// What a default's function returns.
    fn writes(&self, mode: Mode, cx: &mut Context) -> Result<Writes<Self::Model>>;

    /// The object as a whole.
    ///
    /// # Errors
    /// What is wrong with it.
    fn validate(attrs: &Attrs<'_, Self>, cx: &mut Context) -> Result<()>;
}

/// A serializer that reads input.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer that reads input",
    note = "add `#[serializer(model = …)]` to the struct, without `read_only`"
)]
pub trait WriteSerializer: Send + Sync + 'static {
    /// The input that it reads.
    type Input: Input;
}

/// A serializer as others nest it. One that reads nothing has a stand-in for its input, so that
/// what nests it for writing is told so once, and not wherever the input is named.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer that reads input",
    note = "add `#[serializer(model = …)]` to the struct"
)]
pub trait Nestable {
    /// The input that it reads.
    type Input: Input;
    /// Whether it reads any.
    const READS: bool;
}

impl<S: WriteSerializer> Nestable for S {
    type Input = S::Input;
    const READS: bool = true;
}

/// A serializer that shows rows and reads input.
pub trait ModelSerializer:
    Representation + WriteSerializer<Input: Input<Model = <Self as Representation>::Model>>
{
}

impl<S> ModelSerializer for S where
    S: Representation + WriteSerializer<Input: Input<Model = <S as Representation>::Model>>
{
}
