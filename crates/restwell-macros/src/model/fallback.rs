//! What is emitted beside an error, so that the rest of the program compiles and the error stands
//! alone. It never runs.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, parse_quote};

use super::syntax::{Input, Relation, RelationKind, is_option};
use super::{block, emit};
use crate::syntax::private_root;

pub(super) fn emit(input: &DeriveInput, read: Option<&Input<'_>>) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let root = private_root(read.and_then(|read| read.options.root.as_ref()));
    let key = read
        .and_then(|read| {
            let name = read.options.primary_key.as_ref();
            read.fields.iter().find(|field| match name {
                Some(name) => field.ident == name,
                None => field.ident == "id",
            })
        })
        .filter(|field| !is_option(field.ty))
        .map_or_else(
            || quote!(i64),
            |field| {
                let ty = field.ty;
                quote!(#ty)
            },
        );
    let table = read
        .and_then(|read| read.options.table.as_ref())
        .map_or_else(|| quote!(()), |table| quote!(#table::table));
    let handles = read.map(|read| handles(read, &root));
    let blocks = read.map(|read| blocks(read, &root));
    quote! {
        #handles

        #blocks

        #[automatically_derived]
        impl #root::Model for #ident {
            type Pk = #key;
            type Table = #table;
            const META: &'static #root::ModelMeta = #root::UNKNOWN_MODEL;

            fn from_row(
                _: &mut #root::RowReader<'_, '_, '_>,
            ) -> #root::deserialize::Result<Self> {
                loop {}
            }

            fn pk(&self) -> Self::Pk {
                loop {}
            }

            fn value(&self, _: usize) -> #root::Value {
                loop {}
            }
        }
    }
}

/// The traits of the building blocks, whose functions the program calls.
fn blocks(read: &Input<'_>, root: &TokenStream) -> TokenStream {
    let never = quote!(loop {});
    let bodies = emit::Bodies {
        columns: never.clone(),
        columns_mut: never.clone(),
        changes: never.clone(),
    };
    let keys = read.options.blocks.iter();
    let described = keys
        .filter_map(|key| block::plain(&key.to_string()))
        .filter_map(|block| emit::block(read.ident, root, block, &bodies));
    let slug = read.options.slug.as_ref();
    let slug = slug.map(|_| emit::slugged(read.ident, root, &never));
    quote!(#(#described)* #slug)
}

fn handles(read: &Input<'_>, root: &TokenStream) -> TokenStream {
    let (ident, vis) = (read.ident, read.vis);
    let handles = format_ident!("{ident}Fields");
    let names: Vec<_> = read.fields.iter().map(|field| field.ident).collect();
    let types = read.fields.iter().map(|field| field.ty);
    let relations = read
        .options
        .relations
        .iter()
        .enumerate()
        .filter(|(i, relation)| {
            let earlier = &read.options.relations[..*i];
            earlier.iter().all(|other| other.name != relation.name)
        })
        .map(|(_, relation)| function(read, relation, root));
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, missing_docs, reason = "stands in until the error is mended")]
        #[derive(Clone, Copy, Debug)]
        #vis struct #handles {
            #(#vis #names: #root::Field<#ident, #types>,)*
        }

        #[allow(dead_code, missing_docs, reason = "stands in until the error is mended")]
        impl #ident {
            #vis const F: #handles = #handles {
                #(#names: #root::Field::new(#root::UNKNOWN_COLUMN),)*
            };

            #(#relations)*
        }

        #[automatically_derived]
        impl #root::Handles for #ident {
            type Fields = #handles;
            const FIELDS: #handles = Self::F;
        }
    }
}

fn function(read: &Input<'_>, relation: &Relation, root: &TokenStream) -> TokenStream {
    let (ident, vis, target) = (read.ident, read.vis, &relation.target);
    let function = format_ident!("relation_{}", relation.name.unraw());
    let kind: syn::Ident = match relation.kind {
        RelationKind::BelongsTo => parse_quote!(BelongsTo),
        RelationKind::HasMany => parse_quote!(HasMany),
        RelationKind::HasOne => parse_quote!(HasOne),
        RelationKind::ManyToMany => parse_quote!(ManyToMany),
    };
    // The code of serializers asks to-one relations whether they are optional.
    let body = match relation.kind {
        RelationKind::ManyToMany => quote!(loop {}),
        _ => quote!(#root::#kind::new(#root::UNKNOWN_COLUMN)),
    };
    quote! {
        #[doc(hidden)]
        #vis const fn #function() -> #root::#kind<#ident, #target> {
            #body
        }
    }
}
