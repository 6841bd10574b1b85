//! States of a state machine, which change by its transitions alone.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::{at, respan};
use crate::serializer::model::{Field, Kind, Serializer};

/// The columns' types that are never states: they need no check.
const PLAIN: [&str; 14] = [
    "bool",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "String",
    "Uuid",
    "DateTime",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "BigDecimal",
    "Value",
];

/// Refuses states that clients may change in rows that exist.
pub(super) fn refused(serializer: &Serializer) -> TokenStream {
    let root = &serializer.root;
    let mut checks = serializer
        .fields
        .iter()
        .filter(|field| serializer.reads && field.reads && !field.create_only)
        .filter(|field| matches!(field.kind, Kind::Column(_)) && !is_plain(&field.shape.value))
        .map(|field| check(root, field))
        .peekable();
    if checks.peek().is_none() {
        return TokenStream::new();
    }
    quote! {
        const _: () = {
            #[allow(unused_imports, reason = "a state has a constant of its own")]
            use #root::Unrestricted as _;
            #(#checks)*
        };
    }
}

fn check(root: &TokenStream, field: &Field) -> TokenStream {
    let ty = &field.shape.value;
    let message = format!(
        "`{}` is the state of a state machine and changes by its transitions alone; mark it `#[field(read_only)]` or `#[field(create_only)]`",
        field.ident
    );
    let span = at(ty.span());
    let root = respan(root, span);
    quote_spanned!(span=> ::core::assert!(#root::Writable::<#ty>::HOLDS, #message);)
}

fn is_plain(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| PLAIN.iter().any(|plain| last.ident == plain))
}
