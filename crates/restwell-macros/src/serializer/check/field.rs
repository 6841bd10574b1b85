//! The keys of one field, and which of them go together.

use syn::Ident;
use syn::ext::IdentExt;

use crate::error::Errors;
use crate::serializer::model::{self, Kind, Nested, Related, Shape, Written};
use crate::serializer::syntax::{Field, Keyed, ShownAs, Source};

pub(super) fn check(field: &Field, errors: &mut Errors) -> Option<model::Field> {
    let shape = Shape::of(&field.ty);
    let kind = kind(field, &shape, errors)?;
    let shown_only = shown_only(&kind, field);
    check_input_keys(field, &kind, shown_only, errors);
    if !shown_only {
        check_defaults(field, &kind, errors);
    }
    check_pairs(field, errors);
    check_rules(field, shown_only, errors);
    let wire = field.name.as_ref().map_or_else(
        || field.ident.unraw().to_string(),
        |name| {
            if name.value().is_empty() {
                errors.add(
                    name,
                    "a name on the wire has letters; write `name = \"postTitle\"`",
                );
            }
            name.value()
        },
    );
    Some(model::Field {
        ident: field.ident.clone(),
        docs: field.docs.clone(),
        wire,
        ty: field.ty.clone(),
        shows: field.write_only.is_none(),
        reads: !shown_only,
        required: is_required(field),
        create_only: field.create_only.is_some(),
        allow_blank: field.allow_blank.is_some(),
        allow_empty: field.allow_empty.as_ref().is_none_or(|allow| allow.value),
        trim: field.trim.as_ref().is_none_or(|trim| trim.value),
        max_digits: field.max_digits.as_ref().map(|most| most.value.clone()),
        decimal_places: field.decimal_places.as_ref().map(|most| most.value.clone()),
        help_text: field.help_text.clone(),
        default: default(field),
        rules: field.rules.clone(),
        validate: field
            .validate
            .as_ref()
            .map(|validate| validate.value.clone())
            .unwrap_or_default(),
        see: field.see.as_ref().map(|see| see.value.clone()),
        set: field.set.as_ref().map(|set| set.value.clone()),
        shape,
        kind,
    })
}

/// What the field stands for.
fn kind(field: &Field, shape: &Shape, errors: &mut Errors) -> Option<Kind> {
    let through = field
        .source
        .as_ref()
        .filter(|source| matches!(source.value, Source::Through(..)));
    let choices: Vec<&Ident> = [
        field.method.as_ref().map(|method| &method.key),
        field.count.as_ref().map(|count| &count.key),
        field.nested.as_ref(),
        field.related.as_ref(),
        field.no_column.as_ref(),
        through.map(|source| &source.key),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [first, second, ..] = choices[..] {
        let message =
            format!("`{first}` and `{second}` exclude each other; a field stands for one thing");
        errors.add(second, message);
        return None;
    }
    let source = match field.source.as_ref().map(|source| &source.value) {
        Some(Source::Own(source)) => source.clone(),
        _ => field.ident.clone(),
    };
    if let (Some(given), Some(Keyed { key, .. })) = (choices.first(), &field.source)
        && ["method", "count", "no_column"]
            .iter()
            .any(|name| *given == name)
    {
        let message = format!("`{given}` says where the value comes from; remove `source`");
        errors.add(key, message);
    }
    Some(if let Some(method) = &field.method {
        let needs = field.needs.as_ref().map(|needs| needs.value.clone());
        Kind::Method(method.value.clone(), needs)
    } else if let Some(count) = &field.count {
        check_count(shape, errors);
        Kind::Count(count.value.clone())
    } else if field.nested.is_some() {
        if field.sync.is_some() {
            check_many(shape, errors);
        }
        Kind::Nested(Nested {
            relation: source,
            written: written(field, errors),
            as_key: is_shown_as(field, ShownAs::Key),
            slug: field.slug.as_ref().map(|slug| slug.value.clone()),
        })
    } else if field.related.is_some() {
        check_many(shape, errors);
        Kind::Related(Related {
            relation: source,
            slug: field.slug.as_ref().map(|slug| slug.value.clone()),
            rule: field.rule.as_ref().map(|rule| rule.value.clone()),
            as_data: is_shown_as(field, ShownAs::Data),
        })
    } else if field.no_column.is_some() {
        Kind::NoColumn
    } else if let Some(Source::Through(relation, source)) =
        field.source.as_ref().map(|source| &source.value)
    {
        Kind::Through(relation.clone(), source.clone())
    } else {
        Kind::Column(source)
    })
}

fn is_shown_as(field: &Field, shown_as: ShownAs) -> bool {
    field
        .shown_as
        .as_ref()
        .is_some_and(|own| own.value == shown_as)
}

/// How nested rows are written. Whoever may write the row may not for that write others.
fn written(field: &Field, errors: &mut Errors) -> Option<Written> {
    let sync = field.sync.as_ref()?;
    let Some(rule) = &field.rule else {
        errors.add(
            &sync.key,
            "nested rows are written by whom a rule allows it; write \
             `nested, sync = append, rule = is_staff()`",
        );
        return None;
    };
    Some(Written {
        sync: sync.value,
        or_key: field.or_key.is_some(),
        rule: rule.value.clone(),
    })
}

fn check_count(shape: &Shape, errors: &mut Errors) {
    let is_count = !shape.optional
        && matches!(&shape.value, syn::Type::Path(path) if path.path.is_ident("i64"));
    // A group's types are known where it stands.
    let is_reached = matches!(&shape.value, syn::Type::Path(path) if path.qself.is_some());
    if !is_count && !is_reached {
        errors.add(&shape.value, "a count is an `i64`");
    }
}

fn check_many(shape: &Shape, errors: &mut Errors) {
    if shape.optional && shape.many {
        errors.add(
            &shape.value,
            "a relation to many rows is never null; write `Vec<Tag>`, with `required = false` \
             where it may be left out",
        );
    }
}

/// Whether no input can set it.
fn shown_only(kind: &Kind, field: &Field) -> bool {
    let computed = match kind {
        Kind::Method(..) | Kind::Count(_) | Kind::Through(..) => true,
        Kind::Nested(_) => field.sync.is_none(),
        Kind::Column(_) | Kind::NoColumn | Kind::Related(_) => false,
    };
    computed || field.read_only.is_some()
}

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
fn check_input_keys(field: &Field, kind: &Kind, shown_only: bool, errors: &mut Errors) {
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

/// A field has one default, if it can have one.
fn check_defaults(field: &Field, kind: &Kind, errors: &mut Errors) {
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
fn check_rules(field: &Field, shown_only: bool, errors: &mut Errors) {
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
fn is_required(field: &Field) -> bool {
    match &field.required {
        Some(required) => required.value,
        None => !Shape::of(&field.ty).optional && default(field).is_none(),
    }
}

/// Keys that need each other.
fn check_pairs(field: &Field, errors: &mut Errors) {
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

fn default(field: &Field) -> Option<model::Default> {
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
