//! What is wrong with a macro's input, all of it at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects what is wrong, so that one compilation shows everything.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Notes that `tokens` are wrong.
    pub(crate) fn add(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes what a parser found, with the form that is right.
    pub(crate) fn add_parse(&mut self, error: &syn::Error, form: &str) {
        let message = format!("{error}; write `{form}`");
        self.0.push(syn::Error::new(error.span(), message));
    }

    /// Notes an unknown `word` with the words that are known.
    pub(crate) fn add_unknown(&mut self, word: &syn::Ident, what: &str, known: &[&str]) {
        let text = word.to_string();
        let suggestion = nearest(&text, known)
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        let known = known.join("`, `");
        self.add(
            word,
            format!("unknown {what} `{text}`{suggestion}\nvalid: `{known}`"),
        );
    }

    /// Takes in what was found elsewhere.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The errors as tokens that make the compiler show them; `None` where there is none.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        if self.0.is_empty() {
            return None;
        }
        Some(self.0.iter().map(syn::Error::to_compile_error).collect())
    }
}

/// The candidate that `word` was most likely meant to be, if any is close enough to name.
fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.len().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
