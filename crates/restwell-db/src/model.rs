//! Models: what `#[derive(Model)]` says about a table.

mod meta;

use std::fmt::Display;
use std::hash::Hash;

use diesel::deserialize;
use restwell_core::Key;

pub use meta::{
    ColumnMeta, ColumnSet, KeyKind, ModelMeta, OnDelete, RelationKind, RelationMeta, Stamps, Unique,
};

use crate::{ColumnValue, Context, Q, QuerySet, RowReader, Value};

/// A struct whose fields are the columns of a table.
///
/// `#[derive(Model)]` implements it, over a `table!` that stays as the diesel CLI made it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "add `#[derive(Model)]` and `#[model(table = …)]` to the struct"
)]
pub trait Model: Clone + Send + Sync + Sized + 'static {
    /// The type of the primary key.
    type Pk: PrimaryKey;

    /// The table, as `table!` makes it.
    type Table;

    /// The table and its columns.
    const META: &'static ModelMeta;

    /// Reads the columns of a row, in the order of the fields.
    ///
    /// # Errors
    /// When the database sent something that does not fit the fields.
    fn from_row(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<Self>;

    /// The primary key.
    fn pk(&self) -> Self::Pk;

    /// The value of the column with this number.
    fn value(&self, column: usize) -> Value;

    /// The rows that the principal of `cx` may know of, wherever they are asked for: lists and
    /// details, parents of nested routes, targets of relations in a body.
    ///
    /// `#[model(scope = function)]` sets it; without it every row is visible.
    fn scope(_cx: &Context) -> Q<Self> {
        Q::all()
    }

    /// The rows that are not deleted.
    fn objects() -> QuerySet<Self> {
        QuerySet::live()
    }

    /// The key of the row in the form in which keys of all models meet.
    fn key(&self) -> Key {
        self.pk().into()
    }
}

/// A type that a primary key can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a primary key",
    note = "use Uuid, i64, i32 or String"
)]
pub trait PrimaryKey: ColumnValue<Inner = Self> + Clone + Display + Eq + Hash + Into<Key> {
    /// How a missing key of a new row is made.
    const KEY: KeyKind;
}

impl PrimaryKey for i32 {
    const KEY: KeyKind = KeyKind::Database;
}

impl PrimaryKey for i64 {
    const KEY: KeyKind = KeyKind::Database;
}

impl PrimaryKey for uuid::Uuid {
    const KEY: KeyKind = KeyKind::UuidV7;
}

impl PrimaryKey for String {
    const KEY: KeyKind = KeyKind::Given;
}
