//! Relations that may lead to no row, which a field must be able to show.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::at;
use super::relation::call;
use crate::serializer::model::{Field, Kind, Serializer};

/// Refuses fields without `Option` of relations that may lead to no row.
pub(super) fn refused(serializer: &Serializer) -> TokenStream {
    let fields = serializer.fields.iter();
    fields
        .filter(|field| field.shows && !field.shape.many && !field.shape.optional)
        .filter_map(|field| check(serializer, field))
        .collect()
}

fn check(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    if matches!(field.kind, Kind::Count(_)) {
        return None;
    }
    let (name, span) = (field.relation()?, at(field.ty.span()));
    let relation = call(serializer, name);
    let message = format!(
        "the relation `{name}` may lead to no row, which `{}` then shows as null; put its type into an `Option`",
        field.ident
    );
    Some(quote_spanned!(span=> const _: () = ::core::assert!(!#relation.is_optional(), #message);))
}
