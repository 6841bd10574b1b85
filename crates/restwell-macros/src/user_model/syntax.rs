//! What was written, checked on the way.

use syn::{Data, DeriveInput, Fields, Ident, Path};

use super::{MEANINGS, Meaning, User};
use crate::error::Errors;
use crate::syntax::{Item, items, once, private_root};

const FORM: &str = "#[user(username = mail, password = hash)]";

pub(super) fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> User<'a> {
    let fields = fields(input, errors);
    let mut root = None;
    let mut given = Vec::new();
    for item in once(items(&input.attrs, "user", FORM, errors), &[], errors) {
        let name = item.name();
        if name == "crate" {
            root = item.value::<Path>("crate = restwell", errors);
        } else if let Some(meaning) = MEANINGS.iter().find(|meaning| meaning.key == name) {
            given.push((meaning.key, named(&item, fields.as_deref(), errors)));
        } else {
            let keys = MEANINGS.iter().map(|meaning| meaning.key);
            let known: Vec<_> = keys.chain(["crate"]).collect();
            errors.add_unknown(&item.key, "key", &known);
        }
    }
    let mut columns = Vec::new();
    for meaning in &MEANINGS {
        let written = given.iter().find(|(key, _)| *key == meaning.key);
        let field = match written {
            Some((_, field)) => field.clone(),
            None => by_convention(meaning, input, fields.as_deref(), errors),
        };
        columns.extend(field.map(|field| (meaning, field)));
    }
    User {
        ident: &input.ident,
        root: private_root(root.as_ref()),
        columns,
    }
}

/// The fields of the struct; `None` where there are none to speak of.
fn fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Vec<&'a Ident>> {
    if let Data::Struct(data) = &input.data
        && let Fields::Named(fields) = &data.fields
    {
        return Some(
            fields
                .named
                .iter()
                .filter_map(|f| f.ident.as_ref())
                .collect(),
        );
    }
    errors.add(
        &input.ident,
        "#[derive(UserModel)] needs the struct that #[derive(Model)] stands on",
    );
    None
}

/// The field that a key names.
fn named(item: &Item, fields: Option<&[&Ident]>, errors: &mut Errors) -> Option<Ident> {
    let form = format!("{} = column", item.name());
    let field: Ident = item.value(&form, errors)?;
    let fields = fields?;
    if fields.contains(&&field) {
        return Some(field);
    }
    let names: Vec<_> = fields.iter().map(ToString::to_string).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    errors.add_unknown(&field, "field", &names);
    None
}

/// The field that has the name of its meaning.
fn by_convention(
    meaning: &Meaning,
    input: &DeriveInput,
    fields: Option<&[&Ident]>,
    errors: &mut Errors,
) -> Option<Ident> {
    let fields = fields?;
    let found = fields.iter().find(|field| **field == meaning.key);
    if let (None, Some(what)) = (found, meaning.required) {
        let key = meaning.key;
        errors.add(
            &input.ident,
            format!("a model of users needs {what}: a field `{key}`, or another that `#[user({key} = …)]` names"),
        );
    }
    found.map(|field| (*field).clone())
}
