//! Extra actions: every semantic mistake of a function marked `#[action]` is found here.

use heck::ToSnakeCase;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, Ident, ReceiverKind, ReturnType, Safety, Signature, Type};

use super::syntax::Marked;
use super::{Extra, STANDARD, VERBS, Verb, text};
use crate::error::Errors;
use crate::syntax::{both, doc_text};

/// The functions of `ViewSet`, whose names no action can have.
const FUNCTIONS: [&str; 10] = [
    "options",
    "permission",
    "scope",
    "queryset",
    "perform_create",
    "perform_update",
    "perform_destroy",
    "before",
    "after",
    "extra_actions",
];

/// The actions among `marked` in which nothing is wrong.
pub(super) fn check(marked: &[Marked], model: Option<&Type>, errors: &mut Errors) -> Vec<Extra> {
    let mut extra: Vec<Extra> = Vec::new();
    for marked in marked {
        let name = name(marked, errors);
        let url_path = url_path(marked, errors);
        let methods = methods(marked, errors);
        let row = signature(marked, model, errors);
        let (Some(name), Some(url_path), Some(methods), Some(row)) = (name, url_path, methods, row)
        else {
            continue;
        };
        if !may_list(marked, &methods, errors) {
            continue;
        }
        let sig = &marked.function.sig;
        let action = Extra {
            function: sig.ident.clone(),
            cfgs: cfgs(marked),
            name,
            url_path,
            description: doc_text(&marked.function.attrs),
            atomic: marked
                .atomic
                .unwrap_or(methods.iter().any(|verb| !verb.safe)),
            idempotent: is_idempotent(marked, &methods, errors),
            lists: marked.lists.is_some(),
            parameters: marked.parameters.clone().unwrap_or_default(),
            throttle: marked.throttle.clone(),
            renders: marked.renders.clone(),
            methods,
            row: row.0,
            output: match &sig.output {
                ReturnType::Type(_, ty) => ty.span(),
                ReturnType::Default => sig.ident.span(),
            },
        };
        if is_alone(&action, &extra, marked, errors) {
            extra.push(action);
        }
    }
    extra
}

/// A key is kept in the transaction of what a POST does.
fn is_idempotent(marked: &Marked, methods: &[&Verb], errors: &mut Errors) -> bool {
    let Some(key) = &marked.idempotent else {
        return false;
    };
    if methods.iter().all(|verb| verb.name != "post") {
        let message = "idempotency keys are for POST; write `methods = [post]`";
        errors.add(key, message);
    } else if marked.atomic == Some(false) {
        let message = "an idempotency key is kept in the transaction of the action; leave out `atomic = false`";
        errors.add(key, message);
    }
    true
}

/// A list is read from the collection, as JSON.
fn may_list(marked: &Marked, methods: &[&Verb], errors: &mut Errors) -> bool {
    let Some(key) = &marked.lists else {
        return true;
    };
    if marked.detail {
        let message =
            "a list is of the collection; leave out `detail`, or show rows with `Reply::list`";
        errors.add(key, message);
    } else if methods.iter().any(|verb| verb.name != "get") {
        errors.add(key, "a list is read; leave out `methods`");
    } else if let Some(renders) = &marked.renders {
        errors.add(renders, "a list is JSON; leave out `renders`");
    } else {
        return true;
    }
    false
}

fn cfgs(marked: &Marked) -> Vec<syn::Attribute> {
    let attributes = marked.function.attrs.iter();
    attributes
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .cloned()
        .collect()
}

/// The name by which permissions and routes know the action.
fn name(marked: &Marked, errors: &mut Errors) -> Option<String> {
    let function = &marked.function.sig.ident;
    let own = function.unraw().to_string();
    if FUNCTIONS.contains(&own.as_str()) {
        let message = format!(
            "`{own}` is a function of `ViewSet`; give the action's function another name, and say `url_path = \"{own}\"` to keep the path"
        );
        errors.add(function, message);
        return None;
    }
    let (name, place) = match &marked.name {
        Some(given) => (given.value(), given.to_token_stream()),
        None => (own, function.to_token_stream()),
    };
    if name == "metadata" || STANDARD.iter().any(|action| action.name == name) {
        errors.add(
            place,
            format!("`{name}` is a standard action; give the extra action another name"),
        );
        return None;
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if name.is_empty() || !name.chars().all(is_word) {
        let message = "the name of an action is made of letters, digits, `-` and `_`";
        errors.add(place, message);
        return None;
    }
    Some(name)
}

fn url_path(marked: &Marked, errors: &mut Errors) -> Option<String> {
    let Some(given) = &marked.url_path else {
        return Some(marked.function.sig.ident.unraw().to_string());
    };
    let path = given.value();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    let is_segment = |part: &str| !part.is_empty() && part.chars().all(is_plain);
    if path.split('/').all(is_segment) {
        return Some(path);
    }
    errors.add(
        given,
        "the path of an action is made of letters, digits, `-`, `_`, `.` and `~`, with `/` only inside; write `url_path = \"publish-now\"`",
    );
    None
}

fn methods(marked: &Marked, errors: &mut Errors) -> Option<Vec<&'static Verb>> {
    let Some(words) = &marked.methods else {
        return Some(vec![&VERBS[0]]);
    };
    let mut methods: Vec<&'static Verb> = Vec::new();
    for word in words {
        match VERBS.iter().find(|verb| word == verb.name) {
            Some(verb) if methods.iter().any(|other| other.name == verb.name) => {
                errors.add(word, format!("`{word}` stands twice"));
            }
            Some(verb) => methods.push(verb),
            None if word == "head" || word == "options" => {
                errors.add(
                    word,
                    "HEAD is answered wherever GET is, and OPTIONS everywhere; leave it out",
                );
            }
            None => errors.add_unknown(word, "method", &VERBS.map(|verb| verb.name)),
        }
    }
    (!methods.is_empty() && methods.len() == words.len()).then_some(methods)
}

