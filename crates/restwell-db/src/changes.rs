//! What a write changes.

use std::fmt;
use std::marker::PhantomData;

use crate::field::IntoField;
use crate::{ColumnMeta, ColumnValue, Field, Model, Value};

/// New values for some columns of a row: the one input of inserts and updates.
///
/// ```text
/// let changes = Changes::new().with(Post::F.title, "Hello").with(Post::F.views, 0);
/// ```
pub struct Changes<M> {
    values: Vec<(&'static ColumnMeta, Value)>,
    model: PhantomData<fn() -> M>,
}

impl<M> Default for Changes<M> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            model: PhantomData,
        }
    }
}

impl<M> Clone for Changes<M> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Changes<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (column, value) in &self.values {
            if column.sensitive {
                map.entry(&column.name, &"…");
            } else {
                map.entry(&column.name, value);
            }
        }
        map.finish()
    }
}

impl<M: Model> Changes<M> {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `field` to `value`, in place of an earlier value.
    pub fn set<T: ColumnValue>(&mut self, field: Field<M, T>, value: impl IntoField<T>) {
        self.set_value(field.column(), value.into_field().into_value());
    }

    /// Like [`set`](Self::set), for chains.
    #[must_use]
    pub fn with<T: ColumnValue>(mut self, field: Field<M, T>, value: impl IntoField<T>) -> Self {
        self.set(field, value);
        self
    }

    /// Sets a column of `M` without the help of its type.
    pub fn set_value(&mut self, column: &'static ColumnMeta, value: Value) {
        match self
            .values
            .iter_mut()
            .find(|(own, _)| own.index == column.index)
        {
            Some((_, old)) => *old = value,
            None => self.values.push((column, value)),
        }
    }

    /// The new value of `field`, if it changes.
    pub fn get<T: ColumnValue>(&self, field: Field<M, T>) -> Option<T> {
        self.get_value(field.column().index)
            .and_then(|value| T::from_value(value.clone()))
    }

    /// Whether `field` changes.
    pub fn contains<T>(&self, field: Field<M, T>) -> bool {
        self.get_value(field.column().index).is_some()
    }

    /// Takes `field` out of the change.
    pub fn remove<T>(&mut self, field: Field<M, T>) {
        self.values
            .retain(|(own, _)| own.index != field.column().index);
    }

    /// The new value of the column with this number.
    pub fn get_value(&self, column: usize) -> Option<&Value> {
        self.values
            .iter()
            .find(|(own, _)| own.index == column)
            .map(|(_, value)| value)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The columns that change and what they become.
    pub fn iter(&self) -> impl Iterator<Item = (&'static ColumnMeta, &Value)> {
        self.values.iter().map(|(column, value)| (*column, value))
    }

    pub(crate) fn into_values(self) -> Vec<(&'static ColumnMeta, Value)> {
        self.values
    }
}
