use std::fmt;
use std::sync::Arc;

use restwell_core::Result;
use restwell_db::__private::Handles;
use restwell_db::relation::{Related, ToMany, ToOne};
use restwell_db::{ColumnSet, ColumnValue, Context, Field, Model, Value};

use super::{Is, ShownAs};
use crate::{Mask, Representation, ToRepresentation};

/// The other rows of a relation, read once for all fields that show them; none where no field is
/// wanted.
pub struct Shared<T, P>(Option<Arc<Related<T, P>>>);

impl<T, P> fmt::Debug for Shared<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.as_ref().map(|related| related.targets.len());
        f.debug_struct("Shared").field("rows", &rows).finish()
    }
}

/// The columns that fields need, of those fields that are wanted.
fn all(needs: &[Option<ColumnSet>]) -> Option<ColumnSet> {
    needs.iter().flatten().copied().reduce(ColumnSet::union)
}

impl<T: Model> Shared<T, Option<usize>> {
    /// Reads the other row of each of `rows`, with what each field `needs` of it.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn one<M>(
        relation: impl ToOne<M, Target = T>,
        rows: &[M],
        needs: &[Option<ColumnSet>],
        cx: &mut Context,
    ) -> Result<Self> {
        let related = all(needs).map(|columns| relation.one(rows, columns, cx));
        Ok(Self(related.transpose()?.map(Arc::new)))
    }
}

impl<T: Model> Shared<T, Vec<usize>> {
    /// Reads the other rows of each of `rows`, with what each field `needs` of them.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn many<M>(
        relation: impl ToMany<M, Target = T>,
        rows: &[M],
        needs: &[Option<ColumnSet>],
        cx: &mut Context,
    ) -> Result<Self> {
        let related = all(needs).map(|columns| relation.many(rows, columns, cx));
        Ok(Self(related.transpose()?.map(Arc::new)))
    }
}

/// The rows of a relation, ready to be shown by `R`; nothing where the field is not wanted.
pub struct Nested<R: Representation, P>(Option<Shown<R, P>>);

struct Shown<R: Representation, P> {
    related: Arc<Related<R::Model, P>>,
    loaded: R::Loaded,
    mask: Mask,
}

/// The rows of a relation to at most one row.
pub type NestedOne<R> = Nested<R, Option<usize>>;

/// The rows of a relation to many rows.
pub type NestedMany<R> = Nested<R, Vec<usize>>;

impl<R: Representation, P> fmt::Debug for Nested<R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.as_ref().map(|shown| shown.related.targets.len());
        f.debug_struct("Nested").field("rows", &rows).finish()
    }
}

impl<R: Representation, P> Shown<R, P> {
    /// Appends row number `place` of the other rows.
    fn write(&self, place: usize, cx: &Context, out: &mut Vec<u8>) {
        let row = &self.related.targets[place];
        R::write(row, place, &self.loaded, self.mask, cx, out);
    }
}

impl<R: Representation, P> Nested<R, P> {
    /// The columns that showing the other rows needs, where the field is `wanted`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn needs(wanted: bool, cx: &mut Context) -> Result<Option<ColumnSet>> {
        wanted
            .then(|| R::visible(None, cx).map(R::columns))
            .transpose()
    }

    /// Makes the other rows ready, where the field is `wanted`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn load<T: Is<R::Model>>(
        related: &Shared<T, P>,
        wanted: bool,
        cx: &mut Context,
    ) -> Result<Self> {
        let Some(related) = related.0.clone().filter(|_| wanted).map(T::same) else {
            return Ok(Self(None));
        };
        let mask = R::visible(None, cx)?;
        let loaded = R::load(&related.targets, mask, cx)?;
        Ok(Self(Some(Shown {
            related,
            loaded,
            mask,
        })))
    }
}

impl<R: Representation> NestedOne<R> {
    /// Appends the other row of row number `at`, or null.
    pub fn write(&self, at: usize, cx: &Context, out: &mut Vec<u8>) {
        let shown = self.0.as_ref().and_then(|shown| {
            let place = shown.related.positions.get(at).copied().flatten()?;
            Some((shown, place))
        });
        match shown {
            Some((shown, place)) => shown.write(place, cx, out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<R: Representation> NestedMany<R> {
    /// Appends the other rows of row number `at` as a list.
    pub fn write(&self, at: usize, cx: &Context, out: &mut Vec<u8>) {
        out.push(b'[');
        if let Some(shown) = &self.0 {
            let places = shown.related.positions.get(at).into_iter().flatten();
            for (i, place) in places.enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                shown.write(*place, cx, out);
            }
        }
        out.push(b']');
    }
}

/// Finds the handle of one column among those of a model.
pub(crate) type Pick<M, T> = fn(<M as Handles>::Fields) -> Field<M, T>;

/// The value of one column of the row that a relation leads to, for each row of a batch.
#[derive(Debug)]
pub struct Through(Vec<Option<Value>>);

impl Through {
    /// The column of the other row, where the field is `wanted`.
    pub fn needs<M, R, T>(_: R, field: Pick<R::Target, T>, wanted: bool) -> Option<ColumnSet>
    where
        R: ToOne<M, Target: Handles>,
    {
        let column = field(<R::Target as Handles>::FIELDS).column().index;
        wanted.then(|| ColumnSet::of(&[column]))
    }

    /// Takes the value of `field` from the other row of each row, where it is `wanted`.
    pub fn load<M, T, U>(
        related: &Shared<M, Option<usize>>,
        field: Pick<M, T>,
        wanted: bool,
    ) -> Self
    where
        M: Model + Handles,
        T: ColumnValue<Inner: ShownAs<U>>,
    {
        let column = field(M::FIELDS).column().index;
        let Some(related) = related.0.as_ref().filter(|_| wanted) else {
            return Self(Vec::new());
        };
        let value = |place: &Option<usize>| Some(related.targets.get((*place)?)?.value(column));
        Self(related.positions.iter().map(value).collect())
    }

    /// Appends the value of row number `at`, or null.
    pub fn write(&self, at: usize, out: &mut Vec<u8>) {
        self.0.get(at).and_then(Option::as_ref).write(out);
    }
}

/// How many rows a relation leads to, for each row of a batch.
#[derive(Debug)]
pub struct Counts(Vec<i64>);

impl Counts {
    /// Counts the other rows of each of `rows`, where the field is `wanted`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn load<M>(
        relation: impl ToMany<M>,
        rows: &[M],
        wanted: bool,
        cx: &mut Context,
    ) -> Result<Self> {
        Ok(Self(if wanted {
            relation.counts(rows, cx)?
        } else {
            Vec::new()
        }))
    }

    /// Appends the number of other rows of row number `at`.
    pub fn write(&self, at: usize, out: &mut Vec<u8>) {
        self.0.get(at).copied().unwrap_or_default().write(out);
    }
}
