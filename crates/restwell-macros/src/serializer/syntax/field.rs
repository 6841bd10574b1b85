mod rule;
mod value;

use syn::{Attribute, Expr, Ident, LitStr, Path, Type};

use super::paths;
use crate::error::Errors;
use crate::syntax::{Item as Part, items, once};

pub(in crate::serializer) use rule::{Rule, RuleKind};
pub(in crate::serializer) use value::{Keyed, Orphans, ShownAs, Source};

use rule::rule;
use value::{keyed, needs, or_key, shown_as, switch, sync};

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
