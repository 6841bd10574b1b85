use std::collections::{HashMap, HashSet};
use std::fmt;
use std::marker::PhantomData;

use restwell_core::{FieldErrors, Key, Patch, Path, Result};
use restwell_db::relation::find_targets_by;
use restwell_db::{ColumnMeta, Context, Kind, Model, Value};
use uuid::Uuid;

use super::field::{InputField, Invalid, Scalar};
use super::list::MOST_ERRORS;
use super::{Draft, Input};
use crate::{FieldKind, FieldMeta, messages};

/// A row of `T`, named by its primary key: DRF's `PrimaryKeyRelatedField`.
pub struct RelatedKey<T> {
    key: Key,
    model: PhantomData<fn() -> T>,
}

/// A row of `T`, named by the text in its column number `COLUMN`: DRF's `SlugRelatedField`.
pub struct RelatedSlug<T, const COLUMN: usize> {
    slug: String,
    key: Option<Key>,
    model: PhantomData<fn() -> T>,
}

/// The name of another row, which is looked up with those of the whole batch.
pub trait Resolve: InputField {
    /// The other model.
    type Model: Model;

    /// The column that names the row.
    fn column() -> &'static ColumnMeta;

    /// The value that names the row.
    fn value(&self) -> Value;

    /// The value as text.
    fn text(&self) -> String;

    /// Takes the key of the row that was found.
    fn found(&mut self, key: Key);

    /// The key of the row, once it is found.
    fn key(&self) -> Option<&Key>;

    /// What to say when there is no such row.
    fn missing(&self) -> Invalid;
}

impl<T> fmt::Debug for RelatedKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

impl<T, const COLUMN: usize> fmt::Debug for RelatedSlug<T, COLUMN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.slug.fmt(f)
    }
}

impl<T> RelatedKey<T> {
    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }
}

impl<T: Model> InputField for RelatedKey<T> {
    const KIND: FieldKind = FieldKind::Related;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let key = match (&scalar, T::META.pk().kind) {
            (Scalar::Int(key), Kind::BigInt | Kind::Integer) => Some(Key::Int(*key)),
            (Scalar::BigInt(key), Kind::BigInt | Kind::Integer) => {
                return Err(missing_key(&key.to_string()));
            }
            (Scalar::Float(key), Kind::BigInt | Kind::Integer) if key.fract() == 0.0 => {
                return Err(missing_key(&key.to_string()));
            }
            (Scalar::Text(text), Kind::BigInt | Kind::Integer) => {
                text.trim().parse().ok().map(Key::Int)
            }
            (Scalar::Text(text), Kind::Uuid) => Uuid::parse_str(text.trim()).ok().map(Key::Uuid),
            (Scalar::Text(text), Kind::Text) if !text.contains('\0') => {
                Some(Key::Text(text.to_string()))
            }
            _ => None,
        };
        match key {
            Some(Key::Int(key))
                if T::META.pk().kind == Kind::Integer && i32::try_from(key).is_err() =>
            {
                Err(missing_key(&key.to_string()))
            }
            Some(key) => Ok(Self {
                key,
                model: PhantomData,
            }),
            None => Err(incorrect_type(scalar.type_name())),
        }
    }

    fn not_a_scalar(found: &'static str) -> Invalid {
        incorrect_type(found)
    }
}

impl<T: Model> Resolve for RelatedKey<T> {
    type Model = T;

    fn column() -> &'static ColumnMeta {
        &T::META.columns[T::META.primary_key]
    }

    fn value(&self) -> Value {
        Value::from(&self.key)
    }

    fn text(&self) -> String {
        self.key.to_string()
    }

    fn found(&mut self, _: Key) {}

    fn key(&self) -> Option<&Key> {
        Some(&self.key)
    }

    fn missing(&self) -> Invalid {
        missing_key(&self.key.to_string())
    }
}

fn incorrect_type(found: &str) -> Invalid {
    let message = format!("Incorrect type. Expected pk value, received {found}.");
    Invalid::new("incorrect_type", message)
}

fn missing_key(key: &str) -> Invalid {
    Invalid::new(
        "does_not_exist",
        format!("Invalid pk \"{key}\" - object does not exist."),
    )
}

