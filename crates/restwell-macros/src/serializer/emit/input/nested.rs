//! Rows of relations that are written with the row.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::field::child_input;
use super::super::relation::call;
use super::super::{at, respan};
use crate::serializer::model::{Field, Serializer, Written};
use crate::serializer::syntax::Orphans;

/// The check and the save of nested rows. Without any, nothing is emitted.
pub(super) fn nested(serializer: &Serializer) -> Option<TokenStream> {
    let (root, model) = (&serializer.root, &serializer.model);
    let read = serializer.fields.iter().filter(|field| field.reads);
    let (names, nestings): (Vec<&Ident>, Vec<TokenStream>) = read
        .filter_map(|field| Some((&field.ident, nesting(serializer, field)?)))
        .unzip();
    if nestings.is_empty() {
        return None;
    }
    Some(quote! {
        const NESTS: bool = true;

        fn nested_rows(&self) -> usize {
            0 #(+ #root::count_rows(&self.#names))*
        }

        fn check_nested(
            __batch: &mut [#root::Draft<Self>],
            __instances: &[::core::option::Option<&#model>],
            __mode: #root::Mode,
            __cx: &mut #root::Context,
        ) -> #root::Result<()> {
            #(
                let __nesting = #nestings;
                __nesting.check(__batch, __instances, __mode, __cx)?;
            )*
            ::core::result::Result::Ok(())
        }

        fn save_nested(
            __batch: &mut [#root::Parent<'_, Self>],
            __cx: &mut #root::Context,
        ) -> #root::Result<::core::result::Result<(), #root::RowErrors>> {
            #(
                let __nesting = #nestings;
                if let ::core::result::Result::Err(__errors) = __nesting.save(__batch, __cx)? {
                    return ::core::result::Result::Ok(::core::result::Result::Err(__errors));
                }
            )*
            ::core::result::Result::Ok(::core::result::Result::Ok(()))
        }
    })
}

fn nesting(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    let (relation, Written { sync, rule, .. }) = field.written()?;
    let (name, wire) = (&field.ident, &field.wire);
    let relation = call(serializer, relation);
    let span = at(field.ty.span());
    let root = respan(&serializer.root, span);
    let orphans = match sync {
        Orphans::Keep => quote!(Keep),
        Orphans::Release => quote!(Release),
        Orphans::Delete => quote!(Delete),
    };
    let child = child_input(&serializer.root, field);
    let rule = {
        let span = at(rule.span());
        let (root, child) = (respan(&serializer.root, span), respan(child, span));
        quote_spanned!(span=> &#root::guard::<<#child as #root::Input>::Model, _>(#rule))
    };
    Some(quote_spanned! {span=>
        #root::Nesting {
            name: #wire,
            orphans: #root::Orphans::#orphans,
            field: |__input: &mut Self| &mut __input.#name,
            relation: #relation,
            rule: #rule,
        }
    })
}
