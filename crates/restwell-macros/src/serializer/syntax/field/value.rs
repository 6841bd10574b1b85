//! What stands behind a key.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitBool, Token};

use crate::error::Errors;
use crate::syntax::Item as Part;

/// A value and the key that it stands behind.
pub(in crate::serializer) struct Keyed<T> {
    pub(in crate::serializer) key: Ident,
    pub(in crate::serializer) value: T,
}

/// Another field of the model, or a field of a model that a relation leads to.
pub(in crate::serializer) enum Source {
    Own(Ident),
    Through(Ident, Ident),
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let first = Ident::parse_any(input)?;
        if input.is_empty() {
            return Ok(Self::Own(first));
        }
        input.parse::<Token![.]>()?;
        Ok(Self::Through(first, Ident::parse_any(input)?))
    }
}

/// What becomes of nested rows that an input does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::serializer) enum Orphans {
    Keep,
    Release,
    Delete,
}

/// How the rows of a relation are shown, where that is not how they are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::serializer) enum ShownAs {
    Data,
    Key,
}

pub(super) fn keyed<T: Parse>(part: Part, form: &str, errors: &mut Errors) -> Option<Keyed<T>> {
    let value = part.value(form, errors)?;
    Some(Keyed {
        key: part.key,
        value,
    })
}

/// A key alone, or with `= true` or `= false`.
pub(super) fn switch(part: Part, form: &str, errors: &mut Errors) -> Option<Keyed<bool>> {
    if part.is_flag() {
        return Some(Keyed {
            key: part.key,
            value: true,
        });
    }
    let value: LitBool = part.value(form, errors)?;
    Some(Keyed {
        key: part.key,
        value: value.value,
    })
}

pub(super) fn sync(part: Part, errors: &mut Errors) -> Option<Keyed<Orphans>> {
    const WORDS: [&str; 3] = ["append", "sync", "replace"];
    let word: Ident = part.value("nested, sync = append", errors)?;
    let value = match word.to_string().as_str() {
        "append" => Orphans::Keep,
        "sync" => Orphans::Release,
        "replace" => Orphans::Delete,
        _ => {
            errors.add_unknown(&word, "way to write nested rows", &WORDS);
            return None;
        }
    };
    let key = part.key;
    Some(Keyed { key, value })
}

/// What else an input may have in place of an object.
pub(super) fn or_key(part: Part, errors: &mut Errors) -> Option<Ident> {
    const FORM: &str = "nested, sync = append, or = key";
    let word: Ident = part.value(FORM, errors)?;
    if word == "key" {
        return Some(part.key);
    }
    errors.add(
        &word,
        format!("an input has objects, or keys in their place; write `{FORM}`"),
    );
    None
}

pub(super) fn shown_as(part: Part, errors: &mut Errors) -> Option<Keyed<ShownAs>> {
    let word: Ident = part.value("related, as = data", errors)?;
    let value = match word.to_string().as_str() {
        "data" => ShownAs::Data,
        "key" => ShownAs::Key,
        _ => {
            errors.add(
                &word,
                "rows are shown as data or by their keys; write `related, as = data` or \
                 `nested, sync = append, as = key`",
            );
            return None;
        }
    };
    let key = part.key;
    Some(Keyed { key, value })
}

/// A method that reads no column needs none: `needs()`.
pub(super) fn needs(part: Part, errors: &mut Errors) -> Option<Keyed<Vec<Ident>>> {
    if part.is_empty_list() {
        return Some(Keyed {
            key: part.key,
            value: Vec::new(),
        });
    }
    let parser = Punctuated::<Ident, Token![,]>::parse_terminated;
    let columns = part.list(parser, "needs(title, body)", errors)?;
    Some(Keyed {
        key: part.key,
        value: columns.into_iter().collect(),
    })
}
