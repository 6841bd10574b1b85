//! Types that must be the same, with words for when they are not.

use std::sync::Arc;

use restwell_db::Field;
use restwell_db::relation::Related;

/// A model that is `T`.
#[diagnostic::on_unimplemented(
    message = "the relation leads to rows of `{Self}`, and the field is about rows of `{T}`",
    label = "this is about rows of `{T}`",
    note = "give the field the model `{Self}` or a serializer of it, or name another relation"
)]
pub trait Is<T>: Sized {
    /// The same rows.
    fn same<P>(related: Arc<Related<Self, P>>) -> Arc<Related<T, P>>;
}

impl<T> Is<T> for T {
    fn same<P>(related: Arc<Related<Self, P>>) -> Arc<Related<T, P>> {
        related
    }
}

/// The type of a column that a field of type `T` shows and writes: `T`.
#[diagnostic::on_unimplemented(
    message = "the column is a `{Self}`, and the field a `{T}`",
    label = "the column is a `{Self}`",
    note = "give the field the type of the model's field, or show something else by `method`"
)]
pub trait ShownAs<T> {}

impl<T> ShownAs<T> for T {}

/// A column, as the field of a serializer that has its type.
pub const fn column_as<M, T, C: ShownAs<T>>(field: Field<M, C>) -> Field<M, T> {
    Field::new(field.column())
}
