//! The relations that fields read.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::{at, field, respan};
use crate::serializer::model::{Field, Kind, Serializer};

/// The call that returns the relation, at the place where the field names it.
pub(super) fn call(serializer: &Serializer, relation: &Ident) -> TokenStream {
    let span = at(relation.span());
    let (model, function) = (respan(&serializer.model, span), function(relation));
    quote_spanned!(span=> #model::#function())
}

fn function(relation: &Ident) -> Ident {
    format_ident!("relation_{}", relation.unraw(), span = at(relation.span()))
}

/// Functions of the same names as those of the relations. They are found where the model has no
/// such relation, and their condition, which never holds, says so.
pub(super) fn undeclared(serializer: &Serializer) -> Option<TokenStream> {
    let mut relations: Vec<(&Ident, &Field)> = Vec::new();
    for field in &serializer.fields {
        if let Some(relation) = field.relation()
            && !relations.iter().any(|(other, _)| *other == relation)
        {
            relations.push((relation, field));
        }
    }
    if relations.is_empty() {
        return None;
    }
    let model = &serializer.model;
    let parts = relations
        .iter()
        .map(|(relation, field)| part(serializer, relation, field));
    let (conditions, functions): (Vec<_>, Vec<_>) = parts.unzip();
    Some(quote! {
        #(#conditions)*

        #[allow(dead_code, reason = "found only where a relation is missing")]
        trait UndeclaredRelations: Sized {
            #(#functions)*
        }

        impl UndeclaredRelations for #model {}
    })
}

/// The condition of a relation, and the function that needs it.
fn part(serializer: &Serializer, relation: &Ident, field: &Field) -> (TokenStream, TokenStream) {
    let (root, model) = (&serializer.root, &serializer.model);
    let name = relation.unraw().to_string();
    let (condition, function) = (format_ident!("DeclaresRelation_{name}"), function(relation));
    let many = field.shape.many || matches!(field.kind, Kind::Count(_));
    let is_related = matches!(field.kind, Kind::Related(_));
    let (kind, form) = match (many, is_related) {
        (true, true) => (
            quote!(ManyToMany),
            format!("many_to_many({name}: …, through = …)"),
        ),
        (true, false) => (
            quote!(HasMany),
            format!("has_many({name}: …)` or `many_to_many({name}: …, through = …)"),
        ),
        (false, true) => (quote!(BelongsTo), format!("belongs_to({name}: …)")),
        (false, false) => (
            quote!(BelongsTo),
            format!("belongs_to({name}: …)` or `has_one({name}: …)"),
        ),
    };
    let target = match &field.kind {
        Kind::Nested(_) if !field.shows => {
            let input = field::child_input(&serializer.root, field);
            quote!(<#input as #root::Input>::Model)
        }
        Kind::Nested(_) => field::target(&serializer.root, field, true),
        Kind::Related(related) => field::target(&serializer.root, field, related.as_data),
        _ => quote!(#model),
    };
    let message = format!("the model `{{Self}}` declares no relation `{name}`");
    let note = format!("declare it in the model's `#[model(…)]`: `{form}`");
    let declaration = quote! {
        #[allow(dead_code, non_camel_case_types, reason = "never holds")]
        #[diagnostic::on_unimplemented(
            message = #message,
            label = "not a relation of the model",
            note = #note
        )]
        trait #condition {}
    };
    let function = quote! {
        fn #function() -> #root::#kind<#model, #target>
        where
            Self: #condition,
        {
            loop {}
        }
    };
    (declaration, function)
}
