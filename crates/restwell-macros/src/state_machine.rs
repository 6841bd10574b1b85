//! `#[derive(StateMachine)]`.

mod emit;
mod syntax;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Path, Visibility};

use crate::error::Errors;

/// Reads, checks and expands the transitions between the variants of an enum.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let machine = syntax::parse(input, &mut errors);
    let implementation = machine.as_ref().map(emit::emit);
    let errors = errors.into_tokens();
    quote::quote!(#errors #implementation)
}

/// A state machine. Where something is wrong with its transitions, those that are right.
struct Machine<'a> {
    vis: &'a Visibility,
    ident: &'a Ident,
    root: TokenStream,
    model: Path,
    /// The model's field that holds the state.
    field: Ident,
    transitions: Vec<Transition>,
}

struct Transition {
    name: Ident,
    from: Vec<Ident>,
    to: Ident,
    guard: Option<Path>,
}
