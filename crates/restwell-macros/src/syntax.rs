//! The grammar that the attributes of all macros share: `key`, `key = value` and `key(…)`,
//! separated by commas.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, Path, Token, parenthesized, token};

use crate::error::Errors;

/// One part of an attribute, such as `table = posts`.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key: Ident,
    value: Value,
}

#[derive(Debug)]
enum Value {
    None,
    Assigned(TokenStream),
    List(TokenStream),
}

impl Item {
    /// The key as text.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }

    /// Whether this is a key alone.
    pub(crate) fn is_flag(&self) -> bool {
        matches!(self.value, Value::None)
    }

    /// Whether parentheses stand behind the key.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// Whether the parentheses behind the key are empty.
    pub(crate) fn is_empty_list(&self) -> bool {
        matches!(&self.value, Value::List(tokens) if tokens.is_empty())
    }

    /// The key, which must stand alone.
    pub(crate) fn flag(self, errors: &mut Errors) -> Option<Ident> {
        let tokens = match &self.value {
            Value::None => return Some(self.key),
            Value::Assigned(tokens) | Value::List(tokens) => tokens,
        };
        let message = format!("`{0}` takes no value; write `{0}`", self.key);
        errors.add(both(&self.key, tokens), message);
        None
    }

    /// What stands behind `=`; `form` is what is right.
    pub(crate) fn value<T: Parse>(&self, form: &str, errors: &mut Errors) -> Option<T> {
        let Value::Assigned(tokens) = &self.value else {
            self.refuse(form, errors);
            return None;
        };
        if tokens.is_empty() {
            self.refuse(form, errors);
            return None;
        }
        syn::parse2(tokens.clone())
            .map_err(|error| errors.add_parse(&error, form))
            .ok()
    }

    /// What stands between parentheses, which `parser` reads; `form` is what is right.
    pub(crate) fn list<P: Parser>(
        &self,
        parser: P,
        form: &str,
        errors: &mut Errors,
    ) -> Option<P::Output> {
        let Value::List(tokens) = &self.value else {
            self.refuse(form, errors);
            return None;
        };
        if tokens.is_empty() {
            self.refuse(form, errors);
            return None;
        }
        parser
            .parse2(tokens.clone())
            .map_err(|error| errors.add_parse(&error, form))
            .ok()
    }

    fn refuse(&self, form: &str, errors: &mut Errors) {
        errors.add(
            &self.key,
            format!("`{}` is written `{form}`", self.key.unraw()),
        );
    }
}

/// What the doc comments among `attributes` say.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let value = &attribute.meta.require_name_value().ok()?.value;
        match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) if attribute.path().is_ident("doc") => Some(line.value()),
            _ => None,
        }
    });
    let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The parts of all attributes `#[name(…)]` among `attributes`; `form` is what is right.
pub(crate) fn items(
    attributes: &[Attribute],
    name: &str,
    form: &str,
    errors: &mut Errors,
) -> Vec<Item> {
    let mut all = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident(name)) {
        match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                let parser = |input: ParseStream<'_>| Ok(parse_items(input, form, errors));
                match parser.parse2(list.tokens.clone()) {
                    Ok(items) => all.extend(items),
                    Err(error) => errors.add_parse(&error, form),
                }
            }
            _ => errors.add(attribute, format!("this is written `{form}`")),
        }
    }
    all
}

/// Reads parts up to the end; what cannot be read is noted and left out.
pub(crate) fn parse_items(input: ParseStream<'_>, form: &str, errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    while !input.is_empty() {
        match parse_item(input) {
            Ok(item) => items.push(item),
            Err(error) => {
                errors.add_parse(&error, form);
                let _rest = until_comma(input);
            }
        }
        if input.peek(Token![,]) {
            let _comma: syn::Result<Token![,]> = input.parse();
        } else if !input.is_empty() {
            errors.add_parse(&input.error("expected `,`"), form);
            let _rest = until_comma(input);
        }
    }
    items
}

fn parse_item(input: ParseStream<'_>) -> syn::Result<Item> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected a key"));
    }
    let key = Ident::parse_any(input)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        Value::Assigned(until_comma(input))
    } else if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        Value::List(content.parse()?)
    } else {
        Value::None
    };
    Ok(Item { key, value })
}

fn until_comma(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}

/// Puts aside parts whose key stood before; `repeatable` keys may stand several times.
pub(crate) fn once(items: Vec<Item>, repeatable: &[&str], errors: &mut Errors) -> Vec<Item> {
    let mut seen: Vec<String> = Vec::new();
    let mut kept = Vec::new();
    for item in items {
        let name = item.name();
        if seen.contains(&name) && !repeatable.contains(&name.as_str()) {
            errors.add(&item.key, format!("`{name}` stands twice"));
        } else {
            seen.push(name);
            kept.push(item);
        }
    }
    kept
}

/// Where emitted code finds what it calls: in `crate = …` where that is given, else in the facade.
pub(crate) fn private_root(given: Option<&Path>) -> TokenStream {
    given.map_or_else(
        || quote!(::restwell::__private),
        |path| quote!(#path::__private),
    )
}

/// `tokens` as if they stood at `span`, so that an error in a call begins and ends there.
pub(crate) fn at(span: Span, tokens: &TokenStream) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    moved.collect()
}

/// `first` and `second` as one piece of input.
pub(crate) fn both(first: &impl ToTokens, second: &impl ToTokens) -> TokenStream {
    let mut tokens = first.to_token_stream();
    second.to_tokens(&mut tokens);
    tokens
}
