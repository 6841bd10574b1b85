//! The rules about who may set a field, and which rows it may name.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::field::target;
use super::super::{at, respan};
use crate::serializer::model::{Field, Related, Serializer};

/// Who may set the fields. Without a rule, nothing is emitted.
pub(super) fn guard(serializer: &Serializer) -> Option<TokenStream> {
    let Serializer { root, model, .. } = serializer;
    let rules = serializer
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.reads);
    let (places, rules): (Vec<Literal>, Vec<TokenStream>) = rules
        .filter_map(|(place, field)| {
            let set = field.set.as_ref()?;
            let span = at(set.span());
            let (root, model) = (respan(root, span), respan(model, span));
            let rule = quote_spanned!(span=> #root::guard::<#model, _>(#set));
            Some((Literal::usize_unsuffixed(place), rule))
        })
        .unzip();
    if places.is_empty() {
        return None;
    }
    Some(quote! {
        const GUARDED: &'static [usize] = &[#(#places),*];

        fn may_set(
            __field: usize,
            __action: #root::Action,
            __row: ::core::option::Option<&#model>,
            __cx: &mut #root::Context,
        ) -> #root::Result<bool> {
            match __field {
                #(#places => #root::may_set(&#rules, __action, __row, __cx),)*
                _ => ::core::result::Result::Ok(true),
            }
        }
    })
}

/// Who may name a row of the other model, as an optional argument.
pub(super) fn of_target(serializer: &Serializer, field: &Field, related: &Related) -> TokenStream {
    let Some(rule) = &related.rule else {
        return quote!(::core::option::Option::None);
    };
    let span = at(rule.span());
    let root = respan(&serializer.root, span);
    let model = respan(target(&serializer.root, field, related.as_data), span);
    quote_spanned!(span=> ::core::option::Option::Some(&#root::guard::<#model, _>(#rule)))
}
