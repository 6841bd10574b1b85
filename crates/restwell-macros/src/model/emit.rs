//! The expansion of a model. Nothing can fail here.

mod block;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Model, OnDelete, Relation, RelationKind, Unique};
use crate::syntax::at;

/// The columns that the library fills, each a field of its `Stamps`.
const STAMPS: [&str; 7] = [
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "version",
    "deleted_at",
    "deleted_by",
];

pub(super) use block::{Bodies, implementation as block, slugged};

pub(super) fn emit(model: &Model<'_>) -> TokenStream {
    let handles = handles(model);
    let relations = relations(model);
    let implementation = implementation(model);
    let stamps = stamp_checks(model);
    let blocks = block::traits(model);
    quote!(#handles #relations #implementation #stamps #blocks)
}

/// `PostFields`, and `Post::F` of that type.
fn handles(model: &Model<'_>) -> TokenStream {
    let Model {
        ident, vis, root, ..
    } = model;
    let handles = format_ident!("{ident}Fields");
    let count = Literal::usize_unsuffixed(model.fields.len());
    let names: Vec<_> = model.fields.iter().map(|field| field.ident).collect();
    let types = model.fields.iter().map(|field| field.ty);
    let docs = names
        .iter()
        .map(|name| format!("The column of `{}`.", name.unraw()));
    let indexes = (0..model.fields.len()).map(Literal::usize_unsuffixed);
    let columns = columns(model);
    let title = format!("The columns of [`{ident}`].");
    let use_title = format!("The columns of [`{ident}`], for conditions, orders and changes.");
    let debug_name = handles.to_string();
    quote! {
        #[doc = #title]
        #[doc(hidden)]
        #[allow(dead_code, reason = "not every column is asked for by name")]
        #vis struct #handles {
            #(#[doc = #docs] #vis #names: #root::Field<#ident, #types>,)*
        }

        #[automatically_derived]
        impl ::core::clone::Clone for #handles {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl ::core::marker::Copy for #handles {}

        #[automatically_derived]
        impl ::core::fmt::Debug for #handles {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __f.write_str(#debug_name)
            }
        }

        #[automatically_derived]
        #[allow(unused_qualifications, reason = "paths stand as the model's attributes have them")]
        impl #handles {
            const __COLUMNS: &'static [#root::ColumnMeta; #count] = &[#columns];
        }

        #[automatically_derived]
        impl #ident {
            #[doc = #use_title]
            #[allow(dead_code, reason = "not every model is asked for by column")]
            #vis const F: #handles = #handles {
                #(#names: #root::Field::new(&#handles::__COLUMNS[#indexes]),)*
            };
        }

        #[automatically_derived]
        impl #root::Handles for #ident {
            type Fields = #handles;
            const FIELDS: #handles = Self::F;
        }
    }
}

