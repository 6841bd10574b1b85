//! The expansion. Nothing can fail here.

mod check;
mod extend;
mod fallback;
mod field;
mod group;
mod input;
mod nested;
mod optional;
mod relation;
mod representation;
mod state;
mod writes;

use proc_macro2::{Group as Delimited, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Visibility};

use super::model::Serializer;

pub(super) use extend::take_in;
pub(super) use fallback::fallback;
pub(super) use group::group;

pub(super) fn serializer(serializer: &Serializer) -> TokenStream {
    let unit = declared(&serializer.attrs, &serializer.vis, &serializer.ident);
    let declaration = serializer.reads.then(|| input::declaration(serializer));
    let fields = field::constants(serializer);
    let relations = relation::undeclared(serializer);
    let states = state::refused(serializer);
    let optional = optional::refused(serializer);
    let nested = nested::refused(serializer);
    let representation = serializer
        .shows
        .then(|| representation::implementation(serializer));
    let input = if serializer.reads {
        input::implementation(serializer)
    } else {
        nested::stand_in(&serializer.root, &serializer.ident, &serializer.model)
    };
    quote! {
        #unit
        #declaration
        const _: () = {
            #fields
            #relations
            #states
            #optional
            #nested
            #representation
            #input
        };
    }
}

/// The place of `span`, with the names that the expansion itself knows.
pub(super) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// `tokens` at one place, where mistakes in them are reported.
pub(super) fn respan(tokens: impl ToTokens, span: Span) -> TokenStream {
    tokens
        .into_token_stream()
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = token {
                token = Delimited::new(group.delimiter(), respan(group.stream(), span)).into();
            }
            token.set_span(span);
            token
        })
        .collect()
}

/// The struct that stands for what was declared.
fn declared(attrs: &[Attribute], vis: &Visibility, ident: &Ident) -> TokenStream {
    let debug = debug(attrs);
    quote! {
        #(#attrs)*
        #debug
        #[allow(dead_code, reason = "a serializer is a type alone")]
        #vis struct #ident;
    }
}

/// `#[derive(Debug)]`, where the declaration does not have it.
fn debug(attrs: &[Attribute]) -> Option<TokenStream> {
    let has_debug = attrs.iter().any(|attribute| {
        attribute.path().is_ident("derive")
            && attribute
                .meta
                .require_list()
                .is_ok_and(|list| list.tokens.to_string().contains("Debug"))
    });
    (!has_debug).then(|| quote!(#[derive(Debug)]))
}
