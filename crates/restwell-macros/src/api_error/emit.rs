//! The expansion of declared failures. Nothing can fail here.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::{Declared, Failure};

pub(super) fn emit(declared: &Declared<'_>) -> TokenStream {
    let Declared { ident, root, .. } = declared;
    if declared.generic {
        return TokenStream::new();
    }
    let codes = declared
        .failures
        .iter()
        .map(|failure| code(failure, ident, root));
    let arms = declared
        .failures
        .iter()
        .map(|failure| arm(failure, ident, root));
    quote! {
        #[automatically_derived]
        impl #root::ApiError for #ident {
            const CODES: &'static [#root::ErrorCode] = &[#(#codes),*];
        }

        #[automatically_derived]
        impl ::core::convert::From<#ident> for #root::Error {
            #[allow(unreachable_patterns, reason = "the last arm stands for refused variants")]
            fn from(__error: #ident) -> Self {
                match __error {
                    #(#arms)*
                    _ => #root::Error::internal("an error with a mistake in its declaration"),
                }
            }
        }
    }
}

fn code(failure: &Failure<'_>, ident: &Ident, root: &TokenStream) -> TokenStream {
    let Failure {
        status,
        code,
        message,
        ..
    } = failure;
    let own = ident.unraw();
    let declared_by = match failure.variant {
        Some(variant) => format!("{own}::{}", variant.unraw()),
        None => own.to_string(),
    };
    quote!(#root::ErrorCode {
        status: #status,
        code: #code,
        message: #message,
        declared_by: #declared_by,
    })
}

fn arm(failure: &Failure<'_>, ident: &Ident, root: &TokenStream) -> TokenStream {
    let Failure {
        status,
        code,
        format,
        shown,
        ..
    } = failure;
    let pattern = match failure.variant {
        Some(variant) => quote!(#ident::#variant),
        None => quote!(#ident),
    };
    let names: Vec<Ident> = (0..shown.len())
        .map(|place| format_ident!("__{place}"))
        .collect();
    let source = failure.source.iter();
    let cause = failure
        .source
        .iter()
        .map(|_| quote!(.with_source(__source)));
    let message = if shown.is_empty() {
        let plain = format.replace("{{", "{").replace("}}", "}");
        quote!(#plain)
    } else {
        quote!(::std::format!(#format, #(#names = #names),*))
    };
    quote! {
        #pattern { #(#shown: #names,)* #(#source: __source,)* .. } => {
            #root::Error::new(#status, #code, #message) #(#cause)*
        }
    }
}
