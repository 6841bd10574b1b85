use std::fmt;
use std::marker::PhantomData;

use restwell_core::Patch;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field::{
    ElementSeed, InputField, Invalid, Scalar, Sink, drain_list, drain_object, null,
};
use super::rows::refuse_scalars;
use crate::{FieldKind, FieldMeta, messages};

/// How many elements a list of an input may have.
pub(crate) const MOST_ELEMENTS: usize = 10_000;

/// How many errors of one list, or of unknown members, are told of.
pub(super) const MOST_ERRORS: usize = 100;

/// DRF's `ListField`: the errors of each element stand at its index.
impl<T: InputField> InputField for Vec<T> {
    const KIND: FieldKind = FieldKind::List;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        Err(not_a_list(scalar.type_name()))
    }

    fn read<'de, D: Deserializer<'de>>(
        value: D,
        meta: &FieldMeta,
        sink: &mut Sink<'_>,
    ) -> Result<Patch<Self>, D::Error> {
        value.deserialize_any(ListVisitor {
            meta,
            sink,
            kind: PhantomData,
        })
    }
}

fn not_a_list(found: &str) -> Invalid {
    Invalid::new(
        "not_a_list",
        format!("Expected a list of items but got type \"{found}\"."),
    )
}

struct ListVisitor<'a, 'b, T> {
    meta: &'a FieldMeta,
    sink: &'a mut Sink<'b>,
    kind: PhantomData<fn() -> T>,
}

impl<T> ListVisitor<'_, '_, T> {
    fn refuse<E>(self, found: &str) -> Result<Patch<Vec<T>>, E> {
        self.sink.add(not_a_list(found));
        Ok(Patch::Absent)
    }
}

impl<'de, T: InputField> Visitor<'de> for ListVisitor<'_, '_, T> {
    type Value = Patch<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let element = self.meta.element(T::NULLABLE);
        let mut values = Vec::new();
        let mut wrong = 0;
        let most = T::most(self.meta);
        for index in 0.. {
            if index == most {
                if list.next_element::<IgnoredAny>()?.is_none() {
                    break;
                }
                drain_list(list)?;
                let message = format!("Ensure this field has no more than {most} elements.");
                self.sink.add(Invalid::new("max_length", message));
                return Ok(Patch::Absent);
            }
            let seed = ElementSeed::<T> {
                meta: &element,
                sink: self.sink.element(index),
                kind: PhantomData,
            };
            match list.next_element_seed(seed)? {
                None => break,
                Some(Patch::Value(value)) => values.push(value),
                Some(Patch::Null) => values.extend(T::of_null()),
                Some(Patch::Absent) => {
                    wrong += 1;
                    values.extend(T::unreadable());
                }
            }
            if wrong == MOST_ERRORS {
                self.sink.mute();
            }
        }
        if values.is_empty() && wrong == 0 && !self.meta.allow_empty {
            self.sink.add(messages::EMPTY_LIST);
            return Ok(Patch::Absent);
        }
        Ok(if wrong == 0 || T::unreadable().is_some() {
            Patch::Value(values)
        } else {
            Patch::Absent
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        drain_object(object)?;
        self.refuse("dict")
    }

    refuse_scalars!();

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }
}
