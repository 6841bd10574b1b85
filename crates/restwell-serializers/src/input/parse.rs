use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Error, FieldErrors, Result};
use restwell_db::Model;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::field::{Sink, drain_list};
use super::list::MOST_ERRORS;
use super::{Draft, Input, InputField, Skipped};
use crate::{FieldMeta, messages};

/// What happens to members of an input that are no field of the serializer, and to read-only
/// fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// They are passed over, as in DRF.
    Ignore,
    /// They are errors.
    Refuse,
}

/// Reads an object. An empty body is an empty object.
///
/// # Errors
/// 400 when the body is not JSON; errors of its values are in the draft.
pub fn parse_one<I: Input>(body: &[u8]) -> Result<Draft<I>> {
    let text = text(body)?;
    let text = if text.trim_ascii().is_empty() {
        "{}"
    } else {
        text
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let draft = ObjectSeed::<I>(PhantomData)
        .deserialize(&mut json)
        .map_err(not_json)?;
    json.end().map_err(not_json)?;
    Ok(draft)
}

/// Reads a list of at most `most` objects.
///
/// # Errors
/// 400 when the body is not JSON or no list, or has too many rows; errors of its rows are in the
/// drafts.
pub fn parse_many<I: Input>(body: &[u8], most: usize) -> Result<Vec<Draft<I>>> {
    let mut json = serde_json::Deserializer::from_str(text(body)?);
    let drafts = json
        .deserialize_any(RowsVisitor::<I> {
            most,
            input: PhantomData,
        })
        .map_err(not_json)?;
    json.end().map_err(not_json)?;
    drafts
}

/// The body as text. What is passed over in it must be text as well.
fn text(body: &[u8]) -> Result<&str> {
    std::str::from_utf8(body).map_err(|error| {
        let place = error.valid_up_to();
        Error::parse(format!("JSON parse error - invalid UTF-8 at byte {place}"))
    })
}

/// The error for a body that is not JSON. serde's words name the place, not the content.
fn not_json(error: serde_json::Error) -> Error {
    Error::parse(format!("JSON parse error - {error}"))
}

struct ObjectSeed<I>(PhantomData<fn() -> I>);

impl<'de, I: Input> DeserializeSeed<'de> for ObjectSeed<I> {
    type Value = Draft<I>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Draft<I>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<I: Input> ObjectSeed<I> {
    fn refuse<E>(self, found: &str) -> Result<Draft<I>, E> {
        let mut draft = Draft::empty();
        let message = format!("Invalid data. Expected a dictionary, but got {found}.");
        draft.errors.add_non_field("invalid", message);
        Ok(draft)
    }
}

impl<'de, I: Input> Visitor<'de> for ObjectSeed<I> {
    type Value = Draft<I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Draft<I>, A::Error> {
        let mut draft = Draft::<I>::empty();
        // A bit for each field with errors: of a member that stands twice the last counts.
        let mut wrong = 0_u64;
        while let Some(name) = object.next_key_seed(NameSeed(I::FIELDS))? {
            match name {
                Name::Field(field) if !I::FIELDS[field].read_only => {
                    if wrong & (1 << field) != 0 {
                        draft.errors.forget(I::FIELDS[field].name);
                        wrong &= !(1 << field);
                    }
                    let before = draft.errors.len();
                    object.next_value_seed(FieldSeed {
                        field,
                        draft: &mut draft,
                    })?;
                    if draft.errors.len() > before {
                        wrong |= 1 << field;
                    }
                }
                Name::Version | Name::Field(_) | Name::Other(_) => {
                    read_other(name, &mut object, &mut draft)?;
                }
            }
        }
        Ok(draft)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Draft<I>, A::Error> {
        drain_list(list)?;
        self.refuse("list")
    }

    fn visit_unit<E>(self) -> Result<Draft<I>, E> {
        let mut draft = Draft::empty();
        let (code, message) = messages::NO_DATA;
        draft.errors.add_non_field(code, message);
        Ok(draft)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Draft<I>, E> {
        self.refuse("bool")
    }

    fn visit_i64<E>(self, _: i64) -> Result<Draft<I>, E> {
        self.refuse("int")
    }

    fn visit_u64<E>(self, _: u64) -> Result<Draft<I>, E> {
        self.refuse("int")
    }

    fn visit_f64<E>(self, _: f64) -> Result<Draft<I>, E> {
        self.refuse("float")
    }

    fn visit_str<E>(self, _: &str) -> Result<Draft<I>, E> {
        self.refuse("str")
    }
}

/// A member that the serializer does not write: the version, a read-only field, or none at all.
fn read_other<'de, I: Input, A: MapAccess<'de>>(
    name: Name,
    object: &mut A,
    draft: &mut Draft<I>,
) -> Result<(), A::Error> {
    let versioned = <I::Model as Model>::META.stamps.version.is_some();
    let (label, (code, message)) = match name {
        Name::Version if versioned => {
            return object.next_value_seed(VersionSeed { draft });
        }
        Name::Version => ("version".to_owned(), messages::UNEXPECTED),
        Name::Field(field) if I::FIELDS[field].name == "version" && versioned => {
            return object.next_value_seed(VersionSeed { draft });
        }
        Name::Field(field) => (I::FIELDS[field].name.to_owned(), messages::READ_ONLY),
        Name::Other(name) => (name, messages::UNEXPECTED),
    };
    object.next_value::<Skipped>()?;
    let tell = I::UNKNOWN == Unknown::Refuse
        && draft.unknown < MOST_ERRORS
        && !draft.errors.contains(&label);
    if tell {
        draft.unknown += 1;
        draft.errors.add(label, code, message);
    }
    Ok(())
}

/// The name of a member.
enum Name {
    Field(usize),
    Version,
    Other(String),
}

struct NameSeed(&'static [FieldMeta]);

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Name, D::Error> {
        value.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        const LONGEST: usize = 64;
        Ok(match self.0.iter().position(|field| field.name == name) {
            Some(field) => Name::Field(field),
            None if name == "version" => Name::Version,
            None => Name::Other(name.chars().take(LONGEST).collect()),
        })
    }
}

struct FieldSeed<'a, I> {
    field: usize,
    draft: &'a mut Draft<I>,
}

impl<'de, I: Input> DeserializeSeed<'de> for FieldSeed<'_, I> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.draft
            .input
            .read(self.field, value, &mut self.draft.errors)
    }
}

struct VersionSeed<'a, I> {
    draft: &'a mut Draft<I>,
}

