use restwell_core::{Error, Result};

use crate::predicate::{Comparison, Predicate};
use crate::{Context, Model, Q, Value};

/// A model with the block `slug`: `slug(source = title)`.
///
/// Whoever makes a row without a slug, in whatever way, has one made of the source by
/// [`slugify`](crate::slugify), with a number behind it where it is taken: one query for a batch of
/// any size, and another try where a row of the same moment was faster. A slug that is given stands,
/// and is refused where it is taken. A change of the source leaves the slug as it is: addresses
/// stay good.
///
/// The slug is unique: among the rows that are not deleted where the model is `soft_delete`, and
/// among all otherwise, unless the model declares a wider `unique` with it.
pub trait Slugged: Model {
    /// The slug of the row.
    fn slug(&self) -> &str;

    /// The row with this slug, among those that are not deleted and that the principal may know of.
    ///
    /// # Errors
    /// 404 when there is none; 503 when the database is away.
    fn find_by_slug(cx: &mut Context, slug: &str) -> Result<Self> {
        let Some(own) = Self::META.slug else {
            return Err(Error::internal("the model has no slug"));
        };
        let condition = Predicate::Compare {
            column: &Self::META.columns[own.column],
            comparison: Comparison::Eq,
            value: Value::Text(slug.to_owned()),
        };
        let rows = Self::objects().filter(Self::scope(cx));
        rows.filter(Q::from_predicate(condition)).get(cx)
    }
}
