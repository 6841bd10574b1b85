//! What an input has of a field where a client sends none, and who may set it.

use syn::Ident;

use crate::error::Errors;
use crate::serializer::model::{self, Kind, Shape};
use crate::serializer::syntax::Field;

/// A field has one default, if it can have one.
pub(super) fn check_defaults(field: &Field, kind: &Kind, errors: &mut Errors) {
    let defaults: Vec<&Ident> = [
        field.default.as_ref().map(|default| &default.key),
        field.default_on_create.as_ref().map(|default| &default.key),
        field.default_with.as_ref().map(|default| &default.key),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [first, second, ..] = defaults[..] {
        let message =
            format!("`{first}` and `{second}` exclude each other; a field has one default");
        errors.add(second, message);
    }
    if let (Some(required), Some(default)) = (&field.required, defaults.first()) {
        let message = format!(
            "`required` and `{default}` exclude each other; a field with a default is never missing"
        );
        errors.add(&required.key, message);
    }
    match (kind, defaults.first()) {
        (Kind::Related(_) | Kind::Nested(_), Some(default)) => {
            let kind = if matches!(kind, Kind::Nested(_)) {
                "nested"
            } else {
                "related"
            };
            let message = format!(
                "a `{kind}` field takes no `{default}`; write `required = false` and set the \
                 relation in `prepare_create`"
            );
            errors.add(default, message);
        }
        (Kind::NoColumn, Some(default)) if *default == "default_with" => errors.add(
            default,
            "`default_with` fills a column, and this field has none; write `default = …`",
        ),
        _ => {}
    }
}

/// Rules about who may see and set the field.
pub(super) fn check_rules(field: &Field, shown_only: bool, errors: &mut Errors) {
    if let (Some(see), Some(_)) = (&field.see, &field.write_only) {
        errors.add(
            &see.key,
            "`see` is about showing, and a `write_only` field is never shown; remove `see`",
        );
    }
    let Some(set) = field.set.as_ref().filter(|_| !shown_only) else {
        return;
    };
    let on_put = field.default.as_ref();
    if let Some(default) = on_put.filter(|_| field.create_only.is_none()) {
        errors.add(
            &default.key,
            "a PUT without the field sets it to its `default`, for those too who may not `set` \
             it; write `default_on_create = …`",
        );
    } else if is_required(field) {
        errors.add(
            &set.key,
            "whoever may not `set` the field cannot send it, and it is required; write \
             `default_on_create = …`, or `required = false`",
        );
    }
}

/// Whether a create must have it.
pub(super) fn is_required(field: &Field) -> bool {
    match &field.required {
        Some(required) => required.value,
        None => !Shape::of(&field.ty).optional && default(field).is_none(),
    }
}

pub(super) fn default(field: &Field) -> Option<model::Default> {
    if let Some(default) = &field.default {
        // The row of an update has the value already.
        let value = default.value.clone();
        return Some(if field.create_only.is_some() {
            model::Default::OnCreate(value)
        } else {
            model::Default::Always(value)
        });
    }
    if let Some(default) = &field.default_on_create {
        return Some(model::Default::OnCreate(default.value.clone()));
    }
    field
        .default_with
        .as_ref()
        .map(|default| model::Default::With(default.value.clone()))
}
