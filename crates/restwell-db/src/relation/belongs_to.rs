use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Key, Result};

use super::by_key::ByKey;
use super::{Related, ToOne};
use crate::model::{ColumnSet, OnDelete, RelationKind};
use crate::queryset::by_keys;
use crate::{ColumnMeta, Context, Model, PrimaryKey};

/// The relation of a row of `M` to the row of `T` whose key is in one of its columns.
pub struct BelongsTo<M, T> {
    column: &'static ColumnMeta,
    models: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for BelongsTo<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for BelongsTo<M, T> {}

impl<M, T> fmt::Debug for BelongsTo<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BelongsTo({})", self.column.name)
    }
}

impl<M, T> BelongsTo<M, T> {
    /// The relation through the foreign key `column`; `#[derive(Model)]` calls it.
    #[doc(hidden)]
    pub const fn new(column: &'static ColumnMeta) -> Self {
        Self {
            column,
            models: PhantomData,
        }
    }

    /// The foreign key.
    pub const fn column(self) -> &'static ColumnMeta {
        self.column
    }

    /// Whether there are rows of `M` without one of `T`.
    #[doc(hidden)]
    pub const fn is_optional(self) -> bool {
        self.column.nullable
    }

    /// Whether each row of the other model belongs to one row alone.
    #[doc(hidden)]
    pub const fn is_owner(self) -> bool {
        false
    }

    /// Whether the rows can be there without each other.
    #[doc(hidden)]
    pub const fn can_release(self) -> bool {
        self.column.nullable
    }

    /// What the model's declaration says of the relation.
    #[doc(hidden)]
    pub const fn kind(self, on_delete: OnDelete) -> RelationKind {
        RelationKind::BelongsTo {
            column: self.column.index,
            on_delete,
        }
    }
}

impl<M: Model, T: Model> BelongsTo<M, T> {
    /// How the keys of the other model are told apart.
    pub fn target_key_kind(self) -> crate::model::KeyKind {
        <T::Pk as PrimaryKey>::KEY
    }
}

impl<M: Model, T: Model> ToOne<M> for BelongsTo<M, T> {
    type Target = T;

    fn columns(&self) -> ColumnSet {
        ColumnSet::of(&[self.column.index])
    }

    fn one(
        &self,
        rows: &[M],
        columns: ColumnSet,
        cx: &mut Context,
    ) -> Result<Related<T, Option<usize>>> {
        let keys: Vec<Option<Key>> = rows
            .iter()
            .map(|row| row.value(self.column.index).to_key())
            .collect();
        let mut wanted: Vec<&Key> = keys.iter().flatten().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let (mut targets, mut missing) = (Vec::new(), Vec::new());
        for key in wanted {
            match cx.rows().get::<T>(key) {
                Some(row) => targets.push(row),
                None => missing.push(key.clone()),
            }
        }
        if !missing.is_empty() {
            targets.extend(by_keys::<T>(cx, &missing, columns)?);
        }
        let places: ByKey<usize> = targets.iter().map(Model::key).zip(0..).collect();
        let positions = keys.iter().map(|key| places.get(key.as_ref()?)).collect();
        Ok(Related { targets, positions })
    }
}
