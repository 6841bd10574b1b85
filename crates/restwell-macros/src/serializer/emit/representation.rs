//! `impl Representation`.

mod guard;
mod load;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::field::{column, meta, target};
use super::relation::call;
use super::{at, respan};
use crate::serializer::model::{Field, Kind, Related, Serializer};

/// A field that is shown.
struct Shown<'a> {
    /// Its place among the fields.
    place: usize,
    /// Its place among the shown fields.
    bit: Literal,
    field: &'a Field,
}

pub(super) fn implementation(serializer: &Serializer) -> TokenStream {
    let Serializer {
        root, model, ident, ..
    } = serializer;
    let shown: Vec<Shown<'_>> = serializer
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.shows)
        .enumerate()
        .map(|(bit, (place, field))| Shown {
            place,
            bit: Literal::usize_unsuffixed(bit),
            field,
        })
        .collect();
    let metas = shown.iter().map(|shown| meta(shown.place));
    let columns = shown.iter().map(|shown| columns(serializer, shown));
    let members: Vec<(&Ident, TokenStream)> = shown
        .iter()
        .filter_map(|shown| Some((&shown.field.ident, member(serializer, shown.field)?)))
        .collect();
    let names: Vec<&Ident> = members.iter().map(|(name, _)| *name).collect();
    let types = members.iter().map(|(_, ty)| ty);
    let seen: Vec<Ident> = guard::seen(&shown).collect();
    let decisions = guard::decisions(serializer, &shown);
    let load = load::load(serializer, &shown);
    let writes = shown.iter().map(|shown| {
        let (wanted, write) = (guard::is_seen_at(shown), write(serializer, shown));
        quote!(if #wanted { #write })
    });
    let visibility = guard::visibility(serializer, &shown);
    quote! {
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct __Loaded {
            #(#names: #types,)*
            #(#seen: #root::Seen,)*
        }

        #[automatically_derived]
        impl #root::Representation for #ident {
            type Model = #model;
            type Loaded = __Loaded;

            const FIELDS: &'static [#root::FieldMeta] = &[#(#metas),*];

            #visibility

            fn columns(__mask: #root::Mask) -> #root::ColumnSet {
                #root::select::<#model>(__mask, &[#(#columns),*])
            }

            fn load(
                __rows: &[#model],
                __mask: #root::Mask,
                __cx: &mut #root::Context,
            ) -> #root::Result<__Loaded> {
                #decisions
                #load
                ::core::result::Result::Ok(__Loaded { #(#names,)* #(#seen,)* })
            }

            fn write(
                __row: &#model,
                __at: usize,
                __loaded: &__Loaded,
                __mask: #root::Mask,
                __cx: &#root::Context,
                __out: &mut ::std::vec::Vec<u8>,
            ) {
                let mut __object = #root::ObjectWriter::open(__out);
                #(#writes)*
                __object.close();
            }
        }
    }
}

/// The columns that a field reads, and the rule about it.
fn columns(serializer: &Serializer, shown: &Shown<'_>) -> TokenStream {
    let own = own_columns(serializer, shown);
    match guard::rule(serializer, shown.field) {
        Some(rule) => {
            let root = &serializer.root;
            quote!(#root::ColumnSet::union(#own, #root::guard_columns(&#rule)))
        }
        None => own,
    }
}

fn own_columns(serializer: &Serializer, shown: &Shown<'_>) -> TokenStream {
    let (root, model) = (&serializer.root, &serializer.model);
    match &shown.field.kind {
        Kind::Column(_) => {
            let column = column(shown.place);
            quote!(#root::ColumnSet::of(&[#column.column().index]))
        }
        Kind::Method(_, None) => quote!(#root::ColumnSet::ALL),
        Kind::Method(_, Some(needs)) => {
            quote!(#root::ColumnSet::of(&[#(#model::F.#needs.column().index),*]))
        }
        Kind::Through(relation, _) | Kind::Count(relation) => {
            relation_columns(serializer, relation)
        }
        Kind::Nested(nested) => relation_columns(serializer, &nested.relation),
        Kind::Related(related) => relation_columns(serializer, &related.relation),
        Kind::NoColumn => quote!(#root::ColumnSet::NONE),
    }
}

fn relation_columns(serializer: &Serializer, relation: &Ident) -> TokenStream {
    let (root, relation) = (&serializer.root, call(serializer, relation));
    quote!(#root::OwnColumns::own_columns(&#relation))
}

/// The type of what is loaded beside the rows for a field.
fn member(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    let root = &serializer.root;
    let nested = |shown: TokenStream| {
        if field.shape.many {
            quote!(#root::NestedMany<#shown>)
        } else {
            quote!(#root::NestedOne<#shown>)
        }
    };
    match &field.kind {
        Kind::Nested(own) if own.as_key => {
            let target = target(root, field, true);
            Some(nested(named(serializer, &target, own.slug.as_ref())))
        }
        Kind::Nested(_) => {
            let item = &field.shape.item;
            Some(nested(quote!(#item)))
        }
        Kind::Related(related) => Some(nested(related_shown(serializer, field, related)?)),
        Kind::Through(..) => Some(quote!(#root::Through)),
        Kind::Count(_) => Some(quote!(#root::Counts)),
        Kind::Column(_) | Kind::NoColumn | Kind::Method(..) => None,
    }
}

/// What shows the rows of a related field; `None` for the row's own foreign key.
fn related_shown(serializer: &Serializer, field: &Field, related: &Related) -> Option<TokenStream> {
    if related.as_data {
        let item = &field.shape.item;
        return Some(quote!(#item));
    }
    let target = target(&serializer.root, field, false);
    let is_own = related.slug.is_none() && !field.shape.many;
    (!is_own).then(|| named(serializer, &target, related.slug.as_ref()))
}

/// What shows rows of `target` by what names them.
fn named(serializer: &Serializer, target: &TokenStream, slug: Option<&Ident>) -> TokenStream {
    let root = &serializer.root;
    match slug {
        Some(slug) => quote! {
            #root::ColumnOf<#target, { #root::text_column::<#target>(<#target>::F.#slug) }>
        },
        None => quote!(#root::PkOf<#target>),
    }
}

fn write(serializer: &Serializer, shown: &Shown<'_>) -> TokenStream {
    let (root, field) = (&serializer.root, shown.field);
    let (name, ty, key) = (&field.ident, &field.ty, key(&field.wire));
    let span = at(ty.span());
    match &field.kind {
        Kind::Column(source) => match &field.decimal_places {
            Some(places) => {
                let root = respan(root, span);
                quote_spanned! {span=>
                    let __value = #root::Quantize::quantize(&__row.#source, #places);
                    __object.member(#key, &__value);
                }
            }
            None => quote_spanned!(span=> __object.member(#key, &__row.#source);),
        },
        Kind::NoColumn => TokenStream::new(),
        Kind::Method(path, _) => quote_spanned! {span=>
            let __value: #ty = #path(__row, __cx);
            __object.member(#key, &__value);
        },
        Kind::Through(..) | Kind::Count(_) => {
            quote!(__loaded.#name.write(__at, __object.key(#key));)
        }
        Kind::Related(related) if related_shown(serializer, field, related).is_none() => {
            let column = foreign_key(serializer, field, related);
            quote! {
                let __column = #column;
                __object.member(#key, &#root::Model::value(__row, __column.index));
            }
        }
        Kind::Nested(_) | Kind::Related(_) => {
            quote!(__loaded.#name.write(__at, __cx, __object.key(#key));)
        }
    }
}

/// The column with the key of a related row.
pub(super) fn foreign_key(
    serializer: &Serializer,
    field: &Field,
    related: &Related,
) -> TokenStream {
    let span = at(field.ty.span());
    let root = respan(&serializer.root, span);
    let model = respan(&serializer.model, span);
    let target = target(&serializer.root, field, related.as_data);
    let relation = call(serializer, &related.relation);
    quote_spanned!(span=> #root::foreign_key::<#model, #target, _>(#relation))
}

/// A name as JSON, with the colon behind it.
fn key(name: &str) -> String {
    let mut key = String::from("\"");
    for letter in name.chars() {
        match letter {
            '"' | '\\' => key.extend(['\\', letter]),
            control if control.is_control() => {
                key.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            letter => key.push(letter),
        }
    }
    key.push_str("\":");
    key
}
