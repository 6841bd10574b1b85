use std::fmt;
use std::marker::PhantomData;

use restwell_core::{FieldErrors, Result};
use restwell_db::{Context, Model};
use serde::de::{Deserialize, Deserializer};

use super::{Attrs, Draft, Input, Mode, Skipped, Unknown, WriteSerializer, Writes};
use crate::FieldMeta;

/// The serializer of a viewset that reads no input: its fields are none.
pub struct NoInput<M>(PhantomData<fn() -> M>);

impl<M> Default for NoInput<M> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<M> fmt::Debug for NoInput<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoInput")
    }
}

impl<M: Model> WriteSerializer for NoInput<M> {
    type Input = Self;
}

impl<M: Model> Input for NoInput<M> {
    type Model = M;
    const FIELDS: &'static [FieldMeta] = &[];
    const UNKNOWN: Unknown = Unknown::Refuse;

    fn read<'de, D: Deserializer<'de>>(
        &mut self,
        _: usize,
        value: D,
        _: &mut FieldErrors,
    ) -> Result<(), D::Error> {
        Skipped::deserialize(value).map(drop)
    }

    fn is_supplied(&self, _: usize) -> bool {
        false
    }

    fn forget(&mut self, _: usize) {}

    fn check(&mut self, _: Mode, _: &mut Context, _: &mut FieldErrors) -> Result<()> {
        Ok(())
    }

    fn resolve(_: &mut [Draft<Self>], _: &mut Context) -> Result<()> {
        Ok(())
    }

    fn writes(&self, _: Mode, _: &mut Context) -> Result<Writes<M>> {
        Ok(Writes::default())
    }

    fn validate(_: &Attrs<'_, Self>, _: &mut Context) -> Result<()> {
        Ok(())
    }
}
