//! The expansion of a viewset. Nothing can fail here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ImplItem, LitStr};

use super::{Extra, Missing, Permission, ViewSet};

/// The functions of extra actions next to the impl of the trait. `faulty` when something is wrong
/// with the viewset, which has been reported.
pub(super) fn emit(viewset: &ViewSet, faulty: bool) -> TokenStream {
    let implementation = viewset
        .missing
        .as_ref()
        .map(|missing| implementation(viewset, missing));
    let functions = functions(viewset, faulty);
    quote!(#implementation #functions)
}

fn implementation(viewset: &ViewSet, missing: &Missing) -> TokenStream {
    let root = &viewset.root;
    let mut item = viewset.item.clone();
    let types = missing.types.iter().map(|(name, ty)| {
        let name = Ident::new(name, Span::call_site());
        quote!(type #name = #ty;)
    });
    let actions = missing.actions.as_ref().map(|actions| {
        let constants = actions.iter().map(|action| {
            let constant = Ident::new(action.constant, Span::call_site());
            quote!(.or(#root::Actions::#constant))
        });
        quote!(const ACTIONS: #root::Actions = #root::Actions::NONE #(#constants)*;)
    });
    let permission = missing.permission.as_ref().map(|whose| {
        let rule = match whose {
            Permission::Base => quote! {
                <Self::Base as #root::Base>::permission(<Self as #root::ViewSet>::FEATURE, __action)
            },
            Permission::Nobody => quote!({ let _ = __action; #root::deny_all() }),
        };
        quote! {
            fn permission(&self, __action: #root::Action) -> #root::Rule<Self::Model> {
                #rule
            }
        }
    });
    let description = missing
        .description
        .as_ref()
        .map(|text| quote!(const DESCRIPTION: &'static str = #text;));
    let performs = missing.performs.as_ref().map(|performs| {
        let constants = performs.iter().map(|constant| Ident::new(constant, Span::call_site()));
        quote!(const PERFORMS: #root::Actions = #root::Actions::NONE #(.or(#root::Actions::#constants))*;)
    });
    let extra = extra_actions(viewset);
    item.items.extend(types.map(ImplItem::Verbatim));
    for filled in [actions, performs, description, permission, extra]
        .into_iter()
        .flatten()
    {
        item.items.push(ImplItem::Verbatim(filled));
    }
    item.into_token_stream()
}

fn extra_actions(viewset: &ViewSet) -> Option<TokenStream> {
    if viewset.extra.is_empty() {
        return None;
    }
    let root = &viewset.root;
    let actions = viewset.extra.iter().map(|extra| extra_action(extra, root));
    Some(quote! {
        fn extra_actions() -> ::std::vec::Vec<#root::ExtraAction<Self>> {
            ::std::vec::Vec::from([#(#actions),*])
        }
    })
}

fn extra_action(extra: &Extra, root: &TokenStream) -> TokenStream {
    let Extra {
        cfgs,
        name,
        url_path,
        description,
        atomic,
        idempotent,
        parameters,
        ..
    } = extra;
    let detail = extra.row.is_some();
    let methods = extra.methods.iter().map(|verb| {
        let variant = format_ident!("{}", verb.variant);
        quote!(#root::Method::#variant)
    });
    let (throttle, renders) = (
        option(extra.throttle.as_ref()),
        option(extra.renders.as_ref()),
    );
    let parameters = if extra.lists {
        quote!(::core::option::Option::None)
    } else {
        quote!(::core::option::Option::Some(&[#(#parameters),*]))
    };
    let run = run(extra, root);
    quote! {
        #(#cfgs)*
        #root::ExtraAction {
            name: #name,
            url_path: #url_path,
            description: #description,
            detail: #detail,
            methods: &[#(#methods),*],
            atomic: #atomic,
            parameters: #parameters,
            idempotent: #idempotent,
            throttle: #throttle,
            renders: #renders,
            run: #run,
        }
    }
}

fn option(text: Option<&LitStr>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// What runs the function. A row or an answer of another type is shown where it stands in the
/// function's signature.
fn run(extra: &Extra, root: &TokenStream) -> TokenStream {
    let function = &extra.function;
    let output = Span::call_site().located_at(extra.output);
    let access = if extra.methods.iter().all(|verb| verb.safe) {
        quote!(Reads)
    } else {
        quote!(Writes)
    };
    let name = &extra.name;
    let action = quote!(#root::Action::Custom(#name, #root::Access::#access));
    let Some(row) = extra.row else {
        let call = quote_spanned!(output=> Self::#function(__viewset, __cx));
        if !extra.lists {
            return quote!(|__viewset, __cx| #call);
        }
        let parameters = &extra.parameters;
        let rows = Ident::new("__rows", output);
        return quote! {
            |__viewset, __cx| {
                let #rows = #call?;
                #root::listed(__viewset, #action, #rows, &[#(#parameters),*], __cx)
            }
        };
    };
    let row = Ident::new("__row", Span::call_site().located_at(row));
    let call = quote_spanned!(output=> Self::#function(__viewset, __cx, #row));
    quote! {
        |__viewset, __cx| {
            let #row = #root::target(__viewset, #action, __cx)?;
            #call
        }
    }
}

fn functions(viewset: &ViewSet, faulty: bool) -> TokenStream {
    if viewset.functions.is_empty() {
        return TokenStream::new();
    }
    let functions = &viewset.functions;
    let (generics, _, conditions) = viewset.item.generics.split_for_impl();
    let this = &viewset.item.self_ty;
    let unused = faulty
        .then(|| quote!(#[allow(dead_code, reason = "an action with an error has no route")]));
    let cfgs = viewset
        .item
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    quote! {
        #(#cfgs)*
        #unused
        #[allow(
            clippy::needless_pass_by_value,
            clippy::unnecessary_wraps,
            clippy::unused_self,
            reason = "routes call every action in the same way"
        )]
        impl #generics #this #conditions {
            #(#functions)*
        }
    }
}
