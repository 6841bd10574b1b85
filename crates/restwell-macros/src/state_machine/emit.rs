//! The expansion of a state machine. Nothing can fail here.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Machine, Transition};

pub(super) fn emit(machine: &Machine<'_>) -> TokenStream {
    let Machine {
        vis,
        ident,
        root,
        model,
        field,
        transitions,
    } = machine;
    let names: Vec<Ident> = transitions.iter().map(constant).collect();
    let constants = transitions.iter().zip(&names).map(|(transition, name)| {
        let value = value(transition, root);
        let docs = docs(transition);
        quote! {
            #[doc = #docs]
            #vis const #name: #root::Transition<Self> = #value;
        }
    });
    quote! {
        #[automatically_derived]
        impl #ident {
            #(#constants)*
        }

        #[automatically_derived]
        impl #root::StateMachine for #ident {
            type Model = #model;
            const FIELD: #root::Field<#model, Self> = #model::F.#field;
            const TRANSITIONS: &'static [#root::Transition<Self>] = &[#(Self::#names),*];
        }
    }
}

fn constant(transition: &Transition) -> Ident {
    let name = transition.name.unraw().to_string().to_shouty_snake_case();
    let mut constant = format_ident!("{name}");
    constant.set_span(transition.name.span());
    constant
}

fn docs(transition: &Transition) -> String {
    let from: Vec<String> = transition.from.iter().map(ToString::to_string).collect();
    format!("From {} to {}.", from.join(" or "), transition.to)
}

fn value(transition: &Transition, root: &TokenStream) -> TokenStream {
    let Transition {
        from, to, guard, ..
    } = transition;
    let name = transition.name.unraw().to_string();
    let guard = guard.as_ref().map(|path| {
        let span = path.span();
        quote_spanned!(span=> .guarded(#path))
    });
    quote!(#root::Transition::new(#name, &[#(Self::#from),*], Self::#to) #guard)
}
