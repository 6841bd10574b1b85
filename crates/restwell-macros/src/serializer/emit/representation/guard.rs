//! The rules about who may see a field. Without any, nothing is emitted.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::field::column;
use super::super::relation::call;
use super::super::{at, respan};
use super::Shown;
use crate::serializer::model::{Field, Kind, Nested, Serializer};

/// The rule about a field.
pub(super) fn rule(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    let see = field.see.as_ref()?;
    let span = at(see.span());
    let (root, model) = (
        respan(&serializer.root, span),
        respan(&serializer.model, span),
    );
    Some(quote_spanned!(span=> #root::guard::<#model, _>(#see)))
}

/// The decisions about the fields with rules, by name.
pub(super) fn seen<'a>(shown: &'a [Shown<'_>]) -> impl Iterator<Item = Ident> + 'a {
    shown
        .iter()
        .filter(|shown| shown.field.see.is_some())
        .map(decision)
}

fn decision(shown: &Shown<'_>) -> Ident {
    format_ident!("__seen_{}", shown.place)
}

/// Decides about the fields with rules, for all rows.
pub(super) fn decisions(serializer: &Serializer, shown: &[Shown<'_>]) -> TokenStream {
    let root = &serializer.root;
    let decisions = shown.iter().filter_map(|shown| {
        let (rule, name, bit) = (rule(serializer, shown.field)?, decision(shown), &shown.bit);
        Some(quote! {
            let #name = if __mask.contains(#bit) {
                #root::Seen::decide(&#rule, __rows, __cx)?
            } else {
                #root::Seen::Nowhere
            };
        })
    });
    quote!(#(#decisions)*)
}

/// Whether what the field shows must be loaded.
pub(super) fn is_wanted(shown: &Shown<'_>) -> TokenStream {
    if shown.field.see.is_some() {
        let name = decision(shown);
        return quote!(#name.anywhere());
    }
    let bit = &shown.bit;
    quote!(__mask.contains(#bit))
}

/// Whether the field of the row is written.
pub(super) fn is_seen_at(shown: &Shown<'_>) -> TokenStream {
    if shown.field.see.is_some() {
        let name = decision(shown);
        return quote!(__loaded.#name.at(__at));
    }
    let bit = &shown.bit;
    quote!(__mask.contains(#bit))
}

/// What the representation says of its rules, where it or a nested one has any.
pub(super) fn visibility(serializer: &Serializer, shown: &[Shown<'_>]) -> TokenStream {
    let root = &serializer.root;
    let guarded = shown.iter().any(|shown| shown.field.see.is_some());
    let nested: Vec<TokenStream> = shown
        .iter()
        .filter_map(|shown| nested(shown.field))
        .collect();
    if !guarded && nested.is_empty() {
        return TokenStream::new();
    }
    let masks = shown.iter().filter_map(|shown| {
        let (rule, bit) = (rule(serializer, shown.field)?, &shown.bit);
        Some(quote! {
            if !#root::may_see(&#rule, __row, __cx)? {
                __visible = __visible.without(#bit);
            }
        })
    });
    let visible = guarded.then(|| {
        quote! {
            fn visible(
                __row: ::core::option::Option<&Self::Model>,
                __cx: &mut #root::Context,
            ) -> #root::Result<#root::Mask> {
                let mut __visible = #root::Mask::ALL;
                #(#masks)*
                ::core::result::Result::Ok(__visible)
            }
        }
    });
    let notes = shown.iter().filter_map(|shown| note(serializer, shown));
    quote! {
        const GUARDED: bool = #guarded #(|| <#nested as #root::Representation>::GUARDED)*;

        #visible

        fn note_hidden(
            __hidden: &mut #root::Hidden,
            __row: ::core::option::Option<&Self::Model>,
            __cx: &mut #root::Context,
        ) -> #root::Result<()> {
            #(#notes)*
            ::core::result::Result::Ok(())
        }
    }
}

/// The serializer of another model that shows the field.
fn nested(field: &Field) -> Option<TokenStream> {
    let item = &field.shape.item;
    match &field.kind {
        Kind::Nested(_) => Some(quote!(#item)),
        Kind::Related(related) if related.as_data => Some(quote!(#item)),
        _ => None,
    }
}

/// Notes what is hidden of a field.
fn note(serializer: &Serializer, shown: &Shown<'_>) -> Option<TokenStream> {
    let (root, field) = (&serializer.root, shown.field);
    let within = nested(field).map(|nested| quote!(__hidden.note_nested::<#nested>(__cx)?;));
    let Some(rule) = rule(serializer, field) else {
        return within;
    };
    let (wire, whole) = (&field.wire, hide(serializer, shown));
    Some(quote! {
        if #root::sees_all(&#rule, __row, __cx)? {
            #within
        } else {
            __hidden.field(#wire);
            #whole
        }
    })
}

/// Notes what stands behind a hidden field.
fn hide(serializer: &Serializer, shown: &Shown<'_>) -> TokenStream {
    let (root, model) = (&serializer.root, &serializer.model);
    match &shown.field.kind {
        Kind::Column(_) => {
            let column = column(shown.place);
            quote!(__hidden.column(#column.column());)
        }
        Kind::Through(relation, source) => {
            let relation = call(serializer, relation);
            quote! {
                #root::hide_through::<#model, _, _>(
                    __hidden, #relation, |__fields| __fields.#source,
                );
            }
        }
        Kind::Nested(Nested { relation, .. }) | Kind::Count(relation) => {
            let relation = call(serializer, relation);
            quote!(#root::hide_relation::<#model, _>(__hidden, #relation);)
        }
        Kind::Related(related) => {
            let relation = call(serializer, &related.relation);
            quote!(#root::hide_relation::<#model, _>(__hidden, #relation);)
        }
        Kind::Method(..) | Kind::NoColumn => TokenStream::new(),
    }
}
