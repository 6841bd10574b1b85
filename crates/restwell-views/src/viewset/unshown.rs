use std::fmt;
use std::marker::PhantomData;

use restwell_core::Result;
use restwell_db::{ColumnSet, Context, Model};
use restwell_serializers::{FieldMeta, Mask, Representation};

/// Stands for the serializer of a viewset that names none, which the compiler reports. It shows
/// nothing.
pub struct Unshown<M>(PhantomData<fn() -> M>);

impl<M> fmt::Debug for Unshown<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unshown")
    }
}

impl<M: Model> Representation for Unshown<M> {
    type Model = M;
    type Loaded = ();
    const FIELDS: &'static [FieldMeta] = &[];

    fn columns(_: Mask) -> ColumnSet {
        ColumnSet::NONE
    }

    fn load(_: &[M], _: Mask, _: &mut Context) -> Result<()> {
        Ok(())
    }

    fn write(_: &M, _: usize, (): &(), _: Mask, _: &Context, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{}");
    }
}
