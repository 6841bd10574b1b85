use std::collections::{HashMap, HashSet};
use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use restwell_core::{ErrorBudget, FieldErrors, Key, Patch, Path, Result};
use restwell_db::relation::find_targets_by;
use restwell_db::{ColumnMeta, Context, Guard, Kind, Model, Value};
use uuid::Uuid;

use super::field::{InputField, Invalid, Scalar};
use super::list::MOST_ERRORS;
use super::number::{Integer, integer};
use super::{Draft, Input};
use crate::{FieldKind, FieldMeta, messages};

/// A row of `T`, named by its primary key: DRF's `PrimaryKeyRelatedField`.
pub struct RelatedKey<T> {
    /// `None` for what could not be read.
    key: Option<Key>,
    model: PhantomData<fn() -> T>,
}

/// A row of `T`, named by the text in its column number `COLUMN`: DRF's `SlugRelatedField`.
pub struct RelatedSlug<T, const COLUMN: usize> {
    /// `None` for what could not be read.
    slug: Option<String>,
    key: Option<Key>,
    model: PhantomData<fn() -> T>,
}

/// The name of another row, which is looked up with those of the whole batch.
pub trait Resolve: InputField {
    /// The other model.
    type Model: Model;

    /// The column that names the row.
    fn column() -> &'static ColumnMeta;

    /// The value that names the row, and the same as text. `None` for what could not be read,
    /// which has been reported.
    fn name(&self) -> Option<(String, Value)>;

    /// Takes the key of the row that was found.
    fn found(&mut self, key: Key);

    /// The key of the row, once it is found.
    fn key(&self) -> Option<&Key>;

    /// What to say when there is no row of this name.
    fn missing(name: &str) -> Invalid;
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

impl<T: Model> InputField for RelatedKey<T> {
    const KIND: FieldKind = FieldKind::Related;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let found = scalar.type_name();
        let key = match (T::META.pk().kind, scalar) {
            (Kind::BigInt, scalar) => integer_key(scalar, i64::MIN..=i64::MAX)?,
            (Kind::Integer, scalar) => integer_key(scalar, i32::MIN.into()..=i32::MAX.into())?,
            (Kind::Uuid, Scalar::Text(text)) => Uuid::parse_str(text.trim()).ok().map(Key::Uuid),
            (Kind::Text, Scalar::Text(text)) if !text.contains('\0') => {
                Some(Key::Text(text.into_owned()))
            }
            _ => None,
        };
        let model = PhantomData;
        match key {
            Some(_) => Ok(Self { key, model }),
            None => Err(incorrect_type(found)),
        }
    }

    fn unreadable() -> Option<Self> {
        let model = PhantomData;
        Some(Self { key: None, model })
    }

    fn is_null(scalar: &Scalar<'_>, _: &FieldMeta) -> bool {
        is_empty(scalar)
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

    fn name(&self) -> Option<(String, Value)> {
        self.key.as_ref().map(|key| (key.to_string(), key.into()))
    }

    fn found(&mut self, _: Key) {}

    fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    fn missing(name: &str) -> Invalid {
        missing_key(name)
    }
}

/// The key that a scalar stands for; `None` for one of the wrong type. An integer that the column
/// cannot hold is the key of no row.
fn integer_key(scalar: Scalar<'_>, range: RangeInclusive<i64>) -> Result<Option<Key>, Invalid> {
    let text = match &scalar {
        Scalar::Float(number) => number.to_string(),
        Scalar::BigInt(number) => number.to_string(),
        Scalar::Text(text) => text.trim().to_owned(),
        Scalar::Int(_) | Scalar::Bool(_) => String::new(),
    };
    match integer(scalar) {
        Ok(Integer::Exact(key)) if range.contains(&key) => Ok(Some(Key::Int(key))),
        Ok(Integer::Exact(key)) => Err(missing_key(&key.to_string())),
        Ok(Integer::Above | Integer::Below) => Err(missing_key(&text)),
        Err(_) => Ok(None),
    }
}

/// DRF takes an empty text for null, as forms send it.
fn is_empty(scalar: &Scalar<'_>) -> bool {
    matches!(scalar, Scalar::Text(text) if text.is_empty())
}

fn incorrect_type(found: &str) -> Invalid {
    let message = format!("Incorrect type. Expected pk value, received {found}.");
    Invalid::new("incorrect_type", message)
}

pub(super) fn missing_key(key: &str) -> Invalid {
    Invalid::new(
        "does_not_exist",
        format!("Invalid pk \"{key}\" - object does not exist."),
    )
}

impl<T: Model, const COLUMN: usize> InputField for RelatedSlug<T, COLUMN> {
    const KIND: FieldKind = FieldKind::Related;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        const LONGEST: usize = 1_000;
        let slug = match scalar {
            Scalar::Text(slug) => slug.into_owned(),
            Scalar::Int(number) => number.to_string(),
            Scalar::BigInt(number) => number.to_string(),
            Scalar::Float(_) | Scalar::Bool(_) => return Err("Invalid value.".into()),
        };
        if slug.contains('\0') {
            return Err(messages::NULL_CHARACTERS.into());
        }
        if slug.len() > LONGEST {
            return Err("Invalid value.".into());
        }
        Ok(Self {
            slug: Some(slug),
            key: None,
            model: PhantomData,
        })
    }

    fn unreadable() -> Option<Self> {
        Some(Self {
            slug: None,
            key: None,
            model: PhantomData,
        })
    }

    fn is_null(scalar: &Scalar<'_>, _: &FieldMeta) -> bool {
        is_empty(scalar)
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

    fn name(&self) -> Option<(String, Value)> {
        let slug = self.slug.clone()?;
        Some((slug.clone(), Value::Text(slug)))
    }

    fn found(&mut self, key: Key) {
        self.key = Some(key);
    }

    fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    fn missing(name: &str) -> Invalid {
        let column = Self::column().name;
        let message = format!("Object with {column}={name} does not exist.");
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

/// Looks up the rows that the field `name` of a whole batch names, with one query. Those that
/// `rule` does not let the principal retrieve are as absent as others. For generated code.
///
/// # Errors
/// 503 when the database is away.
#[doc(hidden)]
pub fn resolve_field<I: Input, V: RelatedValues>(
    batch: &mut [Draft<I>],
    name: &'static str,
    field: fn(&mut I) -> &mut Patch<V>,
    rule: Option<&dyn Guard<<V::Item as Resolve>::Model>>,
    cx: &mut Context,
) -> Result<()> {
    let mut wanted: HashMap<String, Value> = HashMap::new();
    for draft in batch.iter_mut() {
        if let Patch::Value(values) = field(&mut draft.input) {
            let items = values.items().into_iter();
            wanted.extend(items.filter_map(|(_, item)| item.name()));
        }
    }
    let column = V::Item::column();
    let values = wanted.into_values().collect();
    let found = find_targets_by(cx, column, values, rule)?;
    let mut budget = ErrorBudget::new();
    for draft in batch {
        let Patch::Value(values) = field(&mut draft.input) else {
            continue;
        };
        let mut missing = 0;
        for (index, item) in values.items() {
            let Some((text, _)) = item.name() else {
                continue;
            };
            match found.get(&text) {
                Some(key) => item.found(key.clone()),
                None if missing == MOST_ERRORS => {}
                None => {
                    missing += 1;
                    let why = V::Item::missing(&text);
                    note_missing(&mut draft.errors, name, index, why);
                }
            }
        }
        budget.charge(&mut draft.errors);
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
