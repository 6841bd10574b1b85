//! Lists of rows, and the keys that name them.

use std::fmt;
use std::marker::PhantomData;

use restwell_core::{ErrorBudget, FieldErrors, Key, Path};
use restwell_db::Model;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::field::{Sink, drain_list, drain_object};
use super::nested::MOST_IN_BODY;
use super::{Draft, Input, InputField, RelatedKey, Resolve, Skipped};
use crate::{FieldKind, FieldMeta, messages};

/// The methods of a visitor that refuses every scalar but null by the name of its type.
macro_rules! refuse_scalars {
    () => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            self.refuse("bool")
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            self.refuse("int")
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            self.refuse("int")
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            self.refuse("float")
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            self.refuse("str")
        }
    };
}
pub(super) use refuse_scalars;

/// A row of a list.
pub(super) trait Element {
    /// How many rows of other serializers it has in it.
    fn nested_rows(&self) -> usize;

    /// Keeps of its errors as many as may be told.
    fn charge(&mut self, budget: &mut ErrorBudget);
}

impl<I: Input> Element for Draft<I> {
    fn nested_rows(&self) -> usize {
        Draft::nested_rows(self)
    }

    fn charge(&mut self, budget: &mut ErrorBudget) {
        Draft::charge(self, budget);
    }
}

impl<T> Element for Result<T, FieldErrors> {
    fn nested_rows(&self) -> usize {
        0
    }

    fn charge(&mut self, budget: &mut ErrorBudget) {
        if let Err(errors) = self {
            budget.charge(errors);
        }
    }
}

/// A list of at most `most` rows, each read with `seed`, or what is wrong with it as a whole. Of a
/// longer list no more rows are read: what is left of it must be JSON, and is passed over.
#[derive(Clone, Copy)]
pub(super) struct Rows<S> {
    pub(super) most: usize,
    pub(super) seed: S,
}

impl<S> Rows<S> {
    fn refuse<T, E>(self, found: &str) -> Result<Result<T, FieldErrors>, E> {
        let mut errors = FieldErrors::new();
        let message = format!("Expected a list of items but got type \"{found}\".");
        errors.add_non_field("not_a_list", message);
        Ok(Err(errors))
    }
}

