//! One field: what it stands for.

mod default;
mod keys;

use syn::Ident;
use syn::ext::IdentExt;

use crate::error::Errors;
use crate::serializer::model::{self, Kind, Nested, Related, Shape, Written};
use crate::serializer::syntax::{Field, Keyed, ShownAs, Source};

use default::{check_defaults, check_rules, default, is_required};
use keys::{check_input_keys, check_pairs};

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