/// The columns, each checked against the `table!`. A name that it lacks is reported at the
/// field's name and a type that does not fit at the field's type.
fn columns(model: &Model<'_>) -> TokenStream {
    let Model { root, table, .. } = model;
    let columns = model.fields.iter().enumerate().map(|(i, field)| {
        let (column, ty, sensitive) = (&field.column, field.ty, field.sensitive);
        let index = Literal::usize_unsuffixed(i);
        let at_column = quote_spanned!(column.span()=> #table::columns::#column);
        let root = at(ty.span(), root);
        quote_spanned!(ty.span()=> #root::column::<#at_column, #ty>(#index, #sensitive),)
    });
    quote!(#(#columns)*)
}

fn implementation(model: &Model<'_>) -> TokenStream {
    let Model {
        ident, root, table, ..
    } = model;
    let handles = format_ident!("{ident}Fields");
    let name = ident.unraw().to_string();
    let (verbose_name, verbose_name_plural) = (&model.verbose_name, &model.verbose_name_plural);
    let primary_key = Literal::usize_unsuffixed(model.primary_key);
    let names: Vec<_> = model.fields.iter().map(|field| field.ident).collect();
    let types: Vec<_> = model.fields.iter().map(|field| field.ty).collect();
    let key = &model.fields[model.primary_key];
    let (key_name, key_type) = (key.ident, key.ty);
    let audited = model.audited;
    let stamps = STAMPS.iter().map(|stamp| {
        let found = stamps(model).find(|(own, _)| own == stamp);
        let column = optional(found.map(|(_, field)| Literal::usize_unsuffixed(field)));
        let name = format_ident!("{stamp}");
        quote!(#name: #column,)
    });
    let blocks = block::meta(model);
    let unique = model.unique.iter().map(|unique| unique_meta(model, unique));
    let relations = model
        .relations
        .iter()
        .map(|relation| relation_meta(model, relation));
    let indexes = (0..model.fields.len()).map(Literal::usize_unsuffixed);
    let scope = model.scope.map(|scope| {
        let call = quote_spanned!(scope.span()=> #scope(__cx));
        quote! {
            fn scope(__cx: &#root::Context) -> #root::Q<Self> {
                #call
            }
        }
    });
    let pk = quote_spanned! {key_type.span()=>
        type Pk = #key_type;
    };
    quote! {
        #[automatically_derived]
        #[allow(unused_qualifications, reason = "paths stand as the model's attributes have them")]
        impl #root::Model for #ident {
            #pk
            type Table = #table::table;

            const META: &'static #root::ModelMeta = &#root::ModelMeta {
                name: #name,
                verbose_name: #verbose_name,
                verbose_name_plural: #verbose_name_plural,
                table: <#table::table as #root::NamedTable>::NAME,
                columns: #handles::__COLUMNS,
                primary_key: #primary_key,
                key_kind: <Self::Pk as #root::PrimaryKey>::KEY,
                stamps: #root::Stamps { #(#stamps)* },
                #blocks
                audited: #audited,
                unique: &[#(#unique)*],
                relations: &[#(#relations)*],
            };

            fn from_row(
                __row: &mut #root::RowReader<'_, '_, '_>,
            ) -> #root::deserialize::Result<Self> {
                ::core::result::Result::Ok(Self { #(#names: __row.next::<#types>()?,)* })
            }

            fn pk(&self) -> Self::Pk {
                ::core::clone::Clone::clone(&self.#key_name)
            }

            fn value(&self, __column: usize) -> #root::Value {
                match __column {
                    #(#indexes => #root::value::<#types>(&self.#names),)*
                    _ => #root::Value::Null,
                }
            }

            #scope
        }
    }
}

fn optional(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn unique_meta(model: &Model<'_>, unique: &Unique<'_>) -> TokenStream {
    let root = &model.root;
    let columns = unique.fields.iter().copied().map(Literal::usize_unsuffixed);
    let (name, message) = (optional(unique.name), optional(unique.message));
    let ignore_case = unique.ignore_case;
    quote! {
        #root::Unique {
            columns: &[#(#columns),*],
            name: #name,
            message: #message,
            ignore_case: #ignore_case,
        },
    }
}

fn relation_meta(model: &Model<'_>, relation: &Relation<'_>) -> TokenStream {
    let root = &model.root;
    let name = relation.name.unraw().to_string();
    let function = format_ident!("relation_{}", name);
    let target = relation.target;
    let kind = match &relation.kind {
        RelationKind::BelongsTo { on_delete, .. } => {
            let on_delete = match on_delete {
                OnDelete::Protect => quote!(Protect),
                OnDelete::Cascade => quote!(Cascade),
                OnDelete::SetNull => quote!(SetNull),
            };
            quote!(Self::#function().kind(#root::OnDelete::#on_delete))
        }
        RelationKind::HasMany { cascade, .. } | RelationKind::HasOne { cascade, .. } => {
            quote!(Self::#function().kind(#cascade))
        }
        RelationKind::ManyToMany { .. } => quote!(Self::#function().kind()),
    };
    quote! {
        #root::RelationMeta {
            name: #name,
            kind: #kind,
            target: || <#target as #root::Model>::META,
        },
    }
}

/// One function for each relation, by which the code of a serializer finds it.
fn relations(model: &Model<'_>) -> TokenStream {
    if model.relations.is_empty() {
        return TokenStream::new();
    }
    let (ident, vis, root) = (model.ident, model.vis, &model.root);
    let functions = model.relations.iter().map(|relation| {
        let (name, target) = (relation.name.unraw(), relation.target);
        let function = format_ident!("relation_{}", name, span = relation.name.span());
        let doc = format!("The relation `{name}`.");
        let (kind, body) = relation_body(model, relation);
        quote! {
            #[doc = #doc]
            #[doc(hidden)]
            #[allow(dead_code, reason = "not every relation is read")]
            #vis const fn #function() -> #root::#kind<#ident, #target> {
                #body
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(unused_qualifications, reason = "paths stand as the model's attributes have them")]
        impl #ident {
            #(#functions)*
        }
    }
}

/// The kind of the relation and the call that makes it. A foreign key of another type is reported
/// where its name stands, or else the relation's.
fn relation_body(model: &Model<'_>, relation: &Relation<'_>) -> (TokenStream, TokenStream) {
    let target = relation.target;
    match &relation.kind {
        RelationKind::BelongsTo { field, .. } => {
            let span = relation.name.span();
            let mut name = model.fields[*field].ident.clone();
            name.set_span(span);
            let root = at(span, &model.root);
            let call = quote_spanned!(span=> #root::belongs_to(Self::F.#name));
            (quote!(BelongsTo), call)
        }
        RelationKind::HasMany { column, .. } => {
            let root = at(column.span(), &model.root);
            let call = quote_spanned!(column.span()=> #root::has_many(<#target>::F.#column));
            (quote!(HasMany), call)
        }
        RelationKind::HasOne { column, .. } => {
            let root = at(column.span(), &model.root);
            let call = quote_spanned!(column.span()=> #root::has_one(<#target>::F.#column));
            (quote!(HasOne), call)
        }
        RelationKind::ManyToMany {
            through,
            source,
            target: other,
        } => {
            let root = at(relation.name.span(), &model.root);
            let source = quote_spanned!(source.span()=> #through::columns::#source);
            let other = quote_spanned!(other.span()=> #through::columns::#other);
            let call = quote_spanned! {relation.name.span()=>
                #root::many_to_many::<Self, #target, #source, #other>()
            };
            (quote!(ManyToMany), call)
        }
    }
}

/// The columns of the blocks that the library fills by itself, with their places.
fn stamps<'a>(model: &'a Model<'_>) -> impl Iterator<Item = (&'static str, usize)> + 'a {
    let columns = model.blocks.iter().flat_map(|block| &block.columns);
    columns.copied().filter(|(name, _)| STAMPS.contains(name))
}

/// The types of the columns that the library fills, each checked where it is written.
fn stamp_checks(model: &Model<'_>) -> TokenStream {
    let checks = stamps(model).map(|(name, field)| {
        let ty = model.fields[field].ty;
        let root = at(ty.span(), &model.root);
        let check = match name {
            "deleted_at" => quote!(optional_time),
            "created_at" | "updated_at" => quote!(time),
            "version" => quote!(version),
            _ => quote!(user),
        };
        quote_spanned!(ty.span()=> const _: () = #root::stamp::#check::<#ty>();)
    });
    quote!(#(#checks)*)
}