impl<'de, S: DeserializeSeed<'de, Value: Element> + Copy> DeserializeSeed<'de> for Rows<S> {
    type Value = Result<Vec<S::Value>, FieldErrors>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, S: DeserializeSeed<'de, Value: Element> + Copy> Visitor<'de> for Rows<S> {
    type Value = Result<Vec<S::Value>, FieldErrors>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut errors = FieldErrors::new();
        let mut rows = Vec::new();
        let mut nested = 0;
        let mut budget = ErrorBudget::new();
        while rows.len() < self.most
            && nested <= MOST_IN_BODY
            && let Some(mut row) = list.next_element_seed(self.seed)?
        {
            row.charge(&mut budget);
            nested += row.nested_rows();
            rows.push(row);
        }
        let exceeded = if nested > MOST_IN_BODY {
            Some(format!("{MOST_IN_BODY} rows nested in its rows"))
        } else if rows.len() == self.most && list.next_element::<Skipped>()?.is_some() {
            Some(format!("{} rows", self.most))
        } else {
            None
        };
        if let Some(most) = exceeded {
            drain_list(list)?;
            let message = format!("Ensure this list has no more than {most}.");
            errors.add_non_field("max_length", message);
            return Ok(Err(errors));
        }
        if rows.is_empty() {
            let (code, message) = messages::EMPTY_LIST;
            errors.add_non_field(code, message);
            return Ok(Err(errors));
        }
        Ok(Ok(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        drain_object(object)?;
        self.refuse("dict")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        self.refuse("NoneType")
    }

    refuse_scalars!();
}

/// The one member of an object that counts, read with `value`. Where it stands twice, the last one
/// does.
pub(super) struct Member<S> {
    pub(super) name: &'static str,
    pub(super) value: S,
}

impl<'de, T, S> DeserializeSeed<'de> for Member<S>
where
    S: DeserializeSeed<'de, Value = Result<T, FieldErrors>> + Copy,
{
    type Value = Result<T, FieldErrors>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<S> Member<S> {
    fn refuse<T, E>(self, found: &str) -> Result<Result<T, FieldErrors>, E> {
        let mut errors = FieldErrors::new();
        errors.add_non_field("invalid", not_an_object(found));
        Ok(Err(errors))
    }
}

/// DRF's words for what should be an object.
pub(super) fn not_an_object(found: &str) -> String {
    format!("Invalid data. Expected a dictionary, but got {found}.")
}

impl<'de, T, S> Visitor<'de> for Member<S>
where
    S: DeserializeSeed<'de, Value = Result<T, FieldErrors>> + Copy,
{
    type Value = Result<T, FieldErrors>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (code, message) = messages::REQUIRED;
        let mut found = Err(FieldErrors::one(self.name, code, message));
        while let Some(name) = object.next_key::<String>()? {
            if name == self.name {
                found = object.next_value_seed(self.value)?.map_err(|errors| {
                    let mut here = FieldErrors::new();
                    here.nest(self.name, errors);
                    here
                });
            } else {
                object.next_value::<Skipped>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        drain_list(list)?;
        self.refuse("list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        let (code, message) = messages::NO_DATA;
        Ok(Err(FieldErrors::one(Path::root(), code, message)))
    }

    refuse_scalars!();
}

/// The key of a row of `M`, or what is wrong with it: the errors are those of the key alone.
pub(super) struct KeySeed<M>(pub(super) PhantomData<fn() -> M>);

impl<M> Clone for KeySeed<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for KeySeed<M> {}

impl<'de, M: Model> DeserializeSeed<'de> for KeySeed<M> {
    type Value = Result<Key, FieldErrors>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        let key = read_key::<M, D>(value, Path::root(), false)?;
        Ok(key.and_then(|key| key.ok_or_else(missing_key)))
    }
}

/// Reads the key of a row of `M`, which stands at `place`; none where it is null and `nullable`.
pub(super) fn read_key<'de, M: Model, D: Deserializer<'de>>(
    value: D,
    place: impl Into<Path>,
    nullable: bool,
) -> Result<Result<Option<Key>, FieldErrors>, D::Error> {
    let mut meta = FieldMeta::new(M::META.pk().name, FieldKind::Related);
    meta.nullable = nullable;
    let mut errors = FieldErrors::new();
    let key = RelatedKey::<M>::read(value, &meta, &mut Sink::new(&mut errors, place))?;
    let key = key.into_value().and_then(|key| key.key().cloned());
    Ok(if errors.is_empty() {
        Ok(key)
    } else {
        Err(errors)
    })
}

/// What is wrong with a key that is not there.
pub(super) fn missing_key() -> FieldErrors {
    let (code, message) = messages::REQUIRED;
    FieldErrors::one(Path::root(), code, message)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    impl Element for Skipped {
        fn nested_rows(&self) -> usize {
            0
        }

        fn charge(&mut self, _: &mut ErrorBudget) {}
    }

    /// Counts the rows that are read.
    #[derive(Clone, Copy)]
    struct Counted<'a>(&'a Cell<usize>);

    impl<'de> DeserializeSeed<'de> for Counted<'_> {
        type Value = Skipped;

        fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Skipped, D::Error> {
            self.0.set(self.0.get() + 1);
            serde::Deserialize::deserialize(value)
        }
    }

    /// How many rows of `json` are read, and what comes of it.
    fn read(json: &str) -> (usize, serde_json::Result<Result<usize, String>>) {
        let count = Cell::new(0);
        let seed = Counted(&count);
        let rows = Rows { most: 3, seed };
        let outcome = rows.deserialize(&mut serde_json::Deserializer::from_str(json));
        let outcome = outcome.map(|rows| {
            rows.map(|rows| rows.len())
                .map_err(|errors| errors.to_json().to_string())
        });
        (count.get(), outcome)
    }

    #[test]
    fn no_more_rows_are_read_than_there_may_be() {
        let too_many = r#"{"non_field_errors":["Ensure this list has no more than 3 rows."]}"#;
        for count in [4, 1_000_001] {
            let json = format!("[0{}]", ",0".repeat(count - 1));
            let (read, outcome) = read(&json);
            assert_eq!(read, 3);
            assert_eq!(outcome.expect("JSON"), Err(too_many.to_owned()));
        }
        for count in 1..=3 {
            let json = format!("[0{}]", ",0".repeat(count - 1));
            let (read, outcome) = read(&json);
            assert_eq!((read, outcome.expect("JSON")), (count, Ok(count)));
        }
    }

    #[test]
    fn what_is_no_json_behind_the_last_row_is_none() {
        for json in ["[0, 0, 0, 0, oops]", "[0, 0, 0", "[0, 0, 0, 0"] {
            let (read, outcome) = read(json);
            assert_eq!(read, 3);
            assert!(outcome.is_err(), "{json}");
        }
    }
}
