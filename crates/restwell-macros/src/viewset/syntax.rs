//! What was written, right or wrong.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Ident, ImplItem, ImplItemFn, Item, ItemImpl, LitBool, LitStr, Meta, Path, Token,
    Type, bracketed,
};

use super::{STANDARD, Standard};
use crate::error::Errors;
use crate::syntax::{self, items, once, parse_items};

const PLACE: &str = "#[viewset] goes on `impl ViewSet for … { … }`";
const FORM: &str = "#[viewset(only(list, retrieve), base = BlogBase)]";
const KEYS: [&str; 6] = ["only", "except", "read_only", "generic", "base", "crate"];
const ACTION_FORM: &str = "#[action(detail, methods = [post])]";
const ACTION_KEYS: [&str; 10] = [
    "detail",
    "lists",
    "methods",
    "url_path",
    "name",
    "atomic",
    "idempotent",
    "throttle",
    "parameters",
    "renders",
];

pub(super) struct Written {
    pub(super) item: ItemImpl,
    pub(super) options: Options,
    pub(super) marked: Vec<Marked>,
}

#[derive(Default)]
pub(super) struct Options {
    pub(super) root: Option<Path>,
    pub(super) base: Option<Type>,
    pub(super) actions: Option<Chosen>,
}

/// The standard actions that the attribute names, by the key that did it.
pub(super) struct Chosen {
    pub(super) key: Ident,
    pub(super) actions: Vec<&'static Standard>,
}

/// A function marked `#[action]`, without the mark.
pub(super) struct Marked {
    pub(super) function: ImplItemFn,
    pub(super) detail: bool,
    pub(super) lists: Option<Ident>,
    /// `None` where they are not given.
    pub(super) methods: Option<Vec<Ident>>,
    pub(super) url_path: Option<LitStr>,
    pub(super) name: Option<LitStr>,
    pub(super) atomic: Option<bool>,
    pub(super) idempotent: Option<Ident>,
    pub(super) throttle: Option<LitStr>,
    pub(super) parameters: Option<Vec<LitStr>>,
    pub(super) renders: Option<LitStr>,
}

/// `None` when it is no impl of a viewset, which is then left as it is.
pub(super) fn parse(
    arguments: TokenStream,
    item: TokenStream,
    errors: &mut Errors,
) -> Option<Written> {
    let mut item = match syn::parse2::<ItemImpl>(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            refuse(&item, &error, errors);
            return None;
        }
    };
    let is_viewset = item.trait_.as_ref().is_some_and(|(path, _)| {
        let last = path.segments.last();
        last.is_some_and(|segment| segment.ident == "ViewSet")
    });
    if !is_viewset {
        match &item.trait_ {
            Some((path, _)) => errors.add(path, PLACE),
            None => errors.add(&item.self_ty, PLACE),
        }
        return None;
    }
    let marked = take_marked(&mut item, errors);
    let parser = |input: ParseStream<'_>| Ok(options(input, errors));
    let options = parser.parse2(arguments).unwrap_or_default();
    Some(Written {
        item,
        options,
        marked,
    })
}

fn refuse(item: &TokenStream, error: &syn::Error, errors: &mut Errors) {
    let ident = match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => item.ident,
        Ok(Item::Enum(item)) => item.ident,
        Ok(Item::Trait(item)) => item.ident,
        Ok(Item::Fn(item)) => item.sig.ident,
        _ => return errors.add_parse(error, "impl ViewSet for … { … }"),
    };
    errors.add(ident, PLACE);
}

fn options(input: ParseStream<'_>, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let parts = parse_items(input, FORM, errors);
    for item in once(parts, &[], errors) {
        let key = item.key.clone();
        let chosen = match item.name().as_str() {
            "only" => named(&item, "only(list, retrieve)", errors),
            "except" => {
                let named = named(&item, "except(destroy)", errors);
                STANDARD
                    .iter()
                    .filter(|action| named.iter().all(|named| named.name != action.name))
                    .collect()
            }
            "read_only" => {
                if item.flag(errors).is_none() {
                    continue;
                }
                STANDARD[..2].iter().collect()
            }
            "generic" => {
                if item.flag(errors).is_none() {
                    continue;
                }
                Vec::new()
            }
            "base" => {
                options.base = item.value("base = BlogBase", errors);
                continue;
            }
            "crate" => {
                options.root = item.value("crate = restwell", errors);
                continue;
            }
            _ => {
                errors.add_unknown(&key, "key", &KEYS);
                continue;
            }
        };
        choose(&mut options, key, chosen, errors);
    }
    options
}

