//! `#[serializer]`.

mod check;
mod emit;
mod model;
mod syntax;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::error::Errors;

/// Reads, checks and expands a serializer or a group of fields.
pub(crate) fn attribute(args: &TokenStream, item: &Item) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = syntax::parse(args, item, &mut errors) else {
        return errors.into_tokens().unwrap_or_default();
    };
    if !input.options.extends.is_empty() && input.options.taken_in.is_none() {
        return emit::take_in(&input, args, item);
    }
    if input.options.group.is_some() {
        let group = emit::group(&check::group(&input, &mut errors));
        let errors = errors.into_tokens();
        return quote!(#errors #group);
    }
    let serializer = check::serializer(&input, &mut errors);
    match (serializer, errors.into_tokens()) {
        (Some(serializer), None) => emit::serializer(&serializer),
        (_, errors) => {
            let fallback = emit::fallback(&input);
            quote!(#errors #fallback)
        }
    }
}