impl<T: Model, const COLUMN: usize> InputField for RelatedSlug<T, COLUMN> {
    const KIND: FieldKind = FieldKind::Related;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        const LONGEST: usize = 1_000;
        match scalar {
            Scalar::Text(slug) if slug.contains('\0') => Err(messages::NULL_CHARACTERS.into()),
            Scalar::Text(slug) if slug.len() <= LONGEST => Ok(Self {
                slug: slug.into_owned(),
                key: None,
                model: PhantomData,
            }),
            _ => Err("Invalid value.".into()),
        }
    }

    fn not_a_scalar(_: &'static str) -> Invalid {
        "Invalid value.".into()
    }
}

impl<T: Model, const COLUMN: usize> Resolve for RelatedSlug<T, COLUMN> {
    type Model = T;

    fn column() -> &'static ColumnMeta {
        &T::META.columns[COLUMN]
    }

    fn value(&self) -> Value {
        Value::Text(self.slug.clone())
    }

    fn text(&self) -> String {
        self.slug.clone()
    }

    fn found(&mut self, key: Key) {
        self.key = Some(key);
    }

    fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    fn missing(&self) -> Invalid {
        let message = format!(
            "Object with {}={} does not exist.",
            Self::column().name,
            self.slug
        );
        Invalid::new("does_not_exist", message)
    }
}

/// The values of a related field: one or a list.
pub trait RelatedValues {
    /// How each names its row.
    type Item: Resolve;

    /// The values, each with its index in a list.
    fn items(&mut self) -> Vec<(Option<usize>, &mut Self::Item)>;
}

impl<R: Resolve> RelatedValues for R {
    type Item = R;

    fn items(&mut self) -> Vec<(Option<usize>, &mut R)> {
        vec![(None, self)]
    }
}

impl<R: Resolve> RelatedValues for Vec<R> {
    type Item = R;

    fn items(&mut self) -> Vec<(Option<usize>, &mut R)> {
        self.iter_mut()
            .enumerate()
            .map(|(index, item)| (Some(index), item))
            .collect()
    }
}

/// Looks up the rows that the field `name` of a whole batch names, with one query; for generated
/// code.
///
/// # Errors
/// 503 when the database is away.
#[doc(hidden)]
pub fn resolve_field<I: Input, V: RelatedValues>(
    batch: &mut [Draft<I>],
    name: &'static str,
    field: fn(&mut I) -> &mut Patch<V>,
    cx: &mut Context,
) -> Result<()> {
    let mut wanted: HashMap<String, Value> = HashMap::new();
    for draft in batch.iter_mut() {
        if let Patch::Value(values) = field(&mut draft.input) {
            wanted.extend(
                values
                    .items()
                    .into_iter()
                    .map(|(_, item)| (item.text(), item.value())),
            );
        }
    }
    let column = V::Item::column();
    let values = wanted.into_values().collect();
    let found = find_targets_by::<<V::Item as Resolve>::Model>(cx, column, values)?;
    for draft in batch {
        let Patch::Value(values) = field(&mut draft.input) else {
            continue;
        };
        let mut missing = 0;
        for (index, item) in values.items() {
            match found.get(&item.text()) {
                Some(key) => item.found(key.clone()),
                None if missing == MOST_ERRORS => {}
                None => {
                    missing += 1;
                    note_missing(&mut draft.errors, name, index, item.missing());
                }
            }
        }
    }
    Ok(())
}

fn note_missing(errors: &mut FieldErrors, name: &'static str, index: Option<usize>, why: Invalid) {
    let path = match index {
        Some(index) => Path::from(name).join(index),
        None => Path::from(name),
    };
    errors.add(path, why.code, why.message);
}

/// The keys of the rows that a list names, each once; for generated code.
#[doc(hidden)]
pub fn found_keys<R: Resolve>(items: &[R]) -> Vec<Key> {
    let mut seen = HashSet::with_capacity(items.len());
    items
        .iter()
        .filter_map(Resolve::key)
        .filter(|key| seen.insert(*key))
        .cloned()
        .collect()
}
