use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::BuildHasher;
use std::marker::PhantomData;

use restwell_core::Patch;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::Skipped;
use super::field::{
    ElementSeed, InputField, Invalid, Scalar, Sink, drain_list, drain_object, null,
};
use super::list::{MOST_ELEMENTS, MOST_ERRORS};
use super::rows::refuse_scalars;
use crate::{FieldKind, FieldMeta, messages};

macro_rules! dict {
    ($type:ty $(, $hasher:ident: $($bound:path),+)?) => {
        /// DRF's `DictField`: the errors of each value stand at its key.
        impl<T: InputField $(, $hasher: $($bound +)+ Send + Sync + 'static)?> InputField for $type {
            const KIND: FieldKind = FieldKind::Dict;

            fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
                Err(not_a_dict(scalar.type_name()))
            }

            fn read<'de, D: Deserializer<'de>>(
                value: D,
                meta: &FieldMeta,
                sink: &mut Sink<'_>,
            ) -> Result<Patch<Self>, D::Error> {
                let members = value.deserialize_any(DictVisitor::<T> {
                    meta,
                    sink,
                    kind: PhantomData,
                })?;
                Ok(members.map(|members| members.into_iter().collect()))
            }
        }
    };
}

dict!(BTreeMap<String, T>);
dict!(HashMap<String, T, S>, S: BuildHasher, Default);

fn not_a_dict(found: &str) -> Invalid {
    Invalid::new(
        "not_a_dict",
        format!("Expected a dictionary of items but got type \"{found}\"."),
    )
}

struct DictVisitor<'a, 'b, T> {
    meta: &'a FieldMeta,
    sink: &'a mut Sink<'b>,
    kind: PhantomData<fn() -> T>,
}

impl<T> DictVisitor<'_, '_, T> {
    fn refuse<E>(self, found: &str) -> Result<Patch<Vec<(String, T)>>, E> {
        self.sink.add(not_a_dict(found));
        Ok(Patch::Absent)
    }
}

impl<'de, T: InputField> Visitor<'de> for DictVisitor<'_, '_, T> {
    type Value = Patch<Vec<(String, T)>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let element = self.meta.element(T::NULLABLE);
        let (mut members, mut wrong) = (Vec::new(), 0);
        while let Some(key) = object.next_key::<String>()? {
            if members.len() + wrong == MOST_ELEMENTS {
                object.next_value::<Skipped>()?;
                drain_object(object)?;
                let message =
                    format!("Ensure this field has no more than {MOST_ELEMENTS} elements.");
                self.sink.add(Invalid::new("max_length", message));
                return Ok(Patch::Absent);
            }
            let has_null = key.contains('\0');
            let mut sink = self.sink.element(key.clone());
            if has_null {
                sink.add(messages::NULL_CHARACTERS);
            }
            let seed = ElementSeed::<T> {
                meta: &element,
                sink,
                kind: PhantomData,
            };
            match object.next_value_seed(seed)? {
                Patch::Value(value) if !has_null => members.push((key, value)),
                Patch::Null if !has_null => members.extend(T::of_null().map(|null| (key, null))),
                _ => wrong += 1,
            }
            if wrong == MOST_ERRORS {
                self.sink.mute();
            }
        }
        if wrong > 0 {
            return Ok(Patch::Absent);
        }
        if members.is_empty() && !self.meta.allow_empty {
            self.sink.add(messages::EMPTY_DICT);
            return Ok(Patch::Absent);
        }
        Ok(Patch::Value(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        drain_list(list)?;
        self.refuse("list")
    }

    refuse_scalars!();

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }
}
