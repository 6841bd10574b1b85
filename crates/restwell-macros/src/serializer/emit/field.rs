//! What is known of each field: its column and its metadata.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{at, respan};
use crate::serializer::model::{Field, Kind, Serializer};
use crate::serializer::syntax::{Orphans, RuleKind};

/// The constant with the handle of a field's column.
pub(super) fn column(place: usize) -> Ident {
    format_ident!("__COLUMN_{place}")
}

/// The constant with the metadata of a field.
pub(super) fn meta(place: usize) -> Ident {
    format_ident!("__FIELD_{place}")
}

pub(super) fn constants(serializer: &Serializer) -> TokenStream {
    let Serializer { root, model, .. } = serializer;
    let constants = serializer.fields.iter().enumerate().map(|(i, field)| {
        let column = match &field.kind {
            Kind::Column(source) => {
                let (name, ty) = (column(i), &field.ty);
                // At the declared type, where a wrong type is reported.
                let span = at(ty.span());
                let (root, model) = (respan(root, span), respan(model, span));
                Some(quote_spanned! {span=>
                    const #name: #root::Field<#model, #ty> =
                        #root::column_as::<#model, #ty, _>(#model::F.#source);
                })
            }
            _ => None,
        };
        let (name, meta) = (meta(i), metadata(serializer, i, field));
        quote! {
            #column
            const #name: #root::FieldMeta = #meta;
        }
    });
    quote!(#(#constants)*)
}

fn metadata(serializer: &Serializer, place: usize, field: &Field) -> TokenStream {
    let root = &serializer.root;
    let (name, kind) = (&field.wire, kind(serializer, place, field));
    let mut meta = quote!(#root::FieldMeta::new(#name, #kind));
    if !field.reads {
        meta.extend(quote!(.read_only()));
    } else if !field.required {
        meta.extend(quote!(.optional()));
    }
    let flags = [
        (is_nullable(field), quote!(.nullable())),
        (field.allow_blank, quote!(.allow_blank())),
        (!field.allow_empty, quote!(.not_empty())),
        (!field.trim, quote!(.untrimmed())),
        (field.create_only, quote!(.create_only())),
    ];
    meta.extend(
        flags
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, set)| set),
    );
    if field.written().is_some() && field.shape.many {
        meta.extend(quote!(.max_length(#root::MOST_CHILDREN)));
    }
    for rule in &field.rules {
        if let RuleKind::Length { min, max } = &rule.kind {
            meta.extend(min.iter().map(|min| quote!(.min_length(#min))));
            meta.extend(max.iter().map(|max| quote!(.max_length(#max))));
        }
    }
    if let Some(most) = &field.max_digits {
        meta.extend(quote!(.max_digits(#most)));
    }
    if let Some(most) = &field.decimal_places {
        meta.extend(quote!(.decimal_places(#most)));
    }
    if let Some(text) = &field.help_text {
        meta.extend(quote!(.help_text(#text)));
    }
    meta
}

/// What is only added to takes no null: that would take away.
fn is_nullable(field: &Field) -> bool {
    let appends = field
        .written()
        .is_some_and(|(_, written)| written.sync == Orphans::Keep);
    field.shape.optional && !appends
}

fn kind(serializer: &Serializer, place: usize, field: &Field) -> TokenStream {
    let root = &serializer.root;
    let value = &field.shape.value;
    match &field.kind {
        Kind::Column(_) => {
            let column = column(place);
            quote!(#root::FieldKind::of_column(#column.column().kind))
        }
        Kind::Through(..) => {
            quote!(#root::FieldKind::of_column(<#value as #root::ColumnValue>::KIND))
        }
        Kind::NoColumn => {
            let span = at(value.span());
            let root = respan(root, span);
            quote_spanned!(span=> <#value as #root::InputField>::KIND)
        }
        Kind::Method(..) => quote!(#root::FieldKind::Method),
        Kind::Nested(_) => quote!(#root::FieldKind::Nested),
        Kind::Count(_) => quote!(#root::FieldKind::Integer),
        Kind::Related(related) if related.as_data && !field.reads => {
            quote!(#root::FieldKind::Nested)
        }
        Kind::Related(_) => quote!(#root::FieldKind::Related),
    }
}

/// The model that a related field's keys name.
pub(super) fn target(root: &TokenStream, field: &Field, as_data: bool) -> TokenStream {
    let item = &field.shape.item;
    let span = at(item.span());
    if as_data {
        let root = respan(root, span);
        quote_spanned!(span=> <#item as #root::Representation>::Model)
    } else {
        quote_spanned!(span=> #item)
    }
}

/// The type of a field's value in the input.
pub(super) fn slot(root: &TokenStream, field: &Field) -> TokenStream {
    if field.written().is_some() {
        return children(root, field);
    }
    let Kind::Related(related) = &field.kind else {
        let value = &field.shape.value;
        return quote!(#value);
    };
    let target = target(root, field, related.as_data);
    let key = named(root, &target, related.slug.as_ref());
    if field.shape.many {
        quote!(::std::vec::Vec<#key>)
    } else {
        key
    }
}

/// The type of what names a row of `target`.
fn named(root: &TokenStream, target: &TokenStream, slug: Option<&Ident>) -> TokenStream {
    match slug {
        None => quote!(#root::RelatedKey<#target>),
        Some(slug) => quote! {
            #root::RelatedSlug<#target, { #root::text_column::<#target>(<#target>::F.#slug) }>
        },
    }
}

/// What a nested row's own serializer reads.
pub(super) fn child_input(root: &TokenStream, field: &Field) -> TokenStream {
    let item = &field.shape.item;
    let span = at(item.span());
    let root = respan(root, span);
    quote_spanned!(span=> <#item as #root::Nestable>::Input)
}

/// The type of what an input says of nested rows.
fn children(root: &TokenStream, field: &Field) -> TokenStream {
    let input = child_input(root, field);
    let model = quote!(<#input as #root::Input>::Model);
    let name = match &field.kind {
        Kind::Nested(nested) if nested.written.as_ref().is_some_and(|own| own.or_key) => {
            named(root, &model, nested.slug.as_ref())
        }
        _ => quote!(#root::Unnamed<#model>),
    };
    let child = quote!(#root::Child<#input, #name>);
    if field.shape.many {
        quote!(::std::vec::Vec<#child>)
    } else {
        child
    }
}
