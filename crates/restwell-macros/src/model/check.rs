//! From what was written to what is known to be right. Every mistake is noted.

mod block;

use heck::ToSnakeCase;
use quote::ToTokens;
use syn::Ident;
use syn::ext::IdentExt;

use super::syntax::{self, Input, is_option, last_name};
use super::{Field, Model, OnDelete, Relation, RelationKind, Unique};
use crate::error::Errors;
use crate::syntax::private_root;

/// A set of columns is one word of bits.
const MOST_COLUMNS: usize = 64;

pub(super) fn check<'a>(input: &'a Input<'a>, errors: &mut Errors) -> Option<Model<'a>> {
    let options = &input.options;
    if !options.names_table {
        errors.add(
            input.ident,
            "a model needs its table; add `#[model(table = posts)]` with the name of the \
             `table!` in your schema",
        );
    }
    let fields = fields(input, errors);
    let primary_key = primary_key(input, errors);
    if let Some(primary_key) = primary_key {
        refuse_optional_key(input, primary_key, errors);
    }
    let verbose_name = options.verbose_name.as_ref().map_or_else(
        || input.ident.to_string().to_snake_case().replace('_', " "),
        |name| name.value(),
    );
    let verbose_name_plural = options
        .verbose_name_plural
        .as_ref()
        .map_or_else(|| plural(&verbose_name), |name| name.value());
    let blocks = block::blocks(input, errors);
    let slug = block::slug(input, errors);
    let unique = uniques(input, errors);
    let relations = relations(input, errors);
    Some(Model {
        ident: input.ident,
        vis: input.vis,
        root: private_root(options.root.as_ref()),
        table: options.table.as_ref()?,
        verbose_name,
        verbose_name_plural,
        audited: options.audited,
        scope: options.scope.as_ref(),
        primary_key: primary_key?,
        fields,
        blocks,
        slug,
        unique,
        relations,
    })
}

/// The place of the field `name`.
fn position(input: &Input<'_>, name: &Ident) -> Option<usize> {
    let name = name.unraw();
    input
        .fields
        .iter()
        .position(|field| field.ident.unraw() == name)
}

fn fields<'a>(input: &'a Input<'a>, errors: &mut Errors) -> Vec<Field<'a>> {
    if let Some(field) = input.fields.get(MOST_COLUMNS) {
        errors.add(
            field.ident,
            format!(
                "a model has at most {MOST_COLUMNS} fields, and this one has {}; move some to a \
                 table of their own",
                input.fields.len()
            ),
        );
    }
    let mut columns: Vec<String> = Vec::new();
    let mut checked = Vec::new();
    for field in &input.fields {
        let column = field.column.clone().unwrap_or_else(|| field.ident.clone());
        let name = column.unraw().to_string();
        if columns.contains(&name) {
            errors.add(&column, format!("two fields hold the column `{name}`"));
        }
        columns.push(name);
        checked.push(Field {
            ident: field.ident,
            ty: field.ty,
            column,
            sensitive: field.sensitive,
        });
    }
    checked
}

fn primary_key(input: &Input<'_>, errors: &mut Errors) -> Option<usize> {
    let Some(name) = &input.options.primary_key else {
        let found = input.fields.iter().position(|field| field.ident == "id");
        if found.is_none() {
            errors.add(
                input.ident,
                "a model needs a primary key: a field `id`, or another that \
                 `#[model(primary_key = code)]` names",
            );
        }
        return found;
    };
    named_field(input, name, errors)
}

/// Every row has a key.
fn refuse_optional_key(input: &Input<'_>, primary_key: usize, errors: &mut Errors) {
    let Some(field) = input.fields.get(primary_key) else {
        return;
    };
    if is_option(field.ty) {
        errors.add(
            field.ty,
            "a primary key cannot be null; take the `Option` away",
        );
    }
}

