//! What an input writes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::field::column;
use super::relation::call;
use super::{at, representation, respan};
use crate::serializer::model::{Default, Field, Kind, Related, Serializer};

pub(super) fn writes(serializer: &Serializer) -> TokenStream {
    let (root, model) = (&serializer.root, &serializer.model);
    let writes = serializer
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.reads)
        .map(|(place, field)| match &field.kind {
            Kind::Column(_) => write_column(serializer, place, field),
            Kind::Related(related) => write_related(serializer, field, related),
            _ => TokenStream::new(),
        });
    quote! {
        fn writes(
            &self,
            __mode: #root::Mode,
            __cx: &mut #root::Context,
        ) -> #root::Result<#root::Writes<#model>> {
            let mut __writes = #root::Writes::default();
            #(#writes)*
            ::core::result::Result::Ok(__writes)
        }
    }
}

fn write_column(serializer: &Serializer, place: usize, field: &Field) -> TokenStream {
    let (root, name, column) = (&serializer.root, &field.ident, column(place));
    let span = at(field.ty.span());
    let spanned = respan(root, span);
    let write = quote_spanned! {span=>
        #spanned::write_column(&mut __writes, #column, &self.#name);
    };
    let Some(default) = &field.default else {
        return write;
    };
    let (mode, set) = match default {
        Default::Always(value) => (
            quote!(!= #root::Mode::PartialUpdate),
            quote!(__writes.changes.set(#column, #value);),
        ),
        Default::OnCreate(value) => (
            quote!(== #root::Mode::Create),
            quote!(__writes.changes.set(#column, #value);),
        ),
        Default::With(path) => {
            let value = quote_spanned!(at(path.span())=> #path(self, __cx)?);
            (
                quote!(== #root::Mode::Create),
                quote!(__writes.generate(#column, #value);),
            )
        }
    };
    quote! {
        if __mode #mode && self.#name.is_absent() {
            #set
        } else {
            #write
        }
    }
}

fn write_related(serializer: &Serializer, field: &Field, related: &Related) -> TokenStream {
    let (root, model, name) = (&serializer.root, &serializer.model, &field.ident);
    if field.shape.many {
        let relation = call(serializer, &related.relation);
        let target = super::field::target(&serializer.root, field, related.as_data);
        let span = at(field.ty.span());
        let (spanned, model) = (respan(root, span), respan(model, span));
        let link = quote_spanned!(span=> #spanned::link::<#model, #target, _>(#relation));
        return quote!(#root::write_links(&mut __writes, #link, &self.#name););
    }
    let column = representation::foreign_key(serializer, field, related);
    quote!(#root::write_key(&mut __writes, #column, &self.#name);)
}
