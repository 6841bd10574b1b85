use std::fmt;
use std::marker::PhantomData;

use restwell_core::{FieldErrors, Key, Path};
use restwell_db::Model;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::field::{Invalid, Scalar, Sink, drain_list, take_scalars};
use super::rows::{KeySeed, missing_key};
use super::{InputField, RelatedKey, Resolve, Skipped};
use crate::{FieldKind, FieldMeta, messages};

/// A row that a request names without saying anything of it: by its key, or by an object of its key
/// and the version that the client means, `{"id": 7, "version": 2}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRow {
    /// The key of the row.
    pub key: Key,
    /// The version that it is to have.
    pub version: Option<i64>,
}

/// Reads what names a row of `M`, or what is wrong with it.
pub(super) struct NamedRowSeed<M>(pub(super) PhantomData<fn() -> M>);

impl<M> Clone for NamedRowSeed<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for NamedRowSeed<M> {}

type Outcome = Result<NamedRow, FieldErrors>;

impl<'de, M: Model> DeserializeSeed<'de> for NamedRowSeed<M> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Outcome, D::Error> {
        value.deserialize_any(self)
    }
}

impl<M: Model> NamedRowSeed<M> {
    fn scalar<E>(self, scalar: Scalar<'_>) -> Result<Outcome, E> {
        let meta = FieldMeta::new(M::META.pk().name, FieldKind::Related);
        if RelatedKey::<M>::is_null(&scalar, &meta) {
            return Ok(Err(at_key(messages::NULL)));
        }
        Ok(match RelatedKey::<M>::from_scalar(scalar, &meta) {
            Ok(key) => key.key().cloned().map(alone).ok_or_else(missing_key),
            Err(invalid) => Err(at_key(invalid)),
        })
    }
}

fn alone(key: Key) -> NamedRow {
    let version = None;
    NamedRow { key, version }
}

fn at_key(invalid: impl Into<Invalid>) -> FieldErrors {
    let invalid = invalid.into();
    FieldErrors::one(Path::root(), invalid.code, invalid.message)
}

impl<'de, M: Model> Visitor<'de> for NamedRowSeed<M> {
    type Value = Outcome;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key, or an object with one")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Outcome, A::Error> {
        let name = M::META.pk().name;
        let versioned = M::META.stamps.version.is_some();
        let (mut key, mut version) = (Err(missing_key()), Ok(None));
        while let Some(member) = object.next_key::<String>()? {
            match member.as_str() {
                own if own == name => key = object.next_value_seed(KeySeed::<M>(PhantomData))?,
                "version" if versioned => version = object.next_value_seed(VersionSeed)?,
                _ => {
                    object.next_value::<Skipped>()?;
                }
            }
        }
        let mut errors = FieldErrors::new();
        let key = key.map_err(|wrong| errors.nest(name, wrong));
        let version = version.map_err(|wrong| errors.merge(wrong));
        Ok(match (key, version) {
            (Ok(key), Ok(version)) => Ok(NamedRow { key, version }),
            _ => Err(errors),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Outcome, A::Error> {
        drain_list(list)?;
        Ok(Err(at_key(RelatedKey::<M>::not_a_scalar("list"))))
    }

    fn visit_unit<E>(self) -> Result<Outcome, E> {
        Ok(Err(at_key(messages::NULL)))
    }

    take_scalars!();
}

/// Reads the version that a client means.
pub(super) struct VersionSeed;

impl<'de> DeserializeSeed<'de> for VersionSeed {
    type Value = Result<Option<i64>, FieldErrors>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        const VERSION: FieldMeta = FieldMeta::new("version", i64::KIND);
        let mut errors = FieldErrors::new();
        let version = i64::read(value, &VERSION, &mut Sink::new(&mut errors, VERSION.name))?;
        Ok(if errors.is_empty() {
            Ok(version.into_value())
        } else {
            Err(errors)
        })
    }
}
