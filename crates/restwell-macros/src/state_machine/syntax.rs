//! What was written, checked on the way.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Path, Token};

use super::{Machine, Transition};
use crate::error::Errors;
use crate::syntax::{items, once, private_root};

const FORM: &str = "#[state_machine(model = Post, field = status)]";
const KEYS: [&str; 3] = ["model", "field", "crate"];
const TRANSITION_FORM: &str =
    "#[transition(publish: Draft | Archived => Published, guard = has_text)]";

/// `None` when it is not known what the states are of, which has been reported.
pub(super) fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Machine<'a>> {
    let (mut model, mut field, mut root) = (None::<Path>, None::<Ident>, None::<Path>);
    let mut faulty = false;
    let parts = items(&input.attrs, "state_machine", FORM, errors);
    for item in once(parts, &[], errors) {
        match item.name().as_str() {
            "model" => {
                model = item.value("model = Post", errors);
                faulty |= model.is_none();
            }
            "field" => {
                field = item.value("field = status", errors);
                faulty |= field.is_none();
            }
            "crate" => root = item.value("crate = restwell", errors),
            _ => {
                errors.add_unknown(&item.key, "key", &KEYS);
                faulty = true;
            }
        }
    }
    let states = states(input, errors)?;
    let transitions = transitions(&input.attrs, &states, errors);
    if transitions.is_empty() {
        let message = format!("a state machine has transitions; write `{TRANSITION_FORM}`");
        errors.add(&input.ident, message);
    }
    let (Some(model), Some(field)) = (model, field) else {
        if !faulty {
            let message = format!("a state is a column of a model; write `{FORM}`");
            errors.add(&input.ident, message);
        }
        return None;
    };
    Some(Machine {
        vis: &input.vis,
        ident: &input.ident,
        root: private_root(root.as_ref()),
        model,
        field,
        transitions,
    })
}

/// The variants.
fn states<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Vec<&'a Ident>> {
    let plain = match &input.data {
        Data::Enum(data) if input.generics.params.is_empty() => data
            .variants
            .iter()
            .map(|variant| matches!(variant.fields, Fields::Unit).then_some(&variant.ident))
            .collect(),
        _ => None,
    };
    if plain.is_none() {
        errors.add(
            &input.ident,
            "#[derive(StateMachine)] needs an enum whose variants have no fields",
        );
    }
    plain
}

fn transitions(
    attributes: &[Attribute],
    states: &[&Ident],
    errors: &mut Errors,
) -> Vec<Transition> {
    let mut all: Vec<Transition> = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|a| a.path().is_ident("transition"))
    {
        let transition = match attribute.parse_args::<Transition>() {
            Ok(transition) => transition,
            Err(error) => {
                errors.add_parse(&error, TRANSITION_FORM);
                continue;
            }
        };
        if all.iter().any(|other| other.name == transition.name) {
            let message = format!("there is a transition `{}` already", transition.name);
            errors.add(&transition.name, message);
            continue;
        }
        if known(&transition, states, errors) {
            all.push(transition);
        }
    }
    all
}

/// Whether all its states are variants, and none stands twice.
fn known(transition: &Transition, states: &[&Ident], errors: &mut Errors) -> bool {
    let names: Vec<String> = states.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut good = true;
    for (place, state) in transition.from.iter().enumerate() {
        if transition.from[..place].contains(state) {
            errors.add(state, format!("`{state}` stands twice"));
            good = false;
        }
    }
    for state in transition.from.iter().chain([&transition.to]) {
        if !states.contains(&state) {
            errors.add_unknown(state, "state", &names);
            good = false;
        }
    }
    good
}

impl Parse for Transition {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        let from = Punctuated::<Ident, Token![|]>::parse_separated_nonempty(input)?;
        input.parse::<Token![=>]>()?;
        let to = input.parse()?;
        let mut guard = None;
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                let key: Ident = input.parse()?;
                if key != "guard" {
                    return Err(syn::Error::new(key.span(), "expected `guard = …`"));
                }
                input.parse::<Token![=]>()?;
                guard = Some(input.parse()?);
            }
        }
        if !input.is_empty() {
            return Err(input.error("expected the end"));
        }
        Ok(Self {
            name,
            from: from.into_iter().collect(),
            to,
            guard,
        })
    }
}
