//! The expansion of a set of choices. Nothing can fail here.

use proc_macro2::TokenStream;
use quote::quote;

use super::Choices;

pub(super) fn emit(choices: &Choices<'_>) -> TokenStream {
    let Choices { ident, root, .. } = choices;
    if choices.generic {
        return TokenStream::new();
    }
    let variants: Vec<_> = choices
        .choices
        .iter()
        .map(|choice| choice.variant)
        .collect();
    let texts: Vec<_> = choices.choices.iter().map(|choice| &choice.text).collect();
    // The wildcard is for a variant that has been reported.
    let first = variants
        .first()
        .map_or_else(|| quote!(loop {}), |first| quote!(#ident::#first));
    quote! {
        #[automatically_derived]
        impl #root::Choices for #ident {
            const VALUES: &'static [&'static str] = &[#(#texts),*];

            #[allow(unreachable_patterns, reason = "the last arm stands for refused variants")]
            fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #texts,)*
                    _ => "",
                }
            }

            fn from_text(__text: &str) -> ::core::option::Option<Self> {
                match __text {
                    #(#texts => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        #root::choices!(#ident, #first);
    }
}
