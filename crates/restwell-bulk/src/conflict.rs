use std::marker::PhantomData;

use restwell_core::{Error, Request, Result};
use restwell_db::model::Unique;
use restwell_db::{ColumnMeta, ColumnSet, Field, Model};

use crate::preferences::once;

/// The parameter that asks for an upsert.
pub(crate) const ON_CONFLICT: &str = "on_conflict";

/// What becomes of rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// They are changed.
    Update,
    /// They stay as they are.
    Ignore,
}

impl Existing {
    /// What the request says of them, if it asks for an upsert.
    ///
    /// # Errors
    /// 400 when the parameter has another value, or stands twice.
    pub(crate) fn of(request: &Request) -> Result<Option<Self>> {
        match once(request, ON_CONFLICT)? {
            None => Ok(None),
            Some("update") => Ok(Some(Self::Update)),
            Some("ignore") => Ok(Some(Self::Ignore)),
            Some(_) => Err(Error::field(
                ON_CONFLICT,
                "invalid",
                "Must be update or ignore.",
            )),
        }
    }
}

/// Which rows an upsert takes for the same, and what it may change in those that are there.
///
/// ```text
/// Bulk::new(1_000).upsert(OnConflict::of(Tag::F.name).update(Tag::F.color))
/// ```
#[must_use]
pub struct OnConflict<M> {
    columns: Vec<&'static ColumnMeta>,
    update: Option<ColumnSet>,
    model: PhantomData<fn() -> M>,
}

impl<M> std::fmt::Debug for OnConflict<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.columns.iter().map(|column| column.name);
        f.debug_list().entries(columns).finish()
    }
}

impl<M> Clone for OnConflict<M> {
    fn clone(&self) -> Self {
        Self {
            columns: self.columns.clone(),
            update: self.update,
            model: PhantomData,
        }
    }
}

impl<M: Model> OnConflict<M> {
    /// Rows that have the same value in `field`.
    pub fn of<T>(field: Field<M, T>) -> Self {
        Self {
            columns: vec![field.column()],
            update: None,
            model: PhantomData,
        }
    }

    /// Rows that have the same value in `field` too.
    pub fn and<T>(mut self, field: Field<M, T>) -> Self {
        self.columns.push(field.column());
        self
    }

    /// Changes `field` of rows that are there; called again, that field too. By default all is
    /// changed that a row of the request brings.
    pub fn update<T>(mut self, field: Field<M, T>) -> Self {
        let columns = self.update.unwrap_or(ColumnSet::NONE);
        self.update = Some(columns.with(field.column().index));
        self
    }

    /// The columns that may be changed, where not all may.
    pub(crate) fn updated(&self) -> Option<ColumnSet> {
        self.update
    }

    /// The constraint that the model declares of these columns.
    pub(crate) fn unique(&self) -> Option<&'static Unique> {
        let unique: &'static [Unique] = M::META.unique;
        let own: ColumnSet = self.columns.iter().map(|column| column.index).collect();
        unique
            .iter()
            .find(|unique| unique.columns.iter().copied().collect::<ColumnSet>() == own)
    }
}
