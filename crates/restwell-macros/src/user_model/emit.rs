//! The expansion of a model of users. Nothing can fail here.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use super::User;

pub(super) fn emit(user: &User<'_>) -> TokenStream {
    let User { ident, root, .. } = user;
    let constants = user.columns.iter().map(|(meaning, field)| {
        let (constant, ty) = (
            format_ident!("{}", meaning.constant),
            format_ident!("{}", meaning.ty),
        );
        let ty = quote!(#root::users::#ty<Self>);
        // At the field, so that a wrong type is shown where it stands.
        let value = quote_spanned!(field.span()=> Self::F.#field);
        match meaning.required {
            Some(_) => quote!(const #constant: #ty = #value;),
            None => quote! {
                const #constant: ::core::option::Option<#ty> = ::core::option::Option::Some(#value);
            },
        }
    });
    quote! {
        #[automatically_derived]
        impl #root::users::UserModel for #ident {
            #(#constants)*
        }
    }
}
