//! What a model has of its building blocks.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::optional;
use crate::model::block::Definition;
use crate::model::{Block, Model};
use crate::syntax::at;

/// The names of the blocks, and the columns of the slug, for the `META`.
pub(super) fn meta(model: &Model<'_>) -> TokenStream {
    let root = &model.root;
    let variants = model
        .blocks
        .iter()
        .map(|block| format_ident!("{}", block.definition.variant));
    let slug = optional(model.slug.as_ref().map(|slug| {
        let (field, source) = (slug.field, slug.source);
        let (field, source) = (
            Literal::usize_unsuffixed(field),
            Literal::usize_unsuffixed(source),
        );
        let max = Literal::u64_unsuffixed(slug.max);
        quote!(#root::SlugMeta { column: #field, source: #source, max: #max })
    }));
    quote! {
        blocks: &[#(#root::Block::#variants),*],
        slug: #slug,
    }
}

/// The traits of the blocks. A column of another type is reported where its type stands.
pub(super) fn traits(model: &Model<'_>) -> TokenStream {
    let described = model.blocks.iter().map(|block| described(model, block));
    let slug = model.slug.as_ref().map(|slug| {
        let source = &model.fields[slug.source];
        let held = held(model, slug.field, "String", "held");
        let root = at(source.ty.span(), &model.root);
        let ty = source.ty;
        let check = quote_spanned!(ty.span()=> const _: () = #root::block::slug_source::<#ty>(););
        let slugged = slugged(model.ident, &model.root, &held);
        quote!(#slugged #check)
    });
    quote!(#(#described)* #slug)
}

fn described(model: &Model<'_>, block: &Block) -> Option<TokenStream> {
    let (root, own) = (&model.root, || block.columns.iter());
    let names = own().map(|(_, field)| model.fields[*field].ident);
    let borrowed = |function: &str| {
        let needed = block.definition.columns.iter();
        let columns = own().zip(needed).map(|((_, field), needed)| {
            let name = model.fields[*field].ident;
            let held = held(model, *field, needed.ty, function);
            quote!(#name: #held,)
        });
        quote!(#(#columns)*)
    };
    let (trait_name, _) = block.definition.described?;
    let (shared, mutable) = (
        format_ident!("{trait_name}Columns"),
        format_ident!("{trait_name}ColumnsMut"),
    );
    let (held, held_mut) = (borrowed("held"), borrowed("held_mut"));
    let bodies = Bodies {
        columns: quote!(#root::block::#shared { #held }),
        columns_mut: quote!(#root::block::#mutable { #held_mut }),
        changes: quote! {
            #root::block::Changes::new()
                #(.with(Self::F.#names, ::core::clone::Clone::clone(&self.#names)))*
        },
    };
    implementation(model.ident, root, block.definition, &bodies)
}

/// The value of a column of a block, which needs this type.
fn held(model: &Model<'_>, field: usize, needed: &str, function: &str) -> TokenStream {
    let field = &model.fields[field];
    let (name, ty) = (field.ident, field.ty);
    let root = at(ty.span(), &model.root);
    let needed = at(ty.span(), &type_of(needed));
    let mutable = (function == "held_mut").then(|| quote!(mut));
    let function = Ident::new(function, ty.span());
    quote_spanned! {ty.span()=>
        #root::block::#function::<#ty, #root::block::#needed>(&#mutable self.#name)
    }
}

/// What the library calls a type that a block needs.
fn type_of(needed: &str) -> TokenStream {
    match needed {
        "serde_json::Value" => quote!(Json),
        "Vec<String>" => quote!(Texts),
        "Option<NaiveDate>" => quote!(OptionalDate),
        "Option<f64>" => quote!(OptionalFloat),
        _ => quote!(Text),
    }
}

/// What the functions of a block's trait do.
pub(in crate::model) struct Bodies {
    pub(in crate::model) columns: TokenStream,
    pub(in crate::model) columns_mut: TokenStream,
    pub(in crate::model) changes: TokenStream,
}

/// The trait of a block, if it has one.
pub(in crate::model) fn implementation(
    ident: &Ident,
    root: &TokenStream,
    definition: &Definition,
    bodies: &Bodies,
) -> Option<TokenStream> {
    let (name, function) = definition.described?;
    let Bodies {
        columns,
        columns_mut,
        changes,
    } = bodies;
    let struct_name = format_ident!("{name}Columns");
    let changed = (name == "Metadata").then(|| {
        quote! {
            fn metadata_columns_mut(&mut self) -> #root::block::MetadataColumnsMut<'_> {
                #columns_mut
            }

            fn metadata_changes(&self) -> #root::block::Changes<Self> {
                #changes
            }
        }
    });
    let (name, function) = (format_ident!("{name}"), format_ident!("{function}"));
    Some(quote! {
        #[automatically_derived]
        #[allow(unused_qualifications, reason = "paths stand as the model's attributes have them")]
        impl #root::block::#name for #ident {
            fn #function(&self) -> #root::block::#struct_name<'_> {
                #columns
            }

            #changed
        }
    })
}

/// The trait of models with slugs.
pub(in crate::model) fn slugged(
    ident: &Ident,
    root: &TokenStream,
    slug: &TokenStream,
) -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(unused_qualifications, reason = "paths stand as the model's attributes have them")]
        impl #root::block::Slugged for #ident {
            fn slug(&self) -> &str {
                #slug
            }
        }
    }
}
