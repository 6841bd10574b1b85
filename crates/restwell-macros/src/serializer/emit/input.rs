//! The struct of the input, and `impl Input`.

mod guard;
mod nested;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::field::{column, meta, slot};
use super::relation::call;
use super::{at, check, representation, respan, writes};
use crate::serializer::model::{Field, Kind, Serializer};

/// The name of the struct.
pub(super) fn name(serializer: &Ident) -> Ident {
    format_ident!("{serializer}Input")
}

pub(super) fn declaration(serializer: &Serializer) -> TokenStream {
    let Serializer {
        root, vis, ident, ..
    } = serializer;
    let input = name(ident);
    let title = format!("What clients may say to [`{ident}`].");
    let fields: Vec<&Field> = serializer
        .fields
        .iter()
        .filter(|field| field.reads)
        .collect();
    let members = fields.iter().map(|field| {
        let (name, slot) = (&field.ident, slot(root, field));
        let docs = docs(field);
        quote!(#docs pub #name: #root::Patch<#slot>,)
    });
    let hides = fields.iter().any(|field| !field.shows);
    let derives = if hides {
        quote!(#[derive(Default)])
    } else {
        quote!(#[derive(Debug, Default)])
    };
    let debug = hides.then(|| debug(&input, &fields));
    quote! {
        #[doc = #title]
        #[allow(dead_code, reason = "not every field is asked for by name")]
        #derives
        #vis struct #input {
            #(#members)*
        }

        #debug
    }
}

pub(super) fn docs(field: &Field) -> TokenStream {
    if field.docs.is_empty() {
        let text = format!("The field `{}`.", field.wire);
        return quote!(#[doc = #text]);
    }
    let docs = &field.docs;
    quote!(#(#docs)*)
}

/// `Debug` without the values that are never shown, such as passwords.
fn debug(input: &Ident, fields: &[&Field]) -> TokenStream {
    let name = input.unraw().to_string();
    let members = fields.iter().map(|field| {
        let (ident, name) = (&field.ident, field.ident.unraw().to_string());
        if field.shows {
            quote!(.field(#name, &self.#ident))
        } else {
            quote!(.field(#name, &::core::format_args!("…")))
        }
    });
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #input {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __f.debug_struct(#name)#(#members)*.finish()
            }
        }
    }
}

pub(super) fn implementation(serializer: &Serializer) -> TokenStream {
    let Serializer {
        root, ident, model, ..
    } = serializer;
    let input = name(ident);
    let metas: Vec<Ident> = (0..serializer.fields.len()).map(meta).collect();
    let unknown = if serializer.refuse_unknown {
        quote!(Refuse)
    } else {
        quote!(Ignore)
    };
    let read: Vec<(usize, &Field)> = serializer
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.reads)
        .collect();
    let places: Vec<Literal> = read
        .iter()
        .map(|(i, _)| Literal::usize_unsuffixed(*i))
        .collect();
    let reads = read.iter().map(|(i, field)| read_field(root, *i, field));
    let names: Vec<&Ident> = read.iter().map(|(_, field)| &field.ident).collect();
    let resolve = read
        .iter()
        .filter_map(|(_, field)| resolve(serializer, field));
    let columns = read
        .iter()
        .filter_map(|(i, field)| column_of(serializer, *i, field));
    let (check, validate) = (check::check(serializer), check::validate(serializer));
    let writes = writes::writes(serializer);
    let nested = nested::nested(serializer);
    let guard = guard::guard(serializer);
    quote! {
        #[automatically_derived]
        impl #root::Input for #input {
            type Model = #model;

            const FIELDS: &'static [#root::FieldMeta] = &[#(#metas),*];
            const UNKNOWN: #root::Unknown = #root::Unknown::#unknown;

            #guard

            #nested

            fn read<'de, __D: #root::Deserializer<'de>>(
                &mut self,
                __field: usize,
                __value: __D,
                __errors: &mut #root::FieldErrors,
            ) -> ::core::result::Result<(), __D::Error> {
                match __field {
                    #(#places => #reads,)*
                    _ => #root::skip(__value),
                }
            }

            fn column(__field: usize) -> ::core::option::Option<usize> {
                match __field {
                    #(#columns)*
                    _ => ::core::option::Option::None,
                }
            }

            fn is_supplied(&self, __field: usize) -> bool {
                match __field {
                    #(#places => self.#names.is_supplied(),)*
                    _ => false,
                }
            }

            fn forget(&mut self, __field: usize) {
                match __field {
                    #(#places => self.#names = #root::Patch::Absent,)*
                    _ => {}
                }
            }

            #check

            fn resolve(
                __batch: &mut [#root::Draft<Self>],
                __cx: &mut #root::Context,
            ) -> #root::Result<()> {
                #(#resolve)*
                ::core::result::Result::Ok(())
            }

            #writes

            #validate
        }

        #[automatically_derived]
        impl #root::WriteSerializer for #ident {
            type Input = #input;
        }
    }
}

/// The column that a field writes.
fn column_of(serializer: &Serializer, place: usize, field: &Field) -> Option<TokenStream> {
    let column = match &field.kind {
        Kind::Column(_) => {
            let column = column(place);
            quote!(#column.column())
        }
        Kind::Related(related) if !field.shape.many => {
            representation::foreign_key(serializer, field, related)
        }
        Kind::Nested(nested) if nested.written.is_some() && !field.shape.many => {
            let (root, relation) = (&serializer.root, call(serializer, &nested.relation));
            let place = Literal::usize_unsuffixed(place);
            return Some(quote!(#place => #root::own_column(#relation),));
        }
        _ => return None,
    };
    let place = Literal::usize_unsuffixed(place);
    Some(quote!(#place => ::core::option::Option::Some(#column.index),))
}

/// Reads the value of a field. A type that cannot be read is reported where it stands.
fn read_field(root: &TokenStream, place: usize, field: &Field) -> TokenStream {
    let span = at(field.ty.span());
    let (root, name, meta) = (respan(root, span), &field.ident, meta(place));
    quote_spanned!(span=> #root::read_into(&mut self.#name, &#meta, __value, __errors))
}

/// Looks up the rows that a related field names.
fn resolve(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    let Kind::Related(related) = &field.kind else {
        return None;
    };
    let (root, name, wire) = (&serializer.root, &field.ident, &field.wire);
    let rule = guard::of_target(serializer, field, related);
    Some(quote! {
        #root::resolve_field(__batch, #wire, |__input| &mut __input.#name, #rule, __cx)?;
    })
}
