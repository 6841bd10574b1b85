//! `#[viewset]`.

mod action;
mod check;
mod emit;
mod syntax;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, ItemImpl, LitStr};

use crate::error::Errors;

/// Reads, checks and completes the impl of a viewset.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(written) = syntax::parse(arguments, item.clone(), &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#errors #item);
    };
    let viewset = check::check(written, &mut errors);
    let errors = errors.into_tokens();
    let expansion = emit::emit(&viewset, errors.is_some());
    quote!(#errors #expansion)
}

/// A viewset. Where something is wrong, with what lets the rest of the program compile.
struct ViewSet {
    root: TokenStream,
    /// The impl as it was written, without the functions of extra actions.
    item: ItemImpl,
    /// What the impl leaves out; `None` where that cannot be known.
    missing: Option<Missing>,
    /// The functions of extra actions.
    functions: Vec<TokenStream>,
    extra: Vec<Extra>,
}

/// What is filled in.
#[derive(Default)]
struct Missing {
    types: Vec<(&'static str, TokenStream)>,
    actions: Option<Vec<&'static Standard>>,
    performs: Option<Vec<&'static str>>,
    permission: Option<Permission>,
    /// What the doc comment of the impl says.
    description: Option<String>,
}

enum Permission {
    /// The base's.
    Base,
    /// Nobody's: there is none, which has been reported.
    Nobody,
}

/// An extra action in which nothing is wrong that a macro can see.
struct Extra {
    function: Ident,
    cfgs: Vec<Attribute>,
    name: String,
    url_path: String,
    /// What its doc comment says.
    description: String,
    methods: Vec<&'static Verb>,
    atomic: bool,
    idempotent: bool,
    /// Whether its function returns the rows that are listed.
    lists: bool,
    parameters: Vec<LitStr>,
    throttle: Option<LitStr>,
    renders: Option<LitStr>,
    /// Where the type of the row stands, in an action of one row.
    row: Option<Span>,
    output: Span,
}

/// A standard action by its name, and the constant that stands for it alone.
struct Standard {
    name: &'static str,
    constant: &'static str,
    writes: Writes,
}

#[derive(Clone, Copy, PartialEq)]
enum Writes {
    Nothing,
    NewRows,
    OldRows,
}

const STANDARD: [Standard; 6] = [
    Standard::new("list", "LIST", Writes::Nothing),
    Standard::new("retrieve", "RETRIEVE", Writes::Nothing),
    Standard::new("create", "CREATE", Writes::NewRows),
    Standard::new("update", "UPDATE", Writes::OldRows),
    Standard::new("partial_update", "PARTIAL_UPDATE", Writes::OldRows),
    Standard::new("destroy", "DESTROY", Writes::Nothing),
];

impl Standard {
    const fn new(name: &'static str, constant: &'static str, writes: Writes) -> Self {
        Self {
            name,
            constant,
            writes,
        }
    }
}

/// A method that an extra action can answer to.
struct Verb {
    name: &'static str,
    variant: &'static str,
    safe: bool,
}

const VERBS: [Verb; 5] = [
    Verb::new("get", "Get", true),
    Verb::new("post", "Post", false),
    Verb::new("put", "Put", false),
    Verb::new("patch", "Patch", false),
    Verb::new("delete", "Delete", false),
];

impl Verb {
    const fn new(name: &'static str, variant: &'static str, safe: bool) -> Self {
        Self {
            name,
            variant,
            safe,
        }
    }
}

/// A type as a person writes it.
fn text(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    spaced
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(":: ", "::")
}
