//! `#[derive(Model)]`.

mod block;
mod check;
mod emit;
mod fallback;
mod syntax;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, LitStr, Path, Type, Visibility};

use crate::error::Errors;

/// Reads, checks and expands a model.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let read = syntax::parse(input, &mut errors);
    let model = read
        .as_ref()
        .and_then(|read| check::check(read, &mut errors));
    match (model, errors.into_tokens()) {
        (Some(model), None) => emit::emit(&model),
        (_, errors) => {
            let fallback = fallback::emit(input, read.as_ref());
            quote::quote!(#errors #fallback)
        }
    }
}

/// A model in which nothing is wrong that a macro can see.
struct Model<'a> {
    ident: &'a Ident,
    vis: &'a Visibility,
    root: TokenStream,
    table: &'a Path,
    verbose_name: String,
    verbose_name_plural: String,
    audited: bool,
    scope: Option<&'a Path>,
    primary_key: usize,
    fields: Vec<Field<'a>>,
    blocks: Vec<Block>,
    slug: Option<Slug>,
    unique: Vec<Unique<'a>>,
    relations: Vec<Relation<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    column: Ident,
    sensitive: bool,
}

/// A building block, with the names and places of its columns.
struct Block {
    definition: &'static block::Definition,
    columns: Vec<(&'static str, usize)>,
}

/// The field that is filled with a slug, and the one that it is made of.
struct Slug {
    field: usize,
    source: usize,
    max: u64,
}

struct Unique<'a> {
    fields: Vec<usize>,
    name: Option<&'a LitStr>,
    message: Option<&'a LitStr>,
    ignore_case: bool,
}

struct Relation<'a> {
    name: &'a Ident,
    target: &'a Type,
    kind: RelationKind<'a>,
}

enum RelationKind<'a> {
    BelongsTo {
        field: usize,
        on_delete: OnDelete,
    },
    HasMany {
        column: Ident,
        cascade: bool,
    },
    HasOne {
        column: Ident,
        cascade: bool,
    },
    ManyToMany {
        through: &'a Path,
        source: Ident,
        target: Ident,
    },
}

#[derive(Clone, Copy)]
enum OnDelete {
    Protect,
    Cascade,
    SetNull,
}
