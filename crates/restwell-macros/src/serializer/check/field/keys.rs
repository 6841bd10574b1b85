//! Which keys go together.

use syn::Ident;
use syn::ext::IdentExt;

use super::is_shown_as;
use crate::error::Errors;
use crate::serializer::model::Kind;
use crate::serializer::syntax::{Field, Keyed, ShownAs};

/// The keys that say something of the input.
fn input_keys(field: &Field) -> Vec<&Ident> {
    fn key<T>(keyed: Option<&Keyed<T>>) -> Option<&Ident> {
        keyed.map(|keyed| &keyed.key)
    }
    [
        field.create_only.as_ref(),
        field.allow_blank.as_ref(),
        key(field.required.as_ref()),
        key(field.default.as_ref()),
        key(field.default_on_create.as_ref()),
        key(field.default_with.as_ref()),
        key(field.allow_empty.as_ref()),
        key(field.trim.as_ref()),
        key(field.max_digits.as_ref()),
        key(field.validate.as_ref()),
        key(field.set.as_ref()),
        key(field.rule.as_ref()),
        key(field.sync.as_ref()),
    ]
    .into_iter()
    .flatten()
    .chain(field.rules.iter().map(|rule| &rule.key))
    .collect()
}

/// A field that is only shown takes no key of the input.
pub(super) fn check_input_keys(field: &Field, kind: &Kind, shown_only: bool, errors: &mut Errors) {
    if let (Some(_), Some(second)) = (&field.read_only, &field.write_only) {
        errors.add(
            second,
            "`read_only` and `write_only` exclude each other; leave both out for a field that is \
             shown and read",
        );
        return;
    }
    if !shown_only {
        return;
    }
    let what = match kind {
        Kind::Method(..) => "a `method` field is computed",
        Kind::Nested(_) if field.sync.is_none() => {
            "a `nested` field is only shown (`related` reads keys, `nested, sync = …` objects)"
        }
        Kind::Count(_) => "a `count` is computed",
        Kind::Through(..) => "a field of another model is only shown",
        Kind::Column(_) | Kind::NoColumn | Kind::Related(_) | Kind::Nested(_) => {
            "a `read_only` field takes none"
        }
    };
    for key in input_keys(field).into_iter().chain(&field.write_only) {
        let name = key.unraw();
        let message = format!("`{name}` is for input, and {what}; remove `{name}`");
        errors.add(key, message);
    }
}

/// Keys that need each other.
pub(super) fn check_pairs(field: &Field, errors: &mut Errors) {
    if let (Some(key), None) = (&field.no_column, &field.write_only) {
        errors.add(
            key,
            "a field without a column has nothing to show; write `write_only, no_column`",
        );
    }
    if let (Some(needs), None) = (&field.needs, &field.method) {
        errors.add(
            &needs.key,
            "`needs` lists the columns of a method; write `method = excerpt, needs(body)`",
        );
    }
    check_nested_pairs(field, errors);
    check_related_pairs(field, errors);
}

/// Keys about nested rows.
fn check_nested_pairs(field: &Field, errors: &mut Errors) {
    if let (Some(sync), None) = (&field.sync, &field.nested) {
        errors.add(
            &sync.key,
            "`sync` is about nested rows; write `nested, sync = append`",
        );
    }
    if let (Some(key), None) = (&field.or_key, &field.sync) {
        errors.add(
            key,
            "`or` is about the input of nested rows; write `nested, sync = append, or = key`",
        );
    }
    let names = field.or_key.is_some() || is_shown_as(field, ShownAs::Key);
    if let Some(slug) = field
        .slug
        .as_ref()
        .filter(|_| field.nested.is_some() && !names)
    {
        errors.add(
            &slug.key,
            "`slug` names the rows in place of their objects; write `or = key, slug = name`, or \
             `as = key, slug = name`",
        );
    }
}

/// Keys about the rows of a relation that are named.
fn check_related_pairs(field: &Field, errors: &mut Errors) {
    let is_written = field.sync.is_some();
    if let Some(shown_as) = &field.shown_as {
        let (fits, message) = match shown_as.value {
            ShownAs::Data => (
                field.related.is_some(),
                "`as = data` shows the rows of a relation; write `related, as = data`",
            ),
            ShownAs::Key => (
                is_written,
                "`as = key` shows nested rows by their keys; write `nested, sync = append, as = key`",
            ),
        };
        if !fits {
            errors.add(&shown_as.key, message);
        }
    }
    if field.related.is_some() {
        return;
    }
    if let Some(slug) = field.slug.as_ref().filter(|_| field.nested.is_none()) {
        errors.add(
            &slug.key,
            "`slug` names the rows of a relation; write `related, slug = name`",
        );
    }
    if let Some(rule) = field.rule.as_ref().filter(|_| !is_written) {
        errors.add(
            &rule.key,
            "`rule` is about the rows that a body may name; write `related, rule = is_staff()`, or \
             `see` and `set` for the field itself",
        );
    }
}
