use std::marker::PhantomData;

use restwell_core::Result;
use restwell_db::{ColumnSet, Context, Model, Value};

use super::Representation;
use crate::{FieldMeta, Mask, ToRepresentation};

/// Shows a row as the value of its column number `COLUMN` alone: a related row as its slug.
#[derive(Clone, Copy, Debug)]
pub struct ColumnOf<M, const COLUMN: usize>(PhantomData<fn() -> M>);

/// Shows a row as its primary key alone.
#[derive(Clone, Copy, Debug)]
pub struct PkOf<M>(PhantomData<fn() -> M>);

impl<M: Model, const COLUMN: usize> Representation for ColumnOf<M, COLUMN> {
    type Model = M;
    type Loaded = ();
    const FIELDS: &'static [FieldMeta] = &[];

    fn columns(_: Mask) -> ColumnSet {
        ColumnSet::of(&[COLUMN])
    }

    fn load(_: &[M], _: Mask, _: &mut Context) -> Result<()> {
        Ok(())
    }

    fn write(row: &M, _: usize, _: &(), _: Mask, _: &Context, out: &mut Vec<u8>) {
        row.value(COLUMN).write(out);
    }
}

impl<M: Model> Representation for PkOf<M> {
    type Model = M;
    type Loaded = ();
    const FIELDS: &'static [FieldMeta] = &[];

    fn columns(_: Mask) -> ColumnSet {
        ColumnSet::of(&[M::META.primary_key])
    }

    fn load(_: &[M], _: Mask, _: &mut Context) -> Result<()> {
        Ok(())
    }

    fn write(row: &M, _: usize, _: &(), _: Mask, _: &Context, out: &mut Vec<u8>) {
        row.key().write(out);
    }
}

impl ToRepresentation for Value {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bool(value) => value.write(out),
            Self::Int(value) => value.write(out),
            Self::Float(value) => value.write(out),
            Self::Text(value) => value.write(out),
            Self::Uuid(value) => value.write(out),
            Self::DateTime(value) => value.write(out),
            Self::Date(value) => value.write(out),
            Self::Time(value) => value.write(out),
            Self::Decimal(value) => value.write(out),
            other => other.to_json().write(out),
        }
    }
}
