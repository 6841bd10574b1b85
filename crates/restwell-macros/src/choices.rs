//! `#[derive(Choices)]`.

mod emit;
mod syntax;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident};

use crate::error::Errors;

/// Reads, checks and expands a closed set of texts.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let choices = syntax::parse(input, &mut errors);
    let errors = errors.into_tokens();
    let implementation = emit::emit(&choices);
    quote::quote!(#errors #implementation)
}

/// The texts of an enum. Where something is wrong, those that are right.
struct Choices<'a> {
    ident: &'a Ident,
    root: TokenStream,
    /// Whether the enum has type parameters, which no column can have.
    generic: bool,
    choices: Vec<Choice<'a>>,
}

struct Choice<'a> {
    variant: &'a Ident,
    text: String,
}
