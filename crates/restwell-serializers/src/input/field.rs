use std::borrow::Cow;
use std::fmt;

use restwell_core::{FieldErrors, Patch, Path, Segment};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Skipped;
use super::list::MOST_ELEMENTS;
use crate::messages::{self, Message};
use crate::{FieldKind, FieldMeta};

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The stable machine code.
    pub code: Cow<'static, str>,
    /// What a person reads.
    pub message: Cow<'static, str>,
}

impl Invalid {
    /// A refusal with a code of its own.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

impl From<Message> for Invalid {
    fn from((code, message): Message) -> Self {
        Self::new(code, message)
    }
}

impl From<&'static str> for Invalid {
    fn from(message: &'static str) -> Self {
        Self::new("invalid", message)
    }
}

impl From<String> for Invalid {
    fn from(message: String) -> Self {
        Self::new("invalid", message)
    }
}

/// A scalar of the body, borrowed from it where that is possible.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names of JSON's types")]
pub enum Scalar<'a> {
    Bool(bool),
    Int(i64),
    /// An integer beyond `i64`.
    BigInt(u64),
    Float(f64),
    Text(Cow<'a, str>),
}

impl Scalar<'_> {
    /// The name of the value's type as DRF names it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::BigInt(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "str",
        }
    }
}

/// Where errors of one field go.
#[derive(Debug)]
pub struct Sink<'a> {
    errors: &'a mut FieldErrors,
    path: Path,
    sound: bool,
    muted: bool,
}

impl<'a> Sink<'a> {
    /// Errors at `path`.
    pub fn new(errors: &'a mut FieldErrors, path: impl Into<Path>) -> Self {
        Self {
            errors,
            path: path.into(),
            sound: true,
            muted: false,
        }
    }

    /// Errors of rows of another serializer at `path`, as a whole.
    pub fn of_rows(errors: &'a mut FieldErrors, path: impl Into<Path>) -> Self {
        Self::new(errors, path.into().into_nested())
    }

    /// Notes an error.
    pub fn add(&mut self, invalid: impl Into<Invalid>) {
        let invalid = invalid.into();
        self.sound = false;
        if !self.muted {
            self.errors
                .add(self.path.clone(), invalid.code, invalid.message);
        }
    }

    /// Whether nothing was found wrong here.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// Notes the error of a check, if it found one.
    pub fn take(&mut self, outcome: Result<(), Invalid>) {
        if let Err(invalid) = outcome {
            self.add(invalid);
        }
    }

    /// Errors at an element of the list or dictionary here: its index or its key.
    pub fn element(&mut self, place: impl Into<Segment>) -> Sink<'_> {
        Sink {
            errors: self.errors,
            path: self.path.clone().join(place),
            sound: true,
            muted: self.muted,
        }
    }

    /// Notes an error of the rows of another serializer here, as a whole.
    pub(super) fn add_of_rows(&mut self, invalid: impl Into<Invalid>) {
        self.path = std::mem::take(&mut self.path).into_nested();
        self.add(invalid);
    }

    /// Notes no more errors: those that are there say enough.
    pub(super) fn mute(&mut self) {
        self.muted = true;
    }
}

/// A type that a field of an input can have.
///
/// A value of the wrong type is an error in the sink and `None`, not a failure: the rest of the
/// body is read all the same. A type that takes one scalar implements
/// [`from_scalar`](Self::from_scalar) alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an input",
    note = "mark the field `#[field(read_only)]`, derive `Choices` for an enum, or implement `InputField`"
)]
pub trait InputField: Sized + Send + Sync + 'static {
    /// The type that `OPTIONS` shows.
    const KIND: FieldKind;
    /// Whether null is a value.
    const NULLABLE: bool = false;

    /// The value that a scalar stands for.
    ///
    /// # Errors
    /// Why there is none.
    fn from_scalar(scalar: Scalar<'_>, meta: &FieldMeta) -> Result<Self, Invalid>;

    /// Whether a scalar that is not null stands for null.
    fn is_null(_: &Scalar<'_>, _: &FieldMeta) -> bool {
        false
    }

    /// The value that stands for null, for types of which null is a value.
    fn of_null() -> Option<Self> {
        None
    }

    /// What holds the place of an element of a list that could not be read, for types that are
    /// looked at again when everything is read.
    fn unreadable() -> Option<Self> {
        None
    }

    /// How many of them a list may have.
    fn most(_: &FieldMeta) -> usize {
        MOST_ELEMENTS
    }

    /// How many rows of other serializers it has, with those that are nested in them.
    fn rows(&self) -> usize {
        0
    }

    /// What DRF says when an object or list stands where a scalar should.
    fn not_a_scalar(_: &'static str) -> Invalid {
        messages::STRING.into()
    }

    /// Reads the value.
    ///
    /// # Errors
    /// When the body is not JSON.
    fn read<'de, D: Deserializer<'de>>(
        value: D,
        meta: &FieldMeta,
        sink: &mut Sink<'_>,
    ) -> Result<Patch<Self>, D::Error> {
        value.deserialize_any(ScalarVisitor::<Self> {
            meta,
            sink,
            kind: std::marker::PhantomData,
        })
    }
}

