//! The building blocks of a model. The types of their columns are checked where the emitted code
//! is compiled.

use syn::Ident;
use syn::ext::IdentExt;

use super::{named_field, position};
use crate::error::Errors;
use crate::model::block::{self, Definition};
use crate::model::syntax::{Input, SlugKey};
use crate::model::{Block, Slug, Unique};

/// How long a slug may be where the model does not say.
const SLUG_LENGTH: u64 = 255;
/// A slug needs room for a suffix.
const SHORTEST_SLUG: u64 = 20;

pub(super) fn blocks(input: &Input<'_>, errors: &mut Errors) -> Vec<Block> {
    let plain = input.options.blocks.iter().filter_map(|key| {
        let definition = block::plain(&key.to_string())?;
        Some((key, definition))
    });
    let slug = input.options.slug.iter();
    let slug = slug.map(|slug| (&slug.key, &block::SLUG));
    plain
        .chain(slug)
        .map(|(key, definition)| check(input, key, definition, errors))
        .collect()
}

fn check(
    input: &Input<'_>,
    key: &Ident,
    definition: &'static Definition,
    errors: &mut Errors,
) -> Block {
    let find = |name: &str| input.fields.iter().position(|field| field.ident == name);
    let mut columns = Vec::new();
    for column in definition.columns {
        match find(column.name) {
            Some(field) => columns.push((column.name, field)),
            None => errors.add(
                key,
                format!(
                    "`{key}` needs a field `{}: {}` in `{}`",
                    column.name, column.ty, input.ident
                ),
            ),
        }
    }
    let optional = definition.optional.iter();
    columns.extend(optional.filter_map(|name| Some((*name, find(name)?))));
    Block {
        definition,
        columns,
    }
}

/// Where slugs stand and what they are made of.
pub(super) fn slug(input: &Input<'_>, errors: &mut Errors) -> Option<Slug> {
    let SlugKey { key, source, max } = input.options.slug.as_ref()?;
    let Some(source) = source else {
        errors.add(
            key,
            "a slug is made of another field; write `slug(source = title)`",
        );
        return None;
    };
    let source = named_field(input, source, errors)?;
    let field = input
        .fields
        .iter()
        .position(|field| field.ident == "slug")?;
    if source == field {
        errors.add(key, "a slug is made of another field than itself");
    }
    let Some(max) = max else {
        return Some(Slug {
            field,
            source,
            max: SLUG_LENGTH,
        });
    };
    match max.base10_parse() {
        Ok(max) if max >= SHORTEST_SLUG => Some(Slug { field, source, max }),
        _ => {
            let message = format!(
                "a slug needs room for words and a suffix; write `max = {SHORTEST_SLUG}` or more"
            );
            errors.add(max, message);
            None
        }
    }
}

/// The values that the blocks need to be unique, where the model says nothing of them itself.
pub(super) fn uniques<'a>(input: &Input<'_>) -> impl Iterator<Item = Unique<'a>> {
    let slug = input.options.slug.iter().map(|_| ("slug", false));
    let identity = input
        .options
        .blocks
        .iter()
        .filter(|key| **key == "identity");
    let wanted = slug.chain(identity.map(|_| ("email", true)));
    let wanted: Vec<Unique<'a>> = wanted
        .filter(|(name, _)| {
            let mut declared = input.options.unique.iter().flat_map(|own| &own.fields);
            declared.all(|own| own.unraw() != *name)
        })
        .filter_map(|(name, ignore_case)| {
            let name = Ident::new(name, proc_macro2::Span::call_site());
            Some(Unique {
                fields: vec![position(input, &name)?],
                name: None,
                message: None,
                ignore_case,
            })
        })
        .collect();
    wanted.into_iter()
}
