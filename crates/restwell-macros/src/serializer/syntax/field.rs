use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitBool, LitStr, Path, Token, Type};

use super::paths;
use crate::error::Errors;
use crate::syntax::{Item as Part, items, once, parse_items};

const FIELD_FORM: &str = "#[field(read_only)]";
const RULE_FORM: &str = "#[validate(length(max = 200))]";
const KEYS: [&str; 29] = [
    "read_only",
    "write_only",
    "create_only",
    "required",
    "default",
    "default_on_create",
    "default_with",
    "source",
    "method",
    "needs",
    "nested",
    "sync",
    "or",
    "related",
    "as",
    "slug",
    "rule",
    "count",
    "no_column",
    "allow_blank",
    "allow_empty",
    "trim",
    "max_digits",
    "decimal_places",
    "help_text",
    "name",
    "see",
    "set",
    "validate",
];
const RULES: [&str; 11] = [
    "length",
    "range",
    "email",
    "url",
    "ip",
    "slug",
    "regex",
    "contains",
    "does_not_contain",
    "must_match",
    "custom",
];

/// A field and what its attributes say.
pub(in crate::serializer) struct Field {
    /// All attributes, as they stand.
    pub(in crate::serializer) attrs: Vec<Attribute>,
    pub(in crate::serializer) docs: Vec<Attribute>,
    pub(in crate::serializer) ident: Ident,
    pub(in crate::serializer) ty: Type,
    pub(in crate::serializer) read_only: Option<Ident>,
    pub(in crate::serializer) write_only: Option<Ident>,
    pub(in crate::serializer) create_only: Option<Ident>,
    pub(in crate::serializer) nested: Option<Ident>,
    pub(in crate::serializer) sync: Option<Keyed<Orphans>>,
    pub(in crate::serializer) or_key: Option<Ident>,
    pub(in crate::serializer) related: Option<Ident>,
    pub(in crate::serializer) no_column: Option<Ident>,
    pub(in crate::serializer) allow_blank: Option<Ident>,
    pub(in crate::serializer) shown_as: Option<Keyed<ShownAs>>,
    pub(in crate::serializer) required: Option<Keyed<bool>>,
    pub(in crate::serializer) allow_empty: Option<Keyed<bool>>,
    pub(in crate::serializer) trim: Option<Keyed<bool>>,
    pub(in crate::serializer) default: Option<Keyed<Expr>>,
    pub(in crate::serializer) default_on_create: Option<Keyed<Expr>>,
    pub(in crate::serializer) default_with: Option<Keyed<Path>>,
    pub(in crate::serializer) source: Option<Keyed<Source>>,
    pub(in crate::serializer) method: Option<Keyed<Path>>,
    pub(in crate::serializer) needs: Option<Keyed<Vec<Ident>>>,
    pub(in crate::serializer) slug: Option<Keyed<Ident>>,
    pub(in crate::serializer) rule: Option<Keyed<Expr>>,
    pub(in crate::serializer) count: Option<Keyed<Ident>>,
    pub(in crate::serializer) max_digits: Option<Keyed<Expr>>,
    pub(in crate::serializer) decimal_places: Option<Keyed<Expr>>,
    pub(in crate::serializer) help_text: Option<LitStr>,
    pub(in crate::serializer) name: Option<LitStr>,
    pub(in crate::serializer) validate: Option<Keyed<Vec<Path>>>,
    pub(in crate::serializer) see: Option<Keyed<Expr>>,
    pub(in crate::serializer) set: Option<Keyed<Expr>>,
    pub(in crate::serializer) rules: Vec<Rule>,
}

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

/// One rule of `#[validate(…)]`.
#[derive(Clone)]
pub(in crate::serializer) struct Rule {
    pub(in crate::serializer) key: Ident,
    pub(in crate::serializer) kind: RuleKind,
    pub(in crate::serializer) message: Option<LitStr>,
}

#[derive(Clone)]
pub(in crate::serializer) enum RuleKind {
    Length {
        min: Option<Expr>,
        max: Option<Expr>,
    },
    Range {
        min: Option<Expr>,
        max: Option<Expr>,
    },
    /// A rule without parameters.
    Plain,
    Regex(Path),
    Pattern(Expr),
    MustMatch(Ident),
    Custom(Path),
}

