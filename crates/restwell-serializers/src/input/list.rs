use std::fmt;
use std::marker::PhantomData;

use restwell_core::Patch;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field::{
    ElementSeed, InputField, Invalid, Scalar, Sink, drain_list, drain_object, null,
};
use super::nested::MOST_WITHIN;
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

    fn rows(&self) -> usize {
        self.iter().map(T::rows).sum()
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

impl<T: InputField> ListVisitor<'_, '_, T> {
    fn refuse<E>(mut self, found: &str) -> Result<Patch<Vec<T>>, E> {
        self.refuse_all(not_a_list(found));
        Ok(Patch::Absent)
    }

    /// Passes over what is left of a list that has more than `most`.
    fn refuse_longer<'de, A: SeqAccess<'de>>(
        mut self,
        list: A,
        most: &str,
    ) -> Result<Patch<Vec<T>>, A::Error> {
        drain_list(list)?;
        let message = format!("Ensure this field has no more than {most}.");
        self.refuse_all(Invalid::new("max_length", message));
        Ok(Patch::Absent)
    }

    /// Notes what is wrong with the list as a whole: of a serializer's rows, where DRF has it.
    fn refuse_all(&mut self, invalid: impl Into<Invalid>) {
        if T::KIND == FieldKind::Nested {
            self.sink.add_of_rows(invalid);
        } else {
            self.sink.add(invalid);
        }
    }
}

impl<'de, T: InputField> Visitor<'de> for ListVisitor<'_, '_, T> {
    type Value = Patch<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
        let element = self.meta.element(T::NULLABLE);
        let mut values: Vec<T> = Vec::new();
        let (mut wrong, mut rows) = (0, 0);
        let most = T::most(self.meta);
        let most_within = most.max(MOST_WITHIN);
        for index in 0.. {
            if index == most {
                if list.next_element::<IgnoredAny>()?.is_none() {
                    break;
                }
                return self.refuse_longer(list, &format!("{most} elements"));
            }
            let seed = ElementSeed::<T> {
                meta: &element,
                sink: self.sink.element(index),
                kind: PhantomData,
            };
            match list.next_element_seed(seed)? {
                None => break,
                Some(Patch::Value(value)) => {
                    rows += value.rows();
                    values.push(value);
                }
                Some(Patch::Null) => values.extend(T::of_null()),
                Some(Patch::Absent) => {
                    wrong += 1;
                    values.extend(T::unreadable());
                }
            }
            if rows > most_within {
                let unit = format!("{most_within} rows, with those that are nested in them");
                return self.refuse_longer(list, &unit);
            }
            if wrong == MOST_ERRORS {
                self.sink.mute();
            }
        }
        if values.is_empty() && wrong == 0 && !self.meta.allow_empty {
            self.refuse_all(messages::EMPTY_LIST);
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
