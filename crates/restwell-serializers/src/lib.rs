//! Serializers: what clients see of rows, and what they may say about them.
//!
//! `#[serializer]` makes both halves from one annotated struct: a [`Representation`], which writes
//! rows as JSON straight into the answer, and an [`Input`], which reads a body, collects every
//! error in it with DRF's messages, and becomes the [`Changes`](restwell_db::Changes) of a write.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod derive;
mod json;
mod mask;
mod messages;
mod meta;
mod to_representation;

pub mod input;
pub mod representation;
pub mod validators;

pub use input::{
    Attrs, Draft, Input, InputField, Invalid, Mode, RelatedKey, RelatedSlug, Scalar, Unknown,
    Validated, WriteSerializer, parse_keyed, parse_many, parse_one, validate,
};
pub use json::ObjectWriter;
pub use mask::Mask;
pub use meta::{FieldKind, FieldMeta};
pub use representation::{Representation, represent_many, represent_one};
pub use to_representation::{Json, ToRepresentation};

/// What the code of `#[serializer]` and `#[derive(Choices)]` calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::derive::*;
}