/// The methods of a visitor that gives every scalar but null to its `scalar`.
macro_rules! take_scalars {
    () => {
        fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
            self.scalar(Scalar::Bool(value))
        }

        fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
            self.scalar(Scalar::Int(value))
        }

        fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
            self.scalar(i64::try_from(value).map_or(Scalar::BigInt(value), Scalar::Int))
        }

        fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
            self.scalar(Scalar::Float(value))
        }

        fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
            self.scalar(Scalar::Text(value.into()))
        }

        fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
            self.scalar(Scalar::Text(value.into()))
        }

        fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
            self.scalar(Scalar::Text(value.into()))
        }
    };
}
pub(super) use take_scalars;

struct ScalarVisitor<'a, 'b, T> {
    meta: &'a FieldMeta,
    sink: &'a mut Sink<'b>,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T: InputField> ScalarVisitor<'_, '_, T> {
    fn scalar<E>(self, scalar: Scalar<'_>) -> Result<Patch<T>, E> {
        if T::is_null(&scalar, self.meta) {
            return Ok(null(self.meta, self.sink));
        }
        Ok(match T::from_scalar(scalar, self.meta) {
            Ok(value) => Patch::Value(value),
            Err(invalid) => {
                self.sink.add(invalid);
                Patch::Absent
            }
        })
    }
}

impl<'de, T: InputField> Visitor<'de> for ScalarVisitor<'_, '_, T> {
    type Value = Patch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    take_scalars!();

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        drain_list(list)?;
        self.sink.add(T::not_a_scalar("list"));
        Ok(Patch::Absent)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        drain_object(object)?;
        self.sink.add(T::not_a_scalar("dict"));
        Ok(Patch::Absent)
    }
}

/// A null: a value of its own where the field admits it.
pub(super) fn null<T>(meta: &FieldMeta, sink: &mut Sink<'_>) -> Patch<T> {
    if meta.nullable {
        return Patch::Null;
    }
    sink.add(messages::NULL);
    Patch::Absent
}

pub(super) fn drain_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<Skipped>()?.is_some() {}
    Ok(())
}

pub(super) fn drain_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<Skipped, Skipped>()?.is_some() {}
    Ok(())
}

/// Reads the value of the field `meta` into `slot`; for generated code.
#[doc(hidden)]
pub fn read_into<'de, T: InputField, D: Deserializer<'de>>(
    slot: &mut Patch<T>,
    meta: &FieldMeta,
    value: D,
    errors: &mut FieldErrors,
) -> Result<(), D::Error> {
    let mut sink = Sink::new(errors, meta.name);
    *slot = T::read(value, meta, &mut sink)?;
    Ok(())
}

impl<T: InputField> InputField for Option<T> {
    const KIND: FieldKind = T::KIND;
    const NULLABLE: bool = true;

    fn of_null() -> Option<Self> {
        Some(None)
    }

    fn from_scalar(scalar: Scalar<'_>, meta: &FieldMeta) -> Result<Self, Invalid> {
        T::from_scalar(scalar, meta).map(Some)
    }

    fn read<'de, D: Deserializer<'de>>(
        value: D,
        meta: &FieldMeta,
        sink: &mut Sink<'_>,
    ) -> Result<Patch<Self>, D::Error> {
        Ok(T::read(value, meta, sink)?.map(Some))
    }
}

/// Any JSON.
impl InputField for serde_json::Value {
    const KIND: FieldKind = FieldKind::Json;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        Ok(match scalar {
            Scalar::Bool(value) => value.into(),
            Scalar::Int(value) => value.into(),
            Scalar::BigInt(value) => value.into(),
            Scalar::Float(value) => value.into(),
            Scalar::Text(value) => value.into_owned().into(),
        })
    }

    fn read<'de, D: Deserializer<'de>>(
        value: D,
        meta: &FieldMeta,
        sink: &mut Sink<'_>,
    ) -> Result<Patch<Self>, D::Error> {
        let value = <Self as Deserialize>::deserialize(value)?;
        if value.is_null() {
            return Ok(null(meta, sink));
        }
        if has_null_character(&value) {
            sink.add(messages::NULL_CHARACTERS);
            return Ok(Patch::Absent);
        }
        Ok(Patch::Value(value))
    }
}

/// PostgreSQL keeps no NUL in a text, nor in the texts of a `jsonb`.
fn has_null_character(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(list) => list.iter().any(has_null_character),
        serde_json::Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || has_null_character(value)),
        _ => false,
    }
}

/// Reads one element of a list.
pub(super) struct ElementSeed<'a, 'b, T> {
    pub(super) meta: &'a FieldMeta,
    pub(super) sink: Sink<'b>,
    pub(super) kind: std::marker::PhantomData<fn() -> T>,
}

impl<'de, T: InputField> DeserializeSeed<'de> for ElementSeed<'_, '_, T> {
    type Value = Patch<T>;

    fn deserialize<D: Deserializer<'de>>(mut self, value: D) -> Result<Self::Value, D::Error> {
        T::read(value, self.meta, &mut self.sink)
    }
}
