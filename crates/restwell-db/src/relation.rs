//! Relations between models, read in batches: one query for a page, whatever its size.

mod belongs_to;
mod by_key;
mod condition;
mod has_many;
mod links;
mod many_to_many;
mod target;

use restwell_core::Result;

use crate::model::ColumnSet;
use crate::{Context, Model};

pub use belongs_to::BelongsTo;
pub use condition::Relation;
pub use has_many::{HasMany, HasOne};
pub use links::{LinkSets, add_links, set_links};
pub use many_to_many::ManyToMany;
pub use target::{find_targets, find_targets_by, retrievable};

/// The other rows of a relation, and which of them belongs to which row.
#[derive(Debug)]
pub struct Related<T, P> {
    /// The other rows, each once.
    pub targets: Vec<T>,
    /// For each row, in order, where its own are among `targets`.
    pub positions: Vec<P>,
}

/// A relation to at most one row of another model.
#[diagnostic::on_unimplemented(
    message = "the relation leads to many rows",
    label = "this relation leads to many rows",
    note = "give the field the type `Vec<…>`"
)]
pub trait ToOne<M> {
    /// The other model.
    type Target: Model;

    /// The columns of `M` that the relation reads.
    fn columns(&self) -> ColumnSet;

    /// The other row of each of `rows`, in one query.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn one(
        &self,
        rows: &[M],
        columns: ColumnSet,
        cx: &mut Context,
    ) -> Result<Related<Self::Target, Option<usize>>>;
}

/// A relation to any number of rows of another model.
#[diagnostic::on_unimplemented(
    message = "the relation leads to one row",
    label = "this relation leads to one row",
    note = "give the field the serializer's type without `Vec`, in an `Option` where there may be none"
)]
pub trait ToMany<M> {
    /// The other model.
    type Target: Model;

    /// The other rows of each of `rows`, in one query.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn many(
        &self,
        rows: &[M],
        columns: ColumnSet,
        cx: &mut Context,
    ) -> Result<Related<Self::Target, Vec<usize>>>;

    /// How many other rows each of `rows` has, in one query.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn counts(&self, rows: &[M], cx: &mut Context) -> Result<Vec<i64>>;
}
