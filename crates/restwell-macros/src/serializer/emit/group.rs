//! A group of fields: a struct, and a macro of the same name that serializers take it in by.

use proc_macro2::{Group as Delimited, Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Visibility;
use syn::ext::IdentExt;

use super::check::{all, group_check, own_check};
use crate::serializer::check::has_value;
use crate::serializer::model::{Field, Group, GroupField, Kind};

pub(in crate::serializer) fn group(group: &Group) -> TokenStream {
    let values = if group.validates() {
        values(group)
    } else {
        super::declared(&group.attrs, &group.vis, &group.ident)
    };
    let (ident, root) = (&group.ident, &group.root);
    let places = (0..group.fields.len()).map(Literal::usize_unsuffixed);
    let types = group.fields.iter().map(|field| &field.field.shape.item);
    let replay = replay(group);
    quote! {
        #values

        #(
            #[automatically_derived]
            impl #root::Group<#places> for #ident {
                type Type = #types;
            }
        )*

        #replay
    }
}

/// The struct as what the fields are about to be, and its checks.
fn values(group: &Group) -> TokenStream {
    let Group {
        attrs,
        vis,
        ident,
        root,
        ..
    } = group;
    let name = ident.unraw().to_string();
    let fields: Vec<&Field> = group
        .fields
        .iter()
        .map(|field| &field.field)
        .filter(|field| has_value(field))
        .collect();
    let members = fields.iter().map(|field| {
        let (name, docs) = (&field.ident, super::input::docs(field));
        let ty = match field.kind {
            Kind::NoColumn => &field.shape.value,
            _ => &field.ty,
        };
        quote!(#docs pub #name: ::core::option::Option<#ty>,)
    });
    let bases = group.checked.iter().map(|base| {
        group_check(base, |field| {
            let name = &field.ident;
            quote!(::core::clone::Clone::clone(&self.#name))
        })
    });
    let own = group
        .validate
        .iter()
        .map(|path| own_check(path, &quote!(self)));
    let body = all(root, bases.chain(own).collect());
    quote! {
        #(#attrs)*
        #[allow(dead_code, reason = "a group need not be taken in")]
        #vis struct #ident {
            #(#members)*
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __f.write_str(#name)
            }
        }

        #[automatically_derived]
        impl #ident {
            #[doc(hidden)]
            #[allow(dead_code, reason = "a group need not be taken in")]
            pub fn __validate(&self, __cx: &mut #root::Context) -> #root::Result<()> {
                #body
            }
        }
    }
}

/// The macro that hands a serializer on, to the next group or back, with the group's fields.
fn replay(group: &Group) -> TokenStream {
    let ident = &group.ident;
    let name = format_ident!("__group_{}", ident.unraw());
    let record = record(group);
    let (export, vis) = if group.export {
        (Some(quote!(#[macro_export])), quote!(pub))
    } else {
        (None, visibility(&group.vis))
    };
    quote! {
        #[doc(hidden)]
        #export
        #[allow(unused_macros, reason = "a group need not be taken in")]
        macro_rules! #name {
            ([] {$($path:tt)*} [$($got:tt)*] {$($attribute:tt)*} {$($args:tt)*} {$($item:tt)*}) => {
                #[$($attribute)*($($args)* __groups($($got)* {$($path)*} {#record}))]
                $($item)*
            };
            (
                [{$($next:tt)*} $($rest:tt)*] {$($path:tt)*} [$($got:tt)*]
                $attribute:tt $args:tt $item:tt
            ) => {
                $($next)*! {
                    [$($rest)*] {$($next)*} [$($got)* {$($path)*} {#record}]
                    $attribute $args $item
                }
            };
        }
        #[doc(hidden)]
        #[allow(unused_imports, reason = "a group need not be taken in")]
        #vis use #name as #ident;
    }
}

/// A macro that is not exported can be seen in the whole crate at most.
fn visibility(vis: &Visibility) -> TokenStream {
    match vis {
        Visibility::Public(_) => quote!(pub(crate)),
        other => quote!(#other),
    }
}

/// The group as serializers read it: all its fields, those of its own groups too.
fn record(group: &Group) -> TokenStream {
    let ident = &group.ident;
    let flags = [
        (group.read_only, quote!(read_only,)),
        (group.write_only, quote!(write_only,)),
        (group.last, quote!(last,)),
        (group.validates(), quote!(__validates,)),
        (
            group.refuse_unknown == Some(true),
            quote!(unknown = "refuse",),
        ),
        (
            group.refuse_unknown == Some(false),
            quote!(unknown = "ignore",),
        ),
    ];
    let flags = flags
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, flag)| flag);
    let fields = group.fields.iter().map(|GroupField { field, attrs }| {
        let (name, ty): (&Ident, _) = (&field.ident, &field.ty);
        quote!(#(#attrs)* #name: #ty,)
    });
    everywhere(quote! {
        #[serializer(group, #(#flags)*)]
        struct #ident { #(#fields)* }
    })
}

/// Lets `crate` mean the crate of the group wherever the tokens come to stand.
fn everywhere(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == "crate" => quote!($#ident),
            TokenTree::Group(group) => {
                let mut inner = Delimited::new(group.delimiter(), everywhere(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner).into()
            }
            token => token.into(),
        })
        .collect()
}
