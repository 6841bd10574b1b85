//! What was written, right or wrong.

use std::slice;

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{
    Attribute, Data, DeriveInput, Fields, Ident, LitInt, LitStr, Path, Token, Type, Visibility,
};

use super::block;
use crate::error::Errors;
use crate::syntax::{Item, items, once, parse_items};

const FORM: &str = "#[model(table = posts)]";
const FIELD_FORM: &str = "#[model(column = kind, sensitive)]";
const KEYS: [&str; 20] = [
    "table",
    "primary_key",
    "verbose_name",
    "verbose_name_plural",
    "soft_delete",
    "version",
    "timestamps",
    "user_actions",
    "slug",
    "metadata",
    "identity",
    "address",
    "audited",
    "scope",
    "belongs_to",
    "has_many",
    "has_one",
    "many_to_many",
    "unique",
    "crate",
];
const REPEATABLE: [&str; 5] = [
    "belongs_to",
    "has_many",
    "has_one",
    "many_to_many",
    "unique",
];

pub(super) struct Input<'a> {
    pub(super) ident: &'a Ident,
    pub(super) vis: &'a Visibility,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) options: Options,
}

pub(super) struct Field<'a> {
    pub(super) ident: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) column: Option<Ident>,
    pub(super) sensitive: bool,
}

#[derive(Default)]
pub(super) struct Options {
    pub(super) root: Option<Path>,
    pub(super) table: Option<Path>,
    /// Whether there is a `table`, right or wrong.
    pub(super) names_table: bool,
    pub(super) primary_key: Option<Ident>,
    pub(super) verbose_name: Option<LitStr>,
    pub(super) verbose_name_plural: Option<LitStr>,
    pub(super) audited: bool,
    pub(super) scope: Option<Path>,
    /// The keys of building blocks that stand alone, such as `soft_delete`.
    pub(super) blocks: Vec<Ident>,
    pub(super) slug: Option<SlugKey>,
    pub(super) relations: Vec<Relation>,
    pub(super) unique: Vec<Unique>,
}

/// `slug(source = title, max = 220)`.
pub(super) struct SlugKey {
    pub(super) key: Ident,
    pub(super) source: Option<Ident>,
    pub(super) max: Option<LitInt>,
}

pub(super) struct Relation {
    pub(super) kind: RelationKind,
    pub(super) name: Ident,
    pub(super) target: Type,
    pub(super) column: Option<Ident>,
    pub(super) on_delete: Option<Ident>,
    pub(super) through: Option<Path>,
    pub(super) link_source: Option<Ident>,
    pub(super) link_target: Option<Ident>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum RelationKind {
    BelongsTo,
    HasMany,
    HasOne,
    ManyToMany,
}

#[derive(Default)]
pub(super) struct Unique {
    pub(super) fields: Vec<Ident>,
    pub(super) name: Option<LitStr>,
    pub(super) message: Option<LitStr>,
    pub(super) ignore_case: bool,
}

pub(super) fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Input<'a>> {
    const SHAPE: &str = "#[derive(Model)] needs a struct with named fields, one for each column";
    let Data::Struct(data) = &input.data else {
        errors.add(&input.ident, SHAPE);
        return None;
    };
    let Fields::Named(named) = &data.fields else {
        errors.add(&input.ident, SHAPE);
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.add(
            &input.generics,
            "a model is one table and cannot be generic",
        );
        return None;
    }
    let fields = named
        .named
        .iter()
        .filter_map(|field| {
            let (column, sensitive) = field_options(&field.attrs, errors);
            Some(Field {
                ident: field.ident.as_ref()?,
                ty: &field.ty,
                column,
                sensitive,
            })
        })
        .collect();
    Some(Input {
        ident: &input.ident,
        vis: &input.vis,
        fields,
        options: options(&input.attrs, errors),
    })
}

fn field_options(attributes: &[Attribute], errors: &mut Errors) -> (Option<Ident>, bool) {
    let mut column = None;
    let mut sensitive = false;
    let parts = items(attributes, "model", FIELD_FORM, errors);
    for item in once(parts, &[], errors) {
        match item.name().as_str() {
            "column" => column = item.value("column = kind", errors),
            "sensitive" => sensitive = item.flag(errors).is_some(),
            _ => errors.add_unknown(&item.key, "key", &["column", "sensitive"]),
        }
    }
    (column, sensitive)
}

fn options(attributes: &[Attribute], errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let parts = parts(attributes, errors);
    for item in once(parts, &REPEATABLE, errors) {
        match item.name().as_str() {
            "table" => {
                options.names_table = true;
                options.table = item.value("table = posts", errors);
            }
            "primary_key" => options.primary_key = item.value("primary_key = id", errors),
            "verbose_name" => {
                options.verbose_name = item.value("verbose_name = \"blog post\"", errors);
            }
            "verbose_name_plural" => {
                options.verbose_name_plural =
                    item.value("verbose_name_plural = \"blog posts\"", errors);
            }
            "audited" => options.audited = item.flag(errors).is_some(),
            "scope" => options.scope = item.value("scope = visible", errors),
            "crate" => options.root = item.value("crate = restwell", errors),
            "slug" => options.slug = slug(item, errors),
            key if block::plain(key).is_some() => options.blocks.extend(item.flag(errors)),
            "belongs_to" => {
                let keys = ["column", "on_delete"];
                let form = "belongs_to(author: User, on_delete = protect)";
                relation(
                    &mut options,
                    &item,
                    RelationKind::BelongsTo,
                    &keys,
                    form,
                    errors,
                );
            }
            "has_many" => {
                let form = "has_many(comments: Comment)";
                relation(
                    &mut options,
                    &item,
                    RelationKind::HasMany,
                    &["column", "on_delete"],
                    form,
                    errors,
                );
            }
            "has_one" => {
                let form = "has_one(profile: Profile)";
                relation(
                    &mut options,
                    &item,
                    RelationKind::HasOne,
                    &["column", "on_delete"],
                    form,
                    errors,
                );
            }
            "many_to_many" => {
                let keys = ["through", "source", "target"];
                let form = "many_to_many(tags: Tag, through = post_tags)";
                relation(
                    &mut options,
                    &item,
                    RelationKind::ManyToMany,
                    &keys,
                    form,
                    errors,
                );
            }
            "unique" => options.unique.extend(unique(&item, errors)),
            _ => errors.add_unknown(&item.key, "key", &KEYS),
        }
    }
    options
}

