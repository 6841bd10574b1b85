//! From what was written to what is known to be right. Every mistake is noted.

mod field;
mod group;

use proc_macro2::TokenStream;
use syn::Ident;
use syn::ext::IdentExt;

use super::model::{Field, Group, GroupField, Kind, Serializer};
use super::syntax::{self, Input, RuleKind};
use crate::error::Errors;
use crate::syntax::private_root;

pub(super) use group::has_value;

/// A set of fields is one word of bits.
const MOST_FIELDS: usize = 64;

pub(super) fn serializer(input: &Input, errors: &mut Errors) -> Option<Serializer> {
    check_options(input, errors);
    let options = &input.options;
    let root = private_root(options.root.as_ref());
    let inherited = group::inherited(options);
    let mut fields: Vec<Field> = fields(input, &root, errors)
        .into_iter()
        .map(|found| found.field)
        .collect();
    check_matches(input, &fields, errors);
    check_names(&fields, errors);
    fields.retain(|field| field.shows || !inherited.read_only);
    Some(Serializer {
        attrs: input.attrs.clone(),
        vis: input.vis.clone(),
        ident: input.ident.clone(),
        root,
        model: options.model.clone()?,
        shows: !inherited.write_only,
        reads: !inherited.read_only,
        refuse_unknown: inherited.refuse_unknown.unwrap_or_default(),
        validate: options.validate.clone(),
        checked: group::checked(options),
        fields,
    })
}

pub(super) fn group(input: &Input, errors: &mut Errors) -> Group {
    let options = &input.options;
    if let Some(model) = &options.model {
        errors.add(
            model,
            "a group has the model of the serializer that takes it in; remove `model`",
        );
    }
    let root = private_root(options.root.as_ref());
    let inherited = group::inherited(options);
    let fields = fields(input, &root, errors);
    Group {
        attrs: input.attrs.clone(),
        vis: input.vis.clone(),
        ident: input.ident.clone(),
        root,
        last: options.last.is_some(),
        export: options.export.is_some(),
        read_only: inherited.read_only,
        write_only: inherited.write_only,
        refuse_unknown: inherited.refuse_unknown,
        validate: options.validate.clone(),
        checked: group::checked(options),
        fields,
    }
}

/// The fields that are declared, with those of the groups before and after them.
fn fields(input: &Input, root: &TokenStream, errors: &mut Errors) -> Vec<GroupField> {
    let own: Vec<GroupField> = input
        .fields
        .iter()
        .filter_map(|own| {
            let field = field::check(own, errors)?;
            let attrs = own.attrs.clone();
            Some(GroupField { field, attrs })
        })
        .collect();
    let (mut fields, last) = group::taken_in(input, root);
    fields.extend(own);
    fields.extend(last);
    fields
}

fn check_options(input: &Input, errors: &mut Errors) {
    let options = &input.options;
    if !options.names_model {
        errors.add(
            &input.ident,
            "a serializer shows a model; write `#[serializer(model = Post)]`, or \
             `#[serializer(group)]` for fields that serializers take in",
        );
    }
    if let Some(last) = &options.last {
        errors.add(last, "groups come last; write `group, last`");
    }
    if let Some(export) = &options.export {
        errors.add(export, "groups are exported; write `group, export`");
    }
    if let (Some(_), Some(second)) = (&options.read_only, &options.write_only) {
        errors.add(
            second,
            "`read_only` and `write_only` exclude each other; leave both out for a serializer \
             that shows and reads",
        );
    }
    if let (Some(_), Some(path)) = (&options.read_only, options.validate.first()) {
        errors.add(
            path,
            "`validate` is for input, and a `read_only` serializer takes none; remove one of them",
        );
    }
}

/// The fields that `must_match` names.
fn check_matches(input: &Input, fields: &[Field], errors: &mut Errors) {
    for rule in input.fields.iter().flat_map(|field| &field.rules) {
        let RuleKind::MustMatch(other) = &rule.kind else {
            continue;
        };
        let readable = |field: &&Field| field.reads;
        if !fields
            .iter()
            .filter(readable)
            .any(|field| field.ident == *other)
        {
            let names: Vec<String> = fields
                .iter()
                .filter(readable)
                .map(|field| field.ident.unraw().to_string())
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            errors.add_unknown(other, "field of the input", &names);
        }
    }
}

fn check_names(fields: &[Field], errors: &mut Errors) {
    for (i, field) in fields.iter().enumerate() {
        if fields[..i].iter().any(|other| other.wire == field.wire) {
            let message = format!(
                "two fields are called \"{0}\"; give one of them another name: \
                 `#[field(name = \"{0}2\")]`",
                field.wire
            );
            errors.add(&field.ident, message);
        }
    }
    if let Some(field) = fields.get(MOST_FIELDS) {
        errors.add(
            &field.ident,
            format!("a serializer has at most {MOST_FIELDS} fields"),
        );
    }
}

/// What can be known of a field, whatever is wrong with it.
pub(super) fn lenient(field: &syntax::Field) -> Option<Field> {
    field::check(field, &mut Errors::default())
}

/// The field of the model behind a field, if it is a column.
fn column(field: &Field) -> Option<&Ident> {
    match &field.kind {
        Kind::Column(column) => Some(column),
        _ => None,
    }
}
