//! Lists of rows, and the keys that name them.

use std::fmt;
use std::marker::PhantomData;

use restwell_core::{FieldErrors, Key, Path};
use restwell_db::Model;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::field::{Sink, drain_list, drain_object};
use super::{InputField, RelatedKey, Resolve, Skipped};
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

/// A list of at most `most` rows, each read with `seed`, or what is wrong with it as a whole.
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

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for Rows<S> {
    type Value = Result<Vec<S::Value>, FieldErrors>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for Rows<S> {
    type Value = Result<Vec<S::Value>, FieldErrors>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut errors = FieldErrors::new();
        let mut rows = Vec::new();
        while let Some(row) = list.next_element_seed(self.seed)? {
            if rows.len() == self.most {
                drain_list(list)?;
                let message = format!("Ensure this list has no more than {} rows.", self.most);
                errors.add_non_field("max_length", message);
                return Ok(Err(errors));
            }
            rows.push(row);
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

/// The one member of an object that counts, read with `value`.
pub(super) struct Member<S> {
    pub(super) name: &'static str,
    pub(super) value: S,
}

impl<'de, T, S> DeserializeSeed<'de> for Member<S>
where
    S: DeserializeSeed<'de, Value = Result<T, FieldErrors>>,
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
    S: DeserializeSeed<'de, Value = Result<T, FieldErrors>>,
{
    type Value = Result<T, FieldErrors>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (code, message) = messages::REQUIRED;
        let mut found = Err(FieldErrors::one(self.name, code, message));
        let mut seed = Some(self.value);
        while let Some(name) = object.next_key::<String>()? {
            match seed.take_if(|_| name == self.name) {
                None => {
                    object.next_value::<Skipped>()?;
                }
                Some(seed) => {
                    found = object.next_value_seed(seed)?.map_err(|errors| {
                        let mut here = FieldErrors::new();
                        here.nest(self.name, errors);
                        here
                    });
                }
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

/// The key of a row of `M`, or what is wrong with it.
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
        let key = read_key::<M, D>(value, false)?;
        Ok(key.and_then(|key| key.ok_or_else(missing_key::<M>)))
    }
}

/// Reads the key of a row of `M`; none where it is null and `nullable`.
pub(super) fn read_key<'de, M: Model, D: Deserializer<'de>>(
    value: D,
    nullable: bool,
) -> Result<Result<Option<Key>, FieldErrors>, D::Error> {
    let name = M::META.pk().name;
    let mut meta = FieldMeta::new(name, FieldKind::Related);
    meta.nullable = nullable;
    let mut errors = FieldErrors::new();
    let key = RelatedKey::<M>::read(value, &meta, &mut Sink::new(&mut errors, name))?;
    let key = key.into_value().and_then(|key| key.key().cloned());
    Ok(if errors.is_empty() {
        Ok(key)
    } else {
        Err(errors)
    })
}

/// What is wrong with a row that does not say which it is.
pub(super) fn missing_key<M: Model>() -> FieldErrors {
    let (code, message) = messages::REQUIRED;
    FieldErrors::one(M::META.pk().name, code, message)
}