/// The parts of all attributes.
///
/// Clippy takes the columns of `unique(a, b), unique(a, c)` for duplicates, save beside a value that
/// is a path: `unique` stands in the attribute with the table.
fn parts(attributes: &[Attribute], errors: &mut Errors) -> Vec<Item> {
    let each = attributes.iter().map(slice::from_ref);
    let each: Vec<_> = each.map(|own| items(own, "model", FORM, errors)).collect();
    let names_table = |parts: &[Item]| parts.iter().any(|part| part.name() == "table");
    if each.iter().any(|parts| names_table(parts)) {
        for part in each.iter().filter(|parts| !names_table(parts)).flatten() {
            if part.name() == "unique" {
                errors.add(
                    &part.key,
                    "write this into the `#[model(…)]` that names the table",
                );
            }
        }
    }
    each.into_iter().flatten().collect()
}

/// `name: Target`, then parts with one of `keys`.
fn relation(
    options: &mut Options,
    item: &Item,
    kind: RelationKind,
    keys: &[&str],
    form: &str,
    errors: &mut Errors,
) {
    let mut inner = Errors::default();
    let parser = |input: ParseStream<'_>| {
        let name = Ident::parse_any(input)?;
        if input.is_empty() {
            return Err(syn::Error::new(name.span(), "the other model is missing"));
        }
        let colon = input.parse::<Token![:]>()?;
        if input.is_empty() {
            return Err(syn::Error::new(colon.span, "the other model is missing"));
        }
        let target: Type = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        let parts = parse_items(input, form, &mut inner);
        Ok((name, target, parts))
    };
    let parsed = item.list(parser, form, errors);
    errors.append(inner);
    let Some((name, target, parts)) = parsed else {
        return;
    };
    let mut relation = Relation {
        kind,
        name,
        target,
        column: None,
        on_delete: None,
        through: None,
        link_source: None,
        link_target: None,
    };
    for part in once(parts, &[], errors) {
        let name = part.name();
        if !keys.contains(&name.as_str()) {
            errors.add_unknown(&part.key, "key", keys);
            continue;
        }
        match name.as_str() {
            "column" => relation.column = part.value("column = author_id", errors),
            "on_delete" => relation.on_delete = part.value("on_delete = protect", errors),
            "through" => relation.through = part.value("through = post_tags", errors),
            "source" => relation.link_source = part.value("source = post_id", errors),
            _ => relation.link_target = part.value("target = tag_id", errors),
        }
    }
    options.relations.push(relation);
}

/// `source` and `max`.
fn slug(item: Item, errors: &mut Errors) -> Option<SlugKey> {
    const FORM: &str = "slug(source = title, max = 220)";
    let mut inner = Errors::default();
    let parser = |input: ParseStream<'_>| Ok(parse_items(input, FORM, &mut inner));
    let parts = item.list(parser, FORM, errors);
    errors.append(inner);
    let mut slug = SlugKey {
        key: item.key,
        source: None,
        max: None,
    };
    for part in once(parts?, &[], errors) {
        match part.name().as_str() {
            "source" => slug.source = part.value("source = title", errors),
            "max" => slug.max = part.value("max = 220", errors),
            _ => errors.add_unknown(&part.key, "key", &["source", "max"]),
        }
    }
    Some(slug)
}

/// Fields, then `name`, `message` and `ignore_case`.
fn unique(item: &Item, errors: &mut Errors) -> Option<Unique> {
    const FORM: &str = "unique(author_id, title, name = \"posts_author_title\")";
    let mut inner = Errors::default();
    let parser = |input: ParseStream<'_>| Ok(parse_items(input, FORM, &mut inner));
    let parts = item.list(parser, FORM, errors);
    errors.append(inner);
    let mut unique = Unique::default();
    for part in once(parts?, &[], errors) {
        match (part.name().as_str(), part.is_flag()) {
            ("ignore_case", true) => unique.ignore_case = true,
            (_, true) => unique.fields.push(part.key),
            ("name", _) => unique.name = part.value("name = \"posts_slug_key\"", errors),
            ("message", _) => unique.message = part.value("message = \"Taken.\"", errors),
            _ => errors.add_unknown(&part.key, "key", &["name", "message", "ignore_case"]),
        }
    }
    if unique.fields.is_empty() {
        errors.add(&item.key, format!("this names no field; write `{FORM}`"));
    }
    Some(unique)
}

/// `Tag` of `crate::Tag`.
pub(super) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.unraw().to_string()),
        Type::Group(group) => last_name(&group.elem),
        _ => None,
    }
}

/// Whether this is an `Option`, as far as its name tells.
pub(super) fn is_option(ty: &Type) -> bool {
    last_name(ty).as_deref() == Some("Option")
}
