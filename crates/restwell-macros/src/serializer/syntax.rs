//! What was written, right or wrong.

mod field;
mod group;

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Ident, Item, ItemStruct, LitStr, Path, Token, Visibility};

pub(super) use field::{Field, Keyed, Orphans, Rule, RuleKind, ShownAs, Source};
pub(super) use group::TakenIn;

use crate::error::Errors;
use crate::syntax::{Item as Part, items, once};

const FORM: &str = "#[serializer(model = Post)]";
const KEYS: [&str; 10] = [
    "model",
    "read_only",
    "write_only",
    "validate",
    "unknown",
    "extends",
    "group",
    "last",
    "export",
    "crate",
];

/// An annotated struct.
pub(super) struct Input {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) options: Options,
    pub(super) fields: Vec<Field>,
}

#[derive(Default)]
pub(super) struct Options {
    pub(super) root: Option<Path>,
    pub(super) model: Option<Path>,
    /// Whether there is a `model`, right or wrong.
    pub(super) names_model: bool,
    pub(super) read_only: Option<Ident>,
    pub(super) write_only: Option<Ident>,
    pub(super) refuse_unknown: Option<bool>,
    pub(super) validate: Vec<Path>,
    pub(super) extends: Vec<Path>,
    pub(super) group: Option<Ident>,
    pub(super) last: Option<Ident>,
    pub(super) export: Option<Ident>,
    /// The groups that `extends` names, once their macros have brought them.
    pub(super) taken_in: Option<Vec<TakenIn>>,
    /// Of a group that is taken in: whether it checks its fields together.
    pub(super) validates: bool,
}

/// Reads the attribute's arguments and the struct.
pub(super) fn parse(args: &TokenStream, item: &Item, errors: &mut Errors) -> Option<Input> {
    let Item::Struct(item) = item else {
        errors.add(
            item,
            "a serializer is declared by a struct with named fields",
        );
        return None;
    };
    let first: Attribute = syn::parse_quote!(#[serializer(#args)]);
    parse_struct(Some(first), item, errors)
}

fn parse_struct(first: Option<Attribute>, item: &ItemStruct, errors: &mut Errors) -> Option<Input> {
    let (own, attrs): (Vec<Attribute>, Vec<Attribute>) = item
        .attrs
        .iter()
        .cloned()
        .partition(|attribute| attribute.path().is_ident("serializer"));
    let own: Vec<Attribute> = first.into_iter().chain(own).collect();
    if !item.generics.params.is_empty() {
        errors.add(
            &item.generics,
            "a serializer stands for one model and cannot be generic",
        );
        return None;
    }
    let Fields::Named(named) = &item.fields else {
        errors.add(
            &item.ident,
            "a serializer is declared by a struct with named fields",
        );
        return None;
    };
    let options = options(&own, errors);
    let fields = named
        .named
        .iter()
        .filter_map(|field| field::parse(field, errors))
        .collect();
    Some(Input {
        attrs,
        vis: item.vis.clone(),
        ident: item.ident.clone(),
        options,
        fields,
    })
}

fn options(attributes: &[Attribute], errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let parts = items(attributes, "serializer", FORM, errors);
    for part in once(parts, &["validate", "extends"], errors) {
        match part.name().as_str() {
            "model" => {
                options.names_model = true;
                options.model = part.value("model = Post", errors);
            }
            "read_only" => options.read_only = part.flag(errors),
            "write_only" => options.write_only = part.flag(errors),
            "group" => options.group = part.flag(errors),
            "last" => options.last = part.flag(errors),
            "export" => options.export = part.flag(errors),
            "unknown" => options.refuse_unknown = unknown(&part, errors),
            "validate" => options.validate.extend(paths(
                &part,
                "validate = check",
                "validate(check, check_dates)",
                errors,
            )),
            "extends" => {
                options
                    .extends
                    .extend(path_list(&part, "extends(Timestamps, Slugged)", errors))
            }
            "crate" => options.root = part.value("crate = restwell", errors),
            group::TAKEN_IN => options.taken_in = Some(group::parse(&part, errors)),
            group::VALIDATES => options.validates = true,
            _ => errors.add_unknown(&part.key, "key", &KEYS),
        }
    }
    // An attribute that cannot be read has been reported; what it may have said is not missed.
    options.names_model |= attributes.iter().all(|attribute| {
        attribute
            .meta
            .require_list()
            .is_ok_and(|list| list.tokens.is_empty())
    });
    options
}

fn unknown(part: &Part, errors: &mut Errors) -> Option<bool> {
    const FORM: &str = "unknown = \"refuse\"";
    let text: LitStr = part.value(FORM, errors)?;
    match text.value().as_str() {
        "ignore" => Some(false),
        "refuse" => Some(true),
        _ => {
            errors.add(
                &text,
                format!("unknown members are \"ignore\"d or \"refuse\"d; write `{FORM}`"),
            );
            None
        }
    }
}

/// `key = path` or `key(path, path)`.
fn paths(part: &Part, one: &str, several: &str, errors: &mut Errors) -> Vec<Path> {
    if part.is_list() {
        path_list(part, several, errors)
    } else {
        part.value(one, errors).into_iter().collect()
    }
}

fn path_list(part: &Part, form: &str, errors: &mut Errors) -> Vec<Path> {
    let parser = |input: ParseStream<'_>| {
        Punctuated::<Path, Token![,]>::parse_separated_nonempty(input).and_then(|paths| {
            let _trailing: Option<Token![,]> = input.parse()?;
            Ok(paths)
        })
    };
    part.list(parser, form, errors)
        .map(|paths| paths.into_iter().collect())
        .unwrap_or_default()
}
