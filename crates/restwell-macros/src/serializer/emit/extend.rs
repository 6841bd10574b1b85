//! The first step of a serializer that takes in groups: it hands itself to their macros, which
//! hand it back with the fields of the groups.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::Item;

use crate::serializer::syntax::Input;
use crate::syntax::private_root;

pub(in crate::serializer) fn take_in(
    input: &Input,
    args: &TokenStream,
    item: &Item,
) -> TokenStream {
    let root = private_root(input.options.root.as_ref());
    let Some((first, rest)) = input.options.extends.split_first() else {
        return TokenStream::new();
    };
    let comma = match args.clone().into_iter().last() {
        Some(TokenTree::Punct(last)) if last.as_char() == ',' => None,
        None => None,
        Some(_) => Some(quote!(,)),
    };
    quote! {
        #first! { [#({#rest})*] {#first} [] {#root::serializer} {#args #comma} {#item} }
    }
}
