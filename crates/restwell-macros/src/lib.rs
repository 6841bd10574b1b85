//! The derives and attribute macros of restwell.
//!
//! Applications use them through the `restwell` facade. Each macro reads its input (`syntax`),
//! checks it and notes every mistake (`check`), and writes code that calls the library (`emit`).

mod api_error;
mod choices;
mod error;
mod model;
mod serializer;
mod state_machine;
mod syntax;
mod user_model;
mod viewset;

use proc_macro::TokenStream;
use syn::{DeriveInput, Item, parse_macro_input};

#[doc = include_str!("docs/model.md")]
#[proc_macro_derive(Model, attributes(model))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::derive(&input).into()
}

#[doc = include_str!("docs/choices.md")]
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choices::derive(&input).into()
}

#[doc = include_str!("docs/user_model.md")]
#[proc_macro_derive(UserModel, attributes(user))]
pub fn derive_user_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    user_model::derive(&input).into()
}

#[doc = include_str!("docs/api_error.md")]
#[proc_macro_derive(ApiError, attributes(api_error))]
pub fn derive_api_error(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    api_error::derive(&input).into()
}

#[doc = include_str!("docs/serializer.md")]
#[proc_macro_attribute]
pub fn serializer(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as Item);
    serializer::attribute(&args.into(), &item).into()
}

#[doc = include_str!("docs/state_machine.md")]
#[proc_macro_derive(StateMachine, attributes(state_machine, transition))]
pub fn derive_state_machine(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    state_machine::derive(&input).into()
}

#[doc = include_str!("docs/viewset.md")]
#[proc_macro_attribute]
pub fn viewset(arguments: TokenStream, item: TokenStream) -> TokenStream {
    viewset::expand(arguments.into(), item.into()).into()
}
