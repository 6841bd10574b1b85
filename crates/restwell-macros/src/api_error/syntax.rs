//! What was written, checked on the way.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitInt, LitStr, Member, Path};

use super::message::{self, Named};
use super::{Declared, Failure};
use crate::error::Errors;
use crate::syntax::{Item, items, once, private_root};

const NAME: &str = "api_error";
const FORM: &str = "#[api_error(status = 422, code = \"too_late\", message = \"It is too late.\")]";
const KEYS: [&str; 4] = ["status", "code", "message", "crate"];
const FIELD_FORM: &str = "#[api_error(public)]";
const FIELD_KEYS: [&str; 2] = ["public", "source"];

pub(super) fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Declared<'a> {
    let of_type = written(&input.attrs, errors);
    let mut declared = Declared {
        ident: &input.ident,
        root: private_root(of_type.root.as_ref()),
        generic: !input.generics.params.is_empty(),
        failures: Vec::new(),
    };
    if declared.generic {
        errors.add(&input.generics, "a declared failure cannot be generic");
    }
    match &input.data {
        Data::Enum(data) => {
            if let Some(place) = of_type.first() {
                errors.add(
                    place,
                    "each variant has a status, code and message of its own",
                );
            }
            for variant in &data.variants {
                let written = written(&variant.attrs, errors);
                let name = Some(&variant.ident);
                let failure = failure(&variant.ident, name, &variant.fields, written, errors);
                add(&mut declared, failure, &variant.ident, errors);
            }
        }
        Data::Struct(data) => {
            let failure = failure(&input.ident, None, &data.fields, of_type, errors);
            add(&mut declared, failure, &input.ident, errors);
        }
        Data::Union(_) => errors.add(
            &input.ident,
            "#[derive(ApiError)] needs an enum or a struct",
        ),
    }
    declared
}

/// A code tells failures apart, so a type has each once.
fn add<'a>(
    declared: &mut Declared<'a>,
    failure: Option<Failure<'a>>,
    place: &Ident,
    errors: &mut Errors,
) {
    let Some(failure) = failure else { return };
    if declared
        .failures
        .iter()
        .any(|other| other.code == failure.code)
    {
        errors.add(
            place,
            format!("two variants have the code \"{}\"", failure.code),
        );
        return;
    }
    declared.failures.push(failure);
}

/// The parts of an attribute of a variant or a struct.
#[derive(Default)]
struct Written {
    status: Option<LitInt>,
    code: Option<LitStr>,
    message: Option<LitStr>,
    root: Option<Path>,
    /// Whether a part was wrong, which has been reported.
    faulty: bool,
}

impl Written {
    fn first(&self) -> Option<TokenStream> {
        let status = self.status.as_ref().map(ToTokens::to_token_stream);
        let texts = || self.code.as_ref().or(self.message.as_ref());
        status.or_else(|| texts().map(ToTokens::to_token_stream))
    }
}

fn written(attributes: &[Attribute], errors: &mut Errors) -> Written {
    let mut written = Written::default();
    let parts = items(attributes, NAME, FORM, errors);
    for item in once(parts, &[], errors) {
        let good = match item.name().as_str() {
            "status" => read(&item, "status = 422", &mut written.status, errors),
            "code" => read(&item, "code = \"too_late\"", &mut written.code, errors),
            "message" => read(
                &item,
                "message = \"It is too late.\"",
                &mut written.message,
                errors,
            ),
            "crate" => read(&item, "crate = restwell", &mut written.root, errors),
            _ => {
                errors.add_unknown(&item.key, "key", &KEYS);
                false
            }
        };
        written.faulty |= !good;
    }
    written
}

fn read<T: syn::parse::Parse>(
    item: &Item,
    form: &str,
    place: &mut Option<T>,
    errors: &mut Errors,
) -> bool {
    *place = item.value(form, errors);
    place.is_some()
}

fn failure<'a>(
    place: &Ident,
    variant: Option<&'a Ident>,
    fields: &Fields,
    written: Written,
    errors: &mut Errors,
) -> Option<Failure<'a>> {
    let (named, source) = members(fields, errors);
    let (Some(status), Some(code), Some(text)) = (written.status, written.code, written.message)
    else {
        if !written.faulty {
            errors.add(
                place,
                format!("a failure has a status, a code and a message; write `{FORM}`"),
            );
        }
        return None;
    };
    let status = status_of(&status, errors);
    let code = code_of(&code, errors);
    let message = message::parse(&text, &named, errors);
    let (status, code, message) = (status?, code?, message?);
    Some(Failure {
        variant,
        status,
        code,
        message: text.value(),
        format: message.format,
        shown: message.shown,
        source,
    })
}

fn status_of(given: &LitInt, errors: &mut Errors) -> Option<u16> {
    let status = given.base10_parse().ok();
    let status = status.filter(|status| (400..600).contains(status));
    if status.is_none() {
        errors.add(given, "the status of a failure is a number from 400 to 599");
    }
    status
}

fn code_of(given: &LitStr, errors: &mut Errors) -> Option<String> {
    let code = given.value();
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if code.starts_with(|c: char| c.is_ascii_lowercase()) && code.chars().all(is_word) {
        return Some(code);
    }
    errors.add(
        given,
        "a code is written in snake_case, such as \"too_late\"",
    );
    None
}

/// The fields, and the one that is the private cause.
fn members(fields: &Fields, errors: &mut Errors) -> (Vec<Named>, Option<Member>) {
    let (mut all, mut source) = (Vec::new(), None);
    for (field, member) in fields.iter().zip(fields.members()) {
        let parts = items(&field.attrs, NAME, FIELD_FORM, errors);
        let mut public = false;
        for item in once(parts, &[], errors) {
            match item.name().as_str() {
                "public" => public = item.flag(errors).is_some(),
                "source" if source.is_some() => errors.add(&item.key, "a failure has one cause"),
                "source" => source = item.flag(errors).map(|_| member.clone()),
                _ => errors.add_unknown(&item.key, "key", &FIELD_KEYS),
            }
        }
        if public && source.as_ref() == Some(&member) {
            errors.add(field, "the cause of a failure is never public");
        }
        all.push(Named { member, public });
    }
    (all, source)
}
