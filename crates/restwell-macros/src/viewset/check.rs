//! From what was written to what is meant: every semantic mistake of the impl is found here.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, ImplItem, ItemImpl, Type};

use super::syntax::{Chosen, Options, Written};
use super::{Missing, Permission, ViewSet, Writes, action, text};
use crate::error::Errors;
use crate::syntax::{doc_text, private_root};

/// The associated types of a viewset.
const TYPES: [&str; 6] = ["Model", "Serializer", "List", "Create", "Update", "Base"];

pub(super) fn check(written: Written, errors: &mut Errors) -> ViewSet {
    let Written {
        item,
        options,
        marked,
    } = written;
    let root = private_root(options.root.as_ref());
    let missing = missing(&item, &options, &root, errors);
    let mut extra = action::check(&marked, type_of(&item, "Model"), errors);
    if let Some(ident) = function_of(&item, "extra_actions").filter(|_| !marked.is_empty()) {
        errors.add(
            ident,
            "`extra_actions` is made from the functions marked `#[action]`; remove it or the marks",
        );
        extra.clear();
    }
    let functions = marked
        .iter()
        .map(|marked| qualified(marked.function.to_token_stream(), &root))
        .collect();
    ViewSet {
        root,
        item,
        missing,
        functions,
        extra,
    }
}

fn missing(
    item: &ItemImpl,
    options: &Options,
    root: &TokenStream,
    errors: &mut Errors,
) -> Option<Missing> {
    let types = types(item, options, root, errors);
    let actions = actions(item, options.actions.as_ref(), errors);
    let permission = permission(item, options, errors);
    types.map(|types| Missing {
        types,
        actions,
        performs: performs(item),
        permission,
        description: description(item),
    })
}

/// What the doc comment says, where the impl does not say it itself.
fn description(item: &ItemImpl) -> Option<String> {
    let states =
        |item: &ImplItem| matches!(item, ImplItem::Const(own) if own.ident == "DESCRIPTION");
    let text = doc_text(&item.attrs);
    (!text.is_empty() && !item.items.iter().any(states)).then_some(text)
}

