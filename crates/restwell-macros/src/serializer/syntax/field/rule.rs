//! The rules of `#[validate(…)]`.

use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, LitStr, Path};

use crate::error::Errors;
use crate::syntax::{Item as Part, once, parse_items};

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

pub(super) fn rule(part: Part, errors: &mut Errors) -> Option<Rule> {
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