/// The place of the field `name`, which must be there.
fn named_field(input: &Input<'_>, name: &Ident, errors: &mut Errors) -> Option<usize> {
    let found = position(input, name);
    if found.is_none() {
        let names: Vec<String> = input
            .fields
            .iter()
            .map(|field| field.ident.unraw().to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        errors.add_unknown(name, "field", &names);
    }
    found
}

fn uniques<'a>(input: &'a Input<'a>, errors: &mut Errors) -> Vec<Unique<'a>> {
    input
        .options
        .unique
        .iter()
        .map(|unique| Unique {
            fields: unique
                .fields
                .iter()
                .filter_map(|name| named_field(input, name, errors))
                .collect(),
            name: unique.name.as_ref(),
            message: unique.message.as_ref(),
            ignore_case: unique.ignore_case,
        })
        .chain(block::uniques(input))
        .collect()
}

fn relations<'a>(input: &'a Input<'a>, errors: &mut Errors) -> Vec<Relation<'a>> {
    let mut names: Vec<&Ident> = Vec::new();
    let mut checked = Vec::new();
    for relation in &input.options.relations {
        if names.contains(&&relation.name) {
            errors.add(
                &relation.name,
                format!("two relations are called `{}`", relation.name),
            );
            continue;
        }
        names.push(&relation.name);
        let Some(kind) = relation_kind(input, relation, errors) else {
            continue;
        };
        checked.push(Relation {
            name: &relation.name,
            target: &relation.target,
            kind,
        });
    }
    checked
}

fn relation_kind<'a>(
    input: &Input<'_>,
    relation: &'a syntax::Relation,
    errors: &mut Errors,
) -> Option<RelationKind<'a>> {
    let column = || {
        relation
            .column
            .clone()
            .unwrap_or_else(|| key_name(&input.ident.to_string(), &relation.name))
    };
    match relation.kind {
        syntax::RelationKind::BelongsTo => belongs_to(input, relation, errors),
        syntax::RelationKind::HasMany => Some(RelationKind::HasMany {
            column: column(),
            cascade: cascades(relation, errors),
        }),
        syntax::RelationKind::HasOne => Some(RelationKind::HasOne {
            column: column(),
            cascade: cascades(relation, errors),
        }),
        syntax::RelationKind::ManyToMany => {
            let Some(through) = &relation.through else {
                errors.add(
                    &relation.name,
                    format!(
                        "a many-to-many relation needs the table of pairs; write \
                         `many_to_many({}: {}, through = post_tags)`",
                        relation.name,
                        relation.target.to_token_stream()
                    ),
                );
                return None;
            };
            let target = last_name(&relation.target).unwrap_or_default();
            let own = input.ident.to_string();
            Some(RelationKind::ManyToMany {
                through,
                source: relation
                    .link_source
                    .clone()
                    .unwrap_or_else(|| key_name(&own, &relation.name)),
                target: relation
                    .link_target
                    .clone()
                    .unwrap_or_else(|| key_name(&target, &relation.name)),
            })
        }
    }
}

fn belongs_to<'a>(
    input: &Input<'_>,
    relation: &syntax::Relation,
    errors: &mut Errors,
) -> Option<RelationKind<'a>> {
    let name = &relation.name;
    let on_delete = on_delete(relation, errors);
    let field = match &relation.column {
        Some(column) => named_field(input, column, errors)?,
        None => {
            let key = key_name(&name.unraw().to_string(), name);
            let found = position(input, &key);
            if found.is_none() {
                errors.add(
                    name,
                    format!(
                        "the relation `{name}` needs the field `{key}`, or the one that \
                         `column = …` names"
                    ),
                );
            }
            found?
        }
    };
    let ty = input.fields.get(field)?.ty;
    if matches!(on_delete, Some(OnDelete::SetNull)) && !is_option(ty) {
        errors.add(
            ty,
            format!(
                "`on_delete = set_null` needs a field that can be null; write `Option<{}>`",
                ty.to_token_stream()
            ),
        );
    }
    Some(RelationKind::BelongsTo {
        field,
        on_delete: on_delete?,
    })
}

/// Whether a soft deletion spreads to the rows that refer to the deleted one. What the database
/// does when a row goes for good is said where the foreign key is.
fn cascades(relation: &syntax::Relation, errors: &mut Errors) -> bool {
    match &relation.on_delete {
        None => false,
        Some(word) if word == "cascade" => true,
        Some(word) => {
            errors.add_unknown(word, "on_delete", &["cascade"]);
            false
        }
    }
}

fn on_delete(relation: &syntax::Relation, errors: &mut Errors) -> Option<OnDelete> {
    let Some(word) = &relation.on_delete else {
        return Some(OnDelete::Protect);
    };
    match word.to_string().as_str() {
        "protect" => Some(OnDelete::Protect),
        "cascade" => Some(OnDelete::Cascade),
        "set_null" => Some(OnDelete::SetNull),
        _ => {
            errors.add_unknown(word, "on_delete", &["protect", "cascade", "set_null"]);
            None
        }
    }
}

/// `author_id` for `author` and `blog_post_id` for `BlogPost`, at the place of `at`.
fn key_name(name: &str, at: &Ident) -> Ident {
    quote::format_ident!("{}_id", name.to_snake_case(), span = at.span())
}

/// `categories` of `category`.
fn plural(name: &str) -> String {
    if let Some(stem) = name.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"];
    if hisses.iter().any(|end| name.ends_with(end)) {
        return format!("{name}es");
    }
    format!("{name}s")
}
