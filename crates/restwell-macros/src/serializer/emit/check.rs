//! The checks of single fields, and of the object as a whole.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path};

use super::{at, respan};
use crate::serializer::model::{CheckedField, CheckedGroup, Default, Field, Kind, Serializer};
use crate::serializer::syntax::{Rule, RuleKind};

pub(super) fn check(serializer: &Serializer) -> TokenStream {
    let root = &serializer.root;
    let read = || serializer.fields.iter().filter(|field| field.reads);
    let checks = read().filter_map(|field| field_check(serializer, field));
    let defaults = read().filter_map(|field| default_without_column(serializer, field));
    quote! {
        fn check(
            &mut self,
            __mode: #root::Mode,
            __cx: &mut #root::Context,
            __errors: &mut #root::FieldErrors,
        ) -> #root::Result<()> {
            #(#checks)*
            #(#defaults)*
            ::core::result::Result::Ok(())
        }
    }
}

/// The rules of a field, all of them, and behind them its functions, as long as nothing is wrong.
fn field_check(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    if field.rules.is_empty() && field.validate.is_empty() {
        return None;
    }
    let (root, name, wire) = (&serializer.root, &field.ident, &field.wire);
    let rules = field.rules.iter().map(|rule| self::rule(serializer, rule));
    let functions = field.validate.iter().map(|path| {
        quote_spanned! {at(path.span())=>
            if __sink.is_sound() {
                __sink.take(#path(__value, &*__cx));
            }
        }
    });
    let sink = if field.written().is_some() {
        quote!(of_rows)
    } else {
        quote!(new)
    };
    Some(quote! {
        if let #root::Patch::Value(__value) = &mut self.#name {
            let mut __sink = #root::Sink::#sink(__errors, #wire);
            #(#rules)*
            #(#functions)*
        }
    })
}

fn rule(serializer: &Serializer, rule: &Rule) -> TokenStream {
    let key = &rule.key;
    // A value of a type that the rule cannot judge is reported at the rule.
    let span = at(key.span());
    let root = respan(&serializer.root, span);
    let message = match &rule.message {
        Some(message) => quote!(::core::option::Option::Some(#message)),
        None => quote!(::core::option::Option::None),
    };
    let function = quote_spanned!(span=> #root::validators::#key);
    let parameters = match &rule.kind {
        RuleKind::Length { min, max } | RuleKind::Range { min, max } => {
            let limits = limits(serializer, min.as_ref(), max.as_ref());
            quote!(#limits,)
        }
        RuleKind::Plain => TokenStream::new(),
        RuleKind::Regex(path) => quote!(&*#path,),
        RuleKind::Pattern(pattern) => quote!(#pattern,),
        RuleKind::MustMatch(other) => {
            let wire = serializer
                .fields
                .iter()
                .find(|field| field.ident == *other)
                .map(|field| &field.wire);
            quote!(self.#other.value(), #wire,)
        }
        RuleKind::Custom(path) => {
            return quote_spanned!(span=>
                #function(#path(&*__value), #message, &mut __sink);
            );
        }
    };
    quote_spanned!(span=> #function(&*__value, #parameters #message, &mut __sink);)
}

fn limits(serializer: &Serializer, min: Option<&Expr>, max: Option<&Expr>) -> TokenStream {
    let root = &serializer.root;
    let optional = |limit: Option<&Expr>| match limit {
        Some(limit) => quote!(::core::option::Option::Some(#limit)),
        None => quote!(::core::option::Option::None),
    };
    let (min, max) = (optional(min), optional(max));
    quote!(#root::validators::Limits { min: #min, max: #max })
}

/// A default that no column takes stands in the input itself.
fn default_without_column(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    let (root, name) = (&serializer.root, &field.ident);
    let Kind::NoColumn = field.kind else {
        return None;
    };
    let (mode, value) = match field.default.as_ref()? {
        Default::Always(value) => (quote!(!= #root::Mode::PartialUpdate), value),
        Default::OnCreate(value) => (quote!(== #root::Mode::Create), value),
        Default::With(_) => return None,
    };
    Some(quote! {
        if __mode #mode && self.#name.is_absent() {
            self.#name = #root::Patch::Value(#value);
        }
    })
}

pub(super) fn validate(serializer: &Serializer) -> TokenStream {
    let root = &serializer.root;
    let groups = serializer.checked.iter().map(|group| {
        group_check(group, |field| {
            let name = &field.ident;
            match &field.column {
                Some(column) => {
                    let model = &serializer.model;
                    quote!(__attrs.get(#model::F.#column))
                }
                None => quote!(__attrs.input.#name.value().cloned()),
            }
        })
    });
    let own = serializer
        .validate
        .iter()
        .map(|path| own_check(path, &quote!(__attrs)));
    let body = all(root, groups.chain(own).collect());
    quote! {
        fn validate(
            __attrs: &#root::Attrs<'_, Self>,
            __cx: &mut #root::Context,
        ) -> #root::Result<()> {
            #body
        }
    }
}

/// The call of a function that checks the whole of `subject`.
pub(super) fn own_check(path: &Path, subject: &TokenStream) -> TokenStream {
    quote_spanned!(at(path.span())=> #path(#subject, __cx))
}

/// The call that lets a group check its fields, whose values `value` finds.
pub(super) fn group_check(
    group: &CheckedGroup,
    value: impl Fn(&CheckedField) -> TokenStream,
) -> TokenStream {
    let path = &group.path;
    let names = group.fields.iter().map(|field| &field.ident);
    let values = group.fields.iter().map(value);
    quote!(#path { #(#names: #values,)* }.__validate(__cx))
}

/// Runs all checks, and collects what they find wrong with the input.
pub(super) fn all(root: &TokenStream, mut checks: Vec<TokenStream>) -> TokenStream {
    match checks.len() {
        0 => quote!(::core::result::Result::Ok(())),
        1 => checks.remove(0),
        _ => quote! {
            let mut __found = #root::FieldErrors::new();
            #(#root::collect(#checks, &mut __found)?;)*
            #root::refuse_any(__found)
        },
    }
}