pub(super) fn parse(field: &syn::Field, errors: &mut Errors) -> Option<Field> {
    let docs = |attribute: &&Attribute| attribute.path().is_ident("doc");
    let known = |attribute: &Attribute| {
        ["doc", "field", "validate"]
            .iter()
            .any(|name| attribute.path().is_ident(name))
    };
    for attribute in field.attrs.iter().filter(|attribute| !known(attribute)) {
        errors.add(
            attribute,
            "a field of a serializer takes `#[field(…)]`, `#[validate(…)]` and documentation",
        );
    }
    let mut read = Field {
        docs: field.attrs.iter().filter(docs).cloned().collect(),
        attrs: field.attrs.iter().filter(|a| known(a)).cloned().collect(),
        ..Field::new(field.ident.clone()?, field.ty.clone())
    };
    let parts = items(&field.attrs, "field", FIELD_FORM, errors);
    for part in once(parts, &[], errors) {
        read.take(part, errors);
    }
    let rules = items(&field.attrs, "validate", RULE_FORM, errors);
    read.rules = rules
        .into_iter()
        .filter_map(|part| rule(part, errors))
        .collect();
    Some(read)
}

impl Field {
    fn new(ident: Ident, ty: Type) -> Self {
        Self {
            attrs: Vec::new(),
            docs: Vec::new(),
            ident,
            ty,
            read_only: None,
            write_only: None,
            create_only: None,
            nested: None,
            sync: None,
            or_key: None,
            related: None,
            no_column: None,
            allow_blank: None,
            shown_as: None,
            required: None,
            allow_empty: None,
            trim: None,
            default: None,
            default_on_create: None,
            default_with: None,
            source: None,
            method: None,
            needs: None,
            slug: None,
            rule: None,
            count: None,
            max_digits: None,
            decimal_places: None,
            help_text: None,
            name: None,
            validate: None,
            see: None,
            set: None,
            rules: Vec::new(),
        }
    }

    fn take(&mut self, part: Part, errors: &mut Errors) {
        match part.name().as_str() {
            "read_only" => self.read_only = part.flag(errors),
            "write_only" => self.write_only = part.flag(errors),
            "create_only" => self.create_only = part.flag(errors),
            "nested" => self.nested = part.flag(errors),
            "sync" => self.sync = sync(part, errors),
            "related" => self.related = part.flag(errors),
            "no_column" => self.no_column = part.flag(errors),
            "allow_blank" => self.allow_blank = part.flag(errors),
            "or" => self.or_key = or_key(part, errors),
            "as" => self.shown_as = shown_as(part, errors),
            "required" => self.required = switch(part, "required = false", errors),
            "allow_empty" => self.allow_empty = switch(part, "allow_empty = false", errors),
            "trim" => self.trim = switch(part, "trim = false", errors),
            "default" => self.default = keyed(part, "default = 0", errors),
            "default_on_create" => {
                self.default_on_create = keyed(part, "default_on_create = 0", errors);
            }
            "default_with" => self.default_with = keyed(part, "default_with = make_slug", errors),
            "source" => self.source = keyed(part, "source = author.name", errors),
            "method" => self.method = keyed(part, "method = excerpt", errors),
            "needs" => self.needs = needs(part, errors),
            "slug" => self.slug = keyed(part, "slug = name", errors),
            "rule" => self.rule = keyed(part, "rule = is_staff()", errors),
            "count" => self.count = keyed(part, "count = comments", errors),
            "max_digits" => self.max_digits = keyed(part, "max_digits = 10", errors),
            "decimal_places" => self.decimal_places = keyed(part, "decimal_places = 2", errors),
            "help_text" => self.help_text = part.value("help_text = \"Shown in lists.\"", errors),
            "name" => self.name = part.value("name = \"postTitle\"", errors),
            "see" => self.see = keyed(part, "see = is_staff()", errors),
            "set" => self.set = keyed(part, "set = is_staff()", errors),
            "validate" => {
                let (one, several) = ("validate = check_title", "validate(check, check_title)");
                let value = paths(&part, one, several, errors);
                self.validate = Some(Keyed {
                    key: part.key,
                    value,
                });
            }
            _ => errors.add_unknown(&part.key, "key", &KEYS),
        }
    }
}

fn keyed<T: Parse>(part: Part, form: &str, errors: &mut Errors) -> Option<Keyed<T>> {
    let value = part.value(form, errors)?;
    Some(Keyed {
        key: part.key,
        value,
    })
}

