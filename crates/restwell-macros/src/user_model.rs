//! `#[derive(UserModel)]`.

mod emit;
mod syntax;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident};

use crate::error::Errors;

/// Reads, checks and expands what a model says of users.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let user = syntax::parse(input, &mut errors);
    match errors.into_tokens() {
        Some(errors) => errors,
        None => emit::emit(&user),
    }
}

/// Which field of a model means what.
struct User<'a> {
    ident: &'a Ident,
    root: TokenStream,
    columns: Vec<(&'static Meaning, Ident)>,
}

/// What a column can mean.
struct Meaning {
    /// The key of the attribute, and the name of the field where it is left out.
    key: &'static str,
    /// The constant of the trait.
    constant: &'static str,
    /// What the library calls the type of the field.
    ty: &'static str,
    /// What it is, for people, where every user has it.
    required: Option<&'static str>,
}

const MEANINGS: [Meaning; 7] = [
    Meaning {
        key: "username",
        constant: "USERNAME",
        ty: "Text",
        required: Some("the name to log in with, a `String`"),
    },
    Meaning {
        key: "password",
        constant: "PASSWORD",
        ty: "Text",
        required: Some("the hash of the password, a `String`"),
    },
    Meaning {
        key: "is_active",
        constant: "IS_ACTIVE",
        ty: "Flag",
        required: Some("whether the user may log in, a `bool`"),
    },
    Meaning {
        key: "email",
        constant: "EMAIL",
        ty: "Text",
        required: None,
    },
    Meaning {
        key: "is_staff",
        constant: "IS_STAFF",
        ty: "Flag",
        required: None,
    },
    Meaning {
        key: "is_superuser",
        constant: "IS_SUPERUSER",
        ty: "Flag",
        required: None,
    },
    Meaning {
        key: "last_login",
        constant: "LAST_LOGIN",
        ty: "Moment",
        required: None,
    },
];