impl<'de, I: Input> DeserializeSeed<'de> for VersionSeed<'_, I> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        const VERSION: FieldMeta = FieldMeta::new("version", i64::KIND);
        let mut sink = Sink::new(&mut self.draft.errors, VERSION.name);
        self.draft.version = i64::read(value, &VERSION, &mut sink)?.into_value();
        Ok(())
    }
}

struct RowsVisitor<I> {
    most: usize,
    input: PhantomData<fn() -> I>,
}

impl<I> RowsVisitor<I> {
    fn refuse<T, E>(self, found: &str) -> Result<Result<T>, E> {
        let mut errors = FieldErrors::new();
        let message = format!("Expected a list of items but got type \"{found}\".");
        errors.add_non_field("not_a_list", message);
        Ok(Err(errors.into()))
    }
}

impl<'de, I: Input> Visitor<'de> for RowsVisitor<I> {
    type Value = Result<Vec<Draft<I>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut drafts = Vec::new();
        while let Some(draft) = list.next_element_seed(ObjectSeed::<I>(PhantomData))? {
            if drafts.len() == self.most {
                drain_list(list)?;
                let mut errors = FieldErrors::new();
                let message = format!("Ensure this list has no more than {} rows.", self.most);
                errors.add_non_field("max_length", message);
                return Ok(Err(errors.into()));
            }
            drafts.push(draft);
        }
        if drafts.is_empty() {
            let mut errors = FieldErrors::new();
            let (code, message) = messages::EMPTY_LIST;
            errors.add_non_field(code, message);
            return Ok(Err(errors.into()));
        }
        Ok(Ok(drafts))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        super::field::drain_object(object)?;
        self.refuse("dict")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        self.refuse("NoneType")
    }

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
}
