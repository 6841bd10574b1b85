use std::fmt;

use restwell_core::Result;
use restwell_db::__private::Handles;
use restwell_db::relation::{Related, ToMany, ToOne};
use restwell_db::{ColumnSet, ColumnValue, Context, Field, Model, Value};

use crate::{Mask, Representation, ToRepresentation};

/// The rows of a relation to at most one row, ready to be shown by `R`.
pub struct NestedOne<R: Representation> {
    related: Related<R::Model, Option<usize>>,
    loaded: Option<R::Loaded>,
    mask: Mask,
}

/// The rows of a relation to many rows, ready to be shown by `R`.
pub struct NestedMany<R: Representation> {
    related: Related<R::Model, Vec<usize>>,
    loaded: Option<R::Loaded>,
    mask: Mask,
}

/// How many rows a relation leads to, for each row of a batch.
#[derive(Debug)]
pub struct Counts(Vec<i64>);

impl<R: Representation> fmt::Debug for NestedOne<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestedOne")
            .field("rows", &self.related.targets.len())
            .finish()
    }
}

impl<R: Representation> fmt::Debug for NestedMany<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestedMany")
            .field("rows", &self.related.targets.len())
            .finish()
    }
}

impl<R: Representation> NestedOne<R> {
    /// Reads the other row of each of `rows`, where the field is `wanted`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn load<M>(
        relation: impl ToOne<M, Target = R::Model>,
        rows: &[M],
        wanted: bool,
        cx: &mut Context,
    ) -> Result<Self> {
        if !wanted {
            let related = Related {
                targets: Vec::new(),
                positions: Vec::new(),
            };
            return Ok(Self {
                related,
                loaded: None,
                mask: Mask::ALL,
            });
        }
        let mask = R::visible(None, cx)?;
        let related = relation.one(rows, R::columns(mask), cx)?;
        let loaded = Some(R::load(&related.targets, mask, cx)?);
        Ok(Self {
            related,
            loaded,
            mask,
        })
    }

    /// Appends the other row of row number `at`, or null.
    pub fn write(&self, at: usize, cx: &Context, out: &mut Vec<u8>) {
        let place = self.related.positions.get(at).copied().flatten();
        match (place, &self.loaded) {
            (Some(place), Some(loaded)) => {
                R::write(
                    &self.related.targets[place],
                    place,
                    loaded,
                    self.mask,
                    cx,
                    out,
                );
            }
            _ => out.extend_from_slice(b"null"),
        }
    }

    /// The other row of row number `at`.
    pub fn get(&self, at: usize) -> Option<&R::Model> {
        let place = self.related.positions.get(at).copied().flatten()?;
        self.related.targets.get(place)
    }
}

impl<R: Representation> NestedMany<R> {
    /// Reads the other rows of each of `rows`, where the field is `wanted`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn load<M>(
        relation: impl ToMany<M, Target = R::Model>,
        rows: &[M],
        wanted: bool,
        cx: &mut Context,
    ) -> Result<Self> {
        if !wanted {
            let related = Related {
                targets: Vec::new(),
                positions: Vec::new(),
            };
            return Ok(Self {
                related,
                loaded: None,
                mask: Mask::ALL,
            });
        }
        let mask = R::visible(None, cx)?;
        let related = relation.many(rows, R::columns(mask), cx)?;
        let loaded = Some(R::load(&related.targets, mask, cx)?);
        Ok(Self {
            related,
            loaded,
            mask,
        })
    }

    /// Appends the other rows of row number `at` as a list.
    pub fn write(&self, at: usize, cx: &Context, out: &mut Vec<u8>) {
        out.push(b'[');
        if let (Some(places), Some(loaded)) = (self.related.positions.get(at), &self.loaded) {
            for (i, place) in places.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                R::write(
                    &self.related.targets[*place],
                    *place,
                    loaded,
                    self.mask,
                    cx,
                    out,
                );
            }
        }
        out.push(b']');
    }
}

/// The value of one column of the row that a relation leads to, for each row of a batch.
#[derive(Debug)]
pub struct Through(Vec<Option<Value>>);

/// Finds the handle of one column among those of a model.
pub(crate) type Pick<M, T> = fn(<M as Handles>::Fields) -> Field<M, T>;

impl Through {
    /// Reads the value of `field` of the other row of each of `rows`, where it is `wanted`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn load<M, R, T, U>(
        relation: R,
        field: Pick<R::Target, T>,
        rows: &[M],
        wanted: bool,
        cx: &mut Context,
    ) -> Result<Self>
    where
        R: ToOne<M, Target: Handles>,
        T: ColumnValue<Inner = U>,
    {
        if !wanted {
            return Ok(Self(Vec::new()));
        }
        let column = field(<R::Target as Handles>::FIELDS).column().index;
        let related = relation.one(rows, ColumnSet::of(&[column]), cx)?;
        let values = related
            .positions
            .iter()
            .map(|place| Some(related.targets.get((*place)?)?.value(column)))
            .collect();
        Ok(Self(values))
    }

    /// Appends the value of row number `at`, or null.
    pub fn write(&self, at: usize, out: &mut Vec<u8>) {
        self.0.get(at).and_then(Option::as_ref).write(out);
    }
}

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