/// The associated types that the impl leaves out.
fn types(
    item: &ItemImpl,
    options: &Options,
    root: &TokenStream,
    errors: &mut Errors,
) -> Option<Vec<(&'static str, TokenStream)>> {
    let name = text(&item.self_ty);
    let (model, serializer) = (type_of(item, "Model"), type_of(item, "Serializer"));
    if model.is_none() {
        let message = format!("viewset `{name}` has no model: add `type Model = …;`");
        errors.add(&item.self_ty, message);
    }
    if serializer.is_none() {
        let message = format!("viewset `{name}` has no serializer: add `type Serializer = …;`");
        errors.add(&item.self_ty, message);
    }
    let mut types = Vec::new();
    if model.is_none() {
        let serializer = serializer?;
        types.push((
            TYPES[0],
            quote!(<#serializer as #root::Representation>::Model),
        ));
    }
    let no_input = quote!(#root::NoInput<Self::Model>);
    let shown = serializer.map_or_else(
        || quote!(#root::Unshown<Self::Model>),
        ToTokens::to_token_stream,
    );
    let read = serializer.map_or_else(|| no_input.clone(), ToTokens::to_token_stream);
    let create = type_of(item, "Create").map(ToTokens::to_token_stream);
    let is_extended = function_of(item, "extensions").is_some();
    let read_by = |writes, usual: TokenStream| {
        if is_extended || has(options.actions.as_ref(), writes) {
            usual
        } else {
            no_input.clone()
        }
    };
    let update = create.unwrap_or_else(|| read.clone());
    let usual = [
        (TYPES[1], shown.clone()),
        (TYPES[2], shown),
        (TYPES[3], read_by(Writes::NewRows, read)),
        (TYPES[4], read_by(Writes::OldRows, update)),
    ];
    types.extend(
        usual
            .into_iter()
            .filter(|(name, _)| type_of(item, name).is_none()),
    );
    types.extend(base(item, options, errors).map(|base| (TYPES[5], base)));
    Some(types)
}

/// The base, where the impl does not state it.
fn base(item: &ItemImpl, options: &Options, errors: &mut Errors) -> Option<TokenStream> {
    match (&options.base, type_of(item, "Base")) {
        (Some(_), Some(own)) => {
            errors.add(own, "the base is stated in `#[viewset(base = …)]` already");
            None
        }
        (Some(given), None) => Some(given.to_token_stream()),
        (None, Some(_)) => None,
        (None, None) => Some(quote!(())),
    }
}

/// Whether an action that `writes` may be among the chosen ones.
fn has(chosen: Option<&Chosen>, writes: Writes) -> bool {
    chosen.is_none_or(|chosen| chosen.actions.iter().any(|action| action.writes == writes))
}

fn actions(
    item: &ItemImpl,
    chosen: Option<&Chosen>,
    errors: &mut Errors,
) -> Option<Vec<&'static super::Standard>> {
    let chosen = chosen?;
    let own = item.items.iter().find_map(|member| match member {
        ImplItem::Const(member) if member.ident == "ACTIONS" => Some(&member.ident),
        _ => None,
    });
    if let Some(own) = own {
        let message = format!("`{}` says already which actions there are", chosen.key);
        errors.add(own, message);
        return None;
    }
    Some(chosen.actions.clone())
}

/// The actions that the impl performs itself, where it does not say so.
fn performs(item: &ItemImpl) -> Option<Vec<&'static str>> {
    const PERFORMED: [(&str, &[&str]); 3] = [
        ("perform_create", &["CREATE"]),
        ("perform_update", &["UPDATE", "PARTIAL_UPDATE"]),
        ("perform_destroy", &["DESTROY"]),
    ];
    let is_stated = item
        .items
        .iter()
        .any(|member| matches!(member, ImplItem::Const(member) if member.ident == "PERFORMS"));
    let own = PERFORMED
        .iter()
        .filter(|(function, _)| function_of(item, function).is_some());
    (!is_stated).then(|| {
        own.flat_map(|(_, constants)| constants.iter().copied())
            .collect()
    })
}

fn permission(item: &ItemImpl, options: &Options, errors: &mut Errors) -> Option<Permission> {
    if function_of(item, "permission").is_some() {
        return None;
    }
    if options.base.is_some() || type_of(item, "Base").is_some() {
        return Some(Permission::Base);
    }
    let (name, model) = (text(&item.self_ty), type_of(item, "Model"));
    let model = model.map_or_else(|| "Self::Model".to_owned(), text);
    errors.add(
        &item.self_ty,
        format!(
            "viewset `{name}` states no permission: add `fn permission(&self, action: Action) -> Rule<{model}>` or `#[viewset(base = …)]`"
        ),
    );
    Some(Permission::Nobody)
}

/// The associated type `name`, where the impl states it.
fn type_of<'a>(item: &'a ItemImpl, name: &str) -> Option<&'a Type> {
    item.items.iter().find_map(|member| match member {
        ImplItem::Type(member) if member.ident == name => Some(&member.ty),
        _ => None,
    })
}

/// The name of the function `name`, where the impl has it.
fn function_of<'a>(item: &'a ItemImpl, name: &str) -> Option<&'a Ident> {
    item.items.iter().find_map(|member| match member {
        ImplItem::Fn(member) if member.sig.ident == name => Some(&member.sig.ident),
        _ => None,
    })
}

/// Writes `Self::Model` out: it means nothing outside the impl of the trait.
fn qualified(tokens: TokenStream, root: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut output = TokenStream::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let mut written = Group::new(group.delimiter(), qualified(group.stream(), root));
                written.set_span(group.span());
                output.extend([TokenTree::Group(written)]);
            }
            TokenTree::Ident(this) if this == "Self" && names_type(&tokens[at + 1..]) => {
                output.extend(quote_spanned!(this.span()=> <#this as #root::ViewSet>));
            }
            other => output.extend([other.clone()]),
        }
    }
    output
}

/// Whether `rest` goes on with `::` and one of the associated types.
fn names_type(rest: &[TokenTree]) -> bool {
    let [
        TokenTree::Punct(first),
        TokenTree::Punct(second),
        TokenTree::Ident(name),
        ..,
    ] = rest
    else {
        return false;
    };
    first.as_char() == ':' && second.as_char() == ':' && TYPES.iter().any(|known| name == known)
}
