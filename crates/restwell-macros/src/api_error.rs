//! `#[derive(ApiError)]`.

mod emit;
mod message;
mod syntax;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Member};

use crate::error::Errors;

/// Reads, checks and expands the failures that a type stands for.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let declared = syntax::parse(input, &mut errors);
    let implementation = emit::emit(&declared);
    let errors = errors.into_tokens();
    quote::quote!(#errors #implementation)
}

/// The failures of a type. Where something is wrong, those that are right.
struct Declared<'a> {
    ident: &'a Ident,
    root: TokenStream,
    /// Whether the type has parameters, which no failure can have.
    generic: bool,
    failures: Vec<Failure<'a>>,
}

struct Failure<'a> {
    /// The variant; `None` for a struct.
    variant: Option<&'a Ident>,
    status: u16,
    code: String,
    /// As it is written.
    message: String,
    /// With the places of fields in the way of `format!`.
    format: String,
    /// The fields that stand in the message.
    shown: Vec<Member>,
    /// The field that is the private cause.
    source: Option<Member>,
}