/// A key alone, or with `= true` or `= false`.
fn switch(part: Part, form: &str, errors: &mut Errors) -> Option<Keyed<bool>> {
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

fn sync(part: Part, errors: &mut Errors) -> Option<Keyed<Orphans>> {
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
fn or_key(part: Part, errors: &mut Errors) -> Option<Ident> {
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

fn shown_as(part: Part, errors: &mut Errors) -> Option<Keyed<ShownAs>> {
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
fn needs(part: Part, errors: &mut Errors) -> Option<Keyed<Vec<Ident>>> {
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

fn rule(part: Part, errors: &mut Errors) -> Option<Rule> {
    let name = part.name();
    let (known, form): (&[&str], &str) = match name.as_str() {
        "length" => (&["min", "max", "equal"], "length(min = 3, max = 200)"),
        "range" => (&["min", "max"], "range(min = 0, max = 100)"),
        "email" => (&[], "email"),
        "url" => (&[], "url"),
        "ip" => (&[], "ip"),
        "slug" => (&[], "slug"),
        "regex" => (&["path"], "regex(path = PATTERN)"),
        "contains" => (&["pattern"], "contains(pattern = \"@\")"),
        "does_not_contain" => (&["pattern"], "does_not_contain(pattern = \"@\")"),
        "must_match" => (&["other"], "must_match(other = password)"),
        "custom" => (&["function"], "custom(function = check)"),
        _ => {
            errors.add_unknown(&part.key, "rule", &RULES);
            return None;
        }
    };
    let mut parameters = Parameters::read(&part, known, form, errors)?;
    let message = parameters.take("message", errors);
    let kind = match name.as_str() {
        "length" => {
            let equal: Option<Expr> = parameters.take("equal", errors);
            let min: Option<Expr> = parameters.take("min", errors);
            let max: Option<Expr> = parameters.take("max", errors);
            let limits = if equal.is_some() {
                (equal.clone(), equal)
            } else {
                (min, max)
            };
            RuleKind::Length {
                min: limits.0,
                max: limits.1,
            }
        }
        "range" => RuleKind::Range {
            min: parameters.take("min", errors),
            max: parameters.take("max", errors),
        },
        "regex" => RuleKind::Regex(parameters.need("path", errors)?),
        "contains" | "does_not_contain" => RuleKind::Pattern(parameters.need("pattern", errors)?),
        "must_match" => RuleKind::MustMatch(parameters.need("other", errors)?),
        "custom" => RuleKind::Custom(parameters.need("function", errors)?),
        _ => RuleKind::Plain,
    };
    Some(Rule {
        key: part.key,
        kind,
        message,
    })
}

/// What stands between the parentheses of a rule.
struct Parameters<'a> {
    rule: &'a Part,
    form: &'a str,
    parts: Vec<Part>,
}

impl<'a> Parameters<'a> {
    fn read(rule: &'a Part, known: &[&str], form: &'a str, errors: &mut Errors) -> Option<Self> {
        let mut parts = Vec::new();
        if !rule.is_flag() {
            let mut inner = Errors::default();
            let parser = |input: ParseStream<'_>| Ok(parse_items(input, form, &mut inner));
            let read = rule.list(parser, form, errors);
            errors.append(inner);
            parts = once(read?, &[], errors);
        }
        let known: Vec<&str> = known.iter().copied().chain(["message"]).collect();
        for part in &parts {
            if !known.contains(&part.name().as_str()) {
                errors.add_unknown(&part.key, "parameter", &known);
            }
        }
        let limits = ["min", "max", "equal"];
        let missing = known.iter().any(|name| limits.contains(name))
            && !parts
                .iter()
                .any(|part| limits.contains(&part.name().as_str()));
        if missing {
            errors.add(&rule.key, format!("this limits nothing; write `{form}`"));
        }
        Some(Self { rule, form, parts })
    }

    fn take<T: Parse>(&mut self, name: &str, errors: &mut Errors) -> Option<T> {
        let part = self.parts.iter().find(|part| part.name() == name)?;
        part.value(self.form, errors)
    }

    fn need<T: Parse>(&mut self, name: &str, errors: &mut Errors) -> Option<T> {
        if self.parts.iter().all(|part| part.name() != name) {
            let message = format!("`{name}` is missing; write `{}`", self.form);
            errors.add(self.rule.key.to_token_stream(), message);
            return None;
        }
        self.take(name, errors)
    }
}
