//! What was written, checked on the way.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase,
};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path};

use super::{Choice, Choices};
use crate::error::Errors;
use crate::syntax::{items, once, private_root};

const FORM: &str = "#[choices(rename_all = \"kebab-case\")]";
const STYLES: [&str; 8] = [
    "snake_case",
    "kebab-case",
    "lowercase",
    "UPPERCASE",
    "camelCase",
    "PascalCase",
    "SCREAMING_SNAKE_CASE",
    "SCREAMING-KEBAB-CASE",
];

pub(super) fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Choices<'a> {
    let (style, root) = options(&input.attrs, errors);
    let generic = !input.generics.params.is_empty();
    if generic {
        errors.add(&input.generics, "a set of choices cannot be generic");
    }
    let mut choices = Choices {
        ident: &input.ident,
        root: private_root(root.as_ref()),
        generic,
        choices: Vec::new(),
    };
    let Data::Enum(data) = &input.data else {
        errors.add(
            &input.ident,
            "#[derive(Choices)] needs an enum whose variants have no fields",
        );
        return choices;
    };
    if data.variants.is_empty() {
        errors.add(&input.ident, "a set of choices needs at least one variant");
    }
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.add(
                &variant.fields,
                format!(
                    "a choice is a text and has no fields; write `{}`",
                    variant.ident
                ),
            );
            continue;
        }
        let given = text(&variant.attrs, errors);
        let text = match &given {
            Some(text) => text.value(),
            None => rename(&variant.ident, &style),
        };
        if choices.choices.iter().any(|other| other.text == text) {
            let message = format!("two variants have the text \"{text}\"");
            match &given {
                Some(given) => errors.add(given, message),
                None => errors.add(&variant.ident, message),
            }
            continue;
        }
        choices.choices.push(Choice {
            variant: &variant.ident,
            text,
        });
    }
    choices
}

fn options(attributes: &[Attribute], errors: &mut Errors) -> (String, Option<Path>) {
    let mut style = STYLES[0].to_owned();
    let mut root = None;
    let parts = items(attributes, "choices", FORM, errors);
    for item in once(parts, &[], errors) {
        match item.name().as_str() {
            "rename_all" => {
                let Some(given) = item.value::<LitStr>("rename_all = \"kebab-case\"", errors)
                else {
                    continue;
                };
                if STYLES.contains(&given.value().as_str()) {
                    style = given.value();
                } else {
                    let known = STYLES.join("\", \"");
                    let message = format!("unknown style {:?}; valid: \"{known}\"", given.value());
                    errors.add(&given, message);
                }
            }
            "crate" => root = item.value("crate = restwell", errors),
            _ => errors.add_unknown(&item.key, "key", &["rename_all", "crate"]),
        }
    }
    (style, root)
}

/// The text in `#[choice("…")]`.
fn text(attributes: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let mut text: Option<LitStr> = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("choice")) {
        match attribute.parse_args::<LitStr>() {
            Ok(given) if given.value().is_empty() => {
                errors.add(&given, "the text of a choice cannot be empty");
            }
            Ok(given) if text.is_some() => errors.add(&given, "a choice has one text"),
            Ok(given) => text = Some(given),
            Err(error) => errors.add_parse(&error, "#[choice(\"in-review\")]"),
        }
    }
    text
}

fn rename(variant: &Ident, style: &str) -> String {
    let name = variant.unraw().to_string();
    match style {
        "kebab-case" => name.to_kebab_case(),
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "camelCase" => name.to_lower_camel_case(),
        "PascalCase" => name.to_pascal_case(),
        "SCREAMING_SNAKE_CASE" => name.to_shouty_snake_case(),
        "SCREAMING-KEBAB-CASE" => name.to_shouty_kebab_case(),
        _ => name.to_snake_case(),
    }
}