fn choose(options: &mut Options, key: Ident, actions: Vec<&'static Standard>, errors: &mut Errors) {
    match &options.actions {
        None => {
            options.actions = Some(Chosen { key, actions });
        }
        Some(chosen) => errors.add(
            key,
            format!("`{}` says already which actions there are", chosen.key),
        ),
    }
}

/// The standard actions that `item` lists.
fn named(item: &syntax::Item, form: &str, errors: &mut Errors) -> Vec<&'static Standard> {
    let list = Punctuated::<Ident, Token![,]>::parse_terminated;
    let Some(words) = item.list(list, form, errors) else {
        return Vec::new();
    };
    let mut found: Vec<&'static Standard> = Vec::new();
    for word in &words {
        match STANDARD.iter().find(|action| word == action.name) {
            Some(action) if found.iter().any(|other| other.name == action.name) => {
                errors.add(word, format!("`{word}` stands twice"));
            }
            Some(action) => found.push(action),
            None => errors.add_unknown(word, "action", &STANDARD.map(|action| action.name)),
        }
    }
    found
}

/// Takes the functions marked `#[action]` out of the impl.
fn take_marked(item: &mut ItemImpl, errors: &mut Errors) -> Vec<Marked> {
    let mut marked = Vec::new();
    for member in std::mem::take(&mut item.items) {
        match member {
            ImplItem::Fn(function) if function.attrs.iter().any(is_mark) => {
                marked.push(read_mark(function, errors));
            }
            other => item.items.push(other),
        }
    }
    marked
}

fn is_mark(attribute: &Attribute) -> bool {
    attribute.path().is_ident("action")
}

fn read_mark(mut function: ImplItemFn, errors: &mut Errors) -> Marked {
    let marks: Vec<Attribute> = function
        .attrs
        .extract_if(.., |attr| is_mark(attr))
        .collect();
    let mut marked = Marked {
        function,
        detail: false,
        lists: None,
        methods: None,
        url_path: None,
        name: None,
        atomic: None,
        idempotent: None,
        throttle: None,
        parameters: None,
        renders: None,
    };
    let with_parts: Vec<Attribute> = marks
        .into_iter()
        .filter(|mark| !matches!(mark.meta, Meta::Path(_)))
        .collect();
    let parts = items(&with_parts, "action", ACTION_FORM, errors);
    for item in once(parts, &[], errors) {
        match item.name().as_str() {
            "detail" => marked.detail = item.flag(errors).is_some() || marked.detail,
            "lists" => marked.lists = item.flag(errors),
            "methods" => {
                let words: Option<Words<Ident>> = item.value("methods = [get, post]", errors);
                marked.methods = Some(words.map(|words| words.0).unwrap_or_default());
            }
            "url_path" => marked.url_path = item.value("url_path = \"publish-now\"", errors),
            "name" => marked.name = item.value("name = \"publish_now\"", errors),
            "atomic" => {
                let given: Option<LitBool> = item.value("atomic = false", errors);
                marked.atomic = given.map(|given| given.value);
            }
            "idempotent" => marked.idempotent = item.flag(errors),
            "throttle" => marked.throttle = item.value("throttle = \"publish\"", errors),
            "parameters" => {
                let names: Option<Words<LitStr>> = item.value("parameters = [\"since\"]", errors);
                marked.parameters = names.map(|names| names.0);
            }
            "renders" => marked.renders = item.value("renders = \"text/csv\"", errors),
            _ => errors.add_unknown(&item.key, "key", &ACTION_KEYS),
        }
    }
    marked
}

/// `[get, post]`, or `["since", "until"]`.
struct Words<T>(Vec<T>);

impl<T: Parse> Parse for Words<T> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        let brackets = bracketed!(content in input);
        let words = Punctuated::<T, Token![,]>::parse_terminated(&content)?;
        if words.is_empty() {
            let message = "name at least one";
            return Err(syn::Error::new(brackets.span.join(), message));
        }
        Ok(Self(words.into_iter().collect()))
    }
}
