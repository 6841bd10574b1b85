use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Error, FieldErrors, Result};
use restwell_db::Model;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::field::drain_list;
use super::list::MOST_ERRORS;
use super::named_row::{NamedRow, NamedRowSeed, VersionSeed};
use super::rows::{KeySeed, Member, Rows, missing_key, not_an_object, refuse_scalars};
use super::{Draft, Input, Skipped};
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
    read(or_empty(body), ObjectSeed::<I>::new(false))
}

/// Reads a list of at most `most` objects. An empty body is an empty object, and no list.
///
/// # Errors
/// 400 when the body is not JSON or no list, or has too many rows; errors of its rows are in the
/// drafts.
pub fn parse_many<I: Input>(body: &[u8], most: usize) -> Result<Vec<Draft<I>>> {
    parse_rows(body, most, false)
}

/// Reads a list of at most `most` objects, each of which names its row by the member that is called
/// as the primary key of the model.
///
/// # Errors
/// As for [`parse_many`].
pub fn parse_keyed<I: Input>(body: &[u8], most: usize) -> Result<Vec<Draft<I>>> {
    parse_rows(body, most, true)
}

fn parse_rows<I: Input>(body: &[u8], most: usize, keyed: bool) -> Result<Vec<Draft<I>>> {
    let rows = Rows {
        most,
        seed: ObjectSeed::<I>::new(keyed),
    };
    read(or_empty(body), rows)?.map_err(Error::from)
}

/// Reads what names at most `most` rows, in a list that is the member `name` of an object.
///
/// # Errors
/// 400 when the body is not JSON, or has no such list or too many rows; errors of its elements are
/// in the outcomes.
pub fn parse_named<M: Model>(
    body: &[u8],
    name: &'static str,
    most: usize,
) -> Result<Vec<Result<NamedRow, FieldErrors>>> {
    let seed = NamedRowSeed::<M>(PhantomData);
    let rows = Rows { most, seed };
    read(or_empty(body), Member { name, value: rows })?.map_err(Error::from)
}

/// No body is an empty object.
fn or_empty(body: &[u8]) -> &[u8] {
    if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    }
}

/// Reads a whole body.
fn read<'a, S: DeserializeSeed<'a>>(body: &'a [u8], seed: S) -> Result<S::Value> {
    let mut json = serde_json::Deserializer::from_str(text(body)?);
    let value = seed.deserialize(&mut json).map_err(not_json)?;
    json.end().map_err(not_json)?;
    Ok(value)
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

pub(super) struct ObjectSeed<I> {
    /// Whether the object names its row.
    keyed: bool,
    input: PhantomData<fn() -> I>,
}

impl<I> Clone for ObjectSeed<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for ObjectSeed<I> {}

impl<'de, I: Input> DeserializeSeed<'de> for ObjectSeed<I> {
    type Value = Draft<I>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Draft<I>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<I: Input> ObjectSeed<I> {
    pub(super) fn new(keyed: bool) -> Self {
        let input = PhantomData;
        Self { keyed, input }
    }

    fn refuse<E>(self, found: &str) -> Result<Draft<I>, E> {
        let mut draft = Draft::empty();
        draft.errors.add_non_field("invalid", not_an_object(found));
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
        // A bit for each field with errors, of which there are 64 at most: of a member that stands twice
        // the last counts.
        let mut wrong = 0_u64;
        let key = self.keyed.then(|| I::Model::META.pk().name);
        let fields = I::FIELDS;
        let mut wrong_key = missing_key();
        while let Some(name) = object.next_key_seed(NameSeed { key, fields })? {
            match name {
                Name::Key => {
                    let seed = KeySeed::<I::Model>(PhantomData);
                    draft.key = object
                        .next_value_seed(seed)?
                        .map_err(|errors| wrong_key = errors)
                        .ok();
                }
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
        if let Some(name) = key.filter(|_| draft.key.is_none()) {
            draft.errors.nest(name, wrong_key);
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

    refuse_scalars!();
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
            return read_version(object, draft);
        }
        Name::Version => ("version".to_owned(), messages::UNEXPECTED),
        Name::Key => return Ok(()),
        Name::Field(field) if I::FIELDS[field].name == "version" && versioned => {
            return read_version(object, draft);
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

fn read_version<'de, I: Input, A: MapAccess<'de>>(
    object: &mut A,
    draft: &mut Draft<I>,
) -> Result<(), A::Error> {
    let version = object.next_value_seed(VersionSeed)?;
    draft.version = version.unwrap_or_else(|wrong| {
        draft.errors.merge(wrong);
        None
    });
    Ok(())
}

/// The name of a member.
enum Name {
    Key,
    Field(usize),
    Version,
    Other(String),
}

struct NameSeed {
    /// What the key of the row is called, where it is named.
    key: Option<&'static str>,
    fields: &'static [FieldMeta],
}

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
        if self.key == Some(name) {
            return Ok(Name::Key);
        }
        Ok(
            match self.fields.iter().position(|field| field.name == name) {
                Some(field) => Name::Field(field),
                None if name == "version" => Name::Version,
                None => Name::Other(name.chars().take(LONGEST).collect()),
            },
        )
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