/// Where the type of the row stands, in an action of one row. `None` when the signature is wrong.
struct Row(Option<Span>);

fn signature(marked: &Marked, model: Option<&Type>, errors: &mut Errors) -> Option<Row> {
    let sig = &marked.function.sig;
    let form = form(marked, model);
    if let Some((place, hint)) = wrong_part(marked, sig) {
        errors.add(place, format!("{hint}; write `{form}`"));
        return None;
    }
    let row = match sig.inputs.get(2) {
        Some(FnArg::Typed(row)) => Some(row.ty.span()),
        _ => None,
    };
    Some(Row(row))
}

/// The signature that is right.
fn form(marked: &Marked, model: Option<&Type>) -> String {
    let name = &marked.function.sig.ident;
    if marked.lists.is_some() {
        let model = model.map_or_else(|| "Self::Model".to_owned(), text);
        return format!("fn {name}(&self, cx: &mut Context) -> Result<QuerySet<{model}>>");
    }
    if !marked.detail {
        return format!("fn {name}(&self, cx: &mut Context) -> Result<Reply>");
    }
    let model = model.map_or_else(|| "Self::Model".to_owned(), text);
    let row = model
        .rsplit("::")
        .next()
        .unwrap_or_default()
        .to_snake_case();
    format!("fn {name}(&self, cx: &mut Context, {row}: {model}) -> Result<Reply>")
}

/// A part of a signature that is not right, and what is wrong with it.
type Wrong = (TokenStream, &'static str);

/// The first part of the signature that is not right.
fn wrong_part(marked: &Marked, sig: &Signature) -> Option<Wrong> {
    wrong_kind(sig)
        .or_else(|| wrong_input(marked.detail, sig))
        .or_else(|| {
            let hint = if marked.lists.is_some() {
                "an action that lists returns rows"
            } else {
                "an action returns a reply"
            };
            matches!(sig.output, ReturnType::Default).then(|| (sig.ident.to_token_stream(), hint))
        })
}

fn wrong_kind(sig: &Signature) -> Option<Wrong> {
    const PLAIN: &str = "an action is a plain function";
    if let Some(keyword) = &sig.asyncness {
        let hint = "an action runs on a thread of its own and is not `async`";
        return Some((keyword.to_token_stream(), hint));
    }
    if let Some(keyword) = &sig.constness {
        return Some((keyword.to_token_stream(), PLAIN));
    }
    if !matches!(sig.safety, Safety::Default) {
        return Some((sig.safety.to_token_stream(), PLAIN));
    }
    if sig.generics.params.is_empty() {
        return None;
    }
    Some((sig.generics.to_token_stream(), PLAIN))
}

fn wrong_input(detail: bool, sig: &Signature) -> Option<Wrong> {
    const THIS: &str = "an action takes `&self` first";
    const CONTEXT: &str = "an action takes the context second";
    const NO_ROW: &str = "an action of one row takes the row third";
    const ROW: &str =
        "an action of the collection takes no row (mark one of a row `#[action(detail)]`)";
    let name = || sig.ident.to_token_stream();
    let mut inputs = sig.inputs.iter();
    match inputs.next() {
        Some(FnArg::Receiver(this)) if matches!(this.kind, ReceiverKind::Reference(_, _, None)) => {
        }
        other => return Some((other.map_or_else(name, ToTokens::to_token_stream), THIS)),
    }
    match inputs.next() {
        Some(FnArg::Typed(cx)) if is_exclusive(&cx.ty) => {}
        Some(FnArg::Typed(cx)) => return Some((cx.ty.to_token_stream(), CONTEXT)),
        _ => return Some((name(), CONTEXT)),
    }
    match (detail, inputs.next()) {
        (true, None) => return Some((name(), NO_ROW)),
        (false, Some(row)) => return Some((row.to_token_stream(), ROW)),
        _ => {}
    }
    let rest = inputs
        .map(ToTokens::to_token_stream)
        .reduce(|all, next| both(&all, &next))?;
    Some((rest, "an action takes nothing more"))
}

fn is_exclusive(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_some())
}

/// Whether no action among `others` has the same name, or a path and a method in common.
fn is_alone(action: &Extra, others: &[Extra], marked: &Marked, errors: &mut Errors) -> bool {
    let function = &marked.function.sig.ident;
    if let Some(other) = others.iter().find(|other| other.name == action.name) {
        let place = marked
            .name
            .as_ref()
            .map_or_else(|| function.to_token_stream(), ToTokens::to_token_stream);
        let message = format!("`{}` has the name `{}` already", other.function, other.name);
        errors.add(place, message);
        return false;
    }
    let same_path = |other: &&Extra| {
        other.url_path == action.url_path && other.row.is_some() == action.row.is_some()
    };
    for other in others.iter().filter(same_path) {
        let common = |verb: &&&Verb| other.methods.iter().any(|own| own.name == verb.name);
        if let Some(verb) = action.methods.iter().find(common) {
            let place = method_place(marked, verb, function);
            let message = format!(
                "`{}` answers {} of `{}` already",
                other.function,
                verb.name.to_uppercase(),
                other.url_path
            );
            errors.add(place, message);
            return false;
        }
    }
    true
}

fn method_place<'a>(marked: &'a Marked, verb: &Verb, function: &'a Ident) -> &'a Ident {
    let mut words = marked.methods.iter().flatten();
    words.find(|word| *word == verb.name).unwrap_or(function)
}
