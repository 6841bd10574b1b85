use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use restwell_db::predicate::{Pattern, Predicate};
use restwell_db::relation::Relation;
use restwell_db::{ColumnMeta, Context, Field, Model, Q, TextValue};

use crate::Invalid;

/// The parameter that asks for a search.
pub(crate) const SEARCH: &str = "search";
/// The most terms that one search may have.
const MOST_TERMS: usize = 32;
/// The most bytes that a search may have.
const LONGEST: usize = 1_024;

/// The condition that a term is found somewhere.
type Find = Arc<dyn Fn(&str, &Context) -> Predicate + Send + Sync>;

/// Where a search looks.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    /// The column, here or on the other side of a relation.
    pub(crate) column: &'static ColumnMeta,
    find: Find,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Where a search looks for its terms, and how. A field alone stands for
/// [`icontains`](Self::icontains).
pub struct Search<M> {
    pub(crate) place: Place,
    model: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for Search<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Search").field(&self.place.name).finish()
    }
}

impl<M: Model> Search<M> {
    /// A term is part of the text, whatever the case.
    pub fn icontains<T: TextValue>(field: Field<M, T>) -> Self {
        Self::like(field, Pattern::Contains)
    }

    /// The text begins with a term, whatever the case; DRF's `^`.
    pub fn istartswith<T: TextValue>(field: Field<M, T>) -> Self {
        Self::like(field, Pattern::StartsWith)
    }

    /// A term is the whole text, whatever the case; DRF's `=`.
    pub fn iexact<T: TextValue>(field: Field<M, T>) -> Self {
        Self::like(field, Pattern::Exact)
    }

    /// A term is found in a row on the other side of `relation` that the principal may know of.
    pub fn across<R: Relation<M>>(relation: R, search: impl Into<Search<R::Target>>) -> Self {
        let Place { name, column, find } = search.into().place;
        Self {
            place: Place {
                name: format!("{}.{name}", R::Target::META.table),
                column,
                find: Arc::new(move |term, cx| {
                    let found = Q::from_predicate(find(term, cx));
                    relation
                        .having(found & R::Target::scope(cx))
                        .into_predicate()
                }),
            },
            model: PhantomData,
        }
    }

    fn like<T: TextValue>(field: Field<M, T>, pattern: Pattern) -> Self {
        let column = field.column();
        Self {
            place: Place {
                name: column.name.to_owned(),
                column,
                find: Arc::new(move |term, _| Predicate::Like {
                    column,
                    pattern,
                    text: term.to_owned(),
                    ignore_case: true,
                }),
            },
            model: PhantomData,
        }
    }
}

impl<M: Model, T: TextValue> From<Field<M, T>> for Search<M> {
    fn from(field: Field<M, T>) -> Self {
        Self::icontains(field)
    }
}

/// Every term of `text` in at least one of `places`.
pub(crate) fn condition(text: &str, places: &[Place], cx: &Context) -> Result<Predicate, Invalid> {
    if text.len() > LONGEST {
        let message = format!("Ensure this value has at most {LONGEST} bytes.");
        return Err(Invalid::coded("max_length", message));
    }
    let terms = terms(text);
    if terms.len() > MOST_TERMS {
        let message = format!("Ensure this value has at most {MOST_TERMS} words.");
        return Err(Invalid::coded("max_length", message));
    }
    Ok(terms.iter().fold(Predicate::All, |all, term| {
        let anywhere = places.iter().fold(Predicate::Nothing, |any, place| {
            any.or((place.find)(term, cx))
        });
        all.and(anywhere)
    }))
}

/// The terms of a search: words between white space and commas, and phrases in quotes of either
/// kind, in which a backslash takes the meaning from a quote.
fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_separator);
        if rest.is_empty() {
            return terms;
        }
        let (term, behind) = phrase(rest).unwrap_or_else(|| {
            let end = rest.find(is_separator).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        });
        rest = behind;
        if !term.trim().is_empty() {
            terms.push(term);
        }
    }
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || letter == ','
}

/// The quoted phrase at the beginning of `text` and what is behind it. A quote that is never
/// closed at the end of a word, such as an apostrophe, is a letter.
fn phrase(text: &str) -> Option<(String, &str)> {
    let mut letters = text.char_indices();
    let (_, quote) = letters
        .next()
        .filter(|(_, first)| matches!(first, '"' | '\''))?;
    let mut phrase = String::new();
    while let Some((_, letter)) = letters.next() {
        if letter == '\\' {
            let (_, escaped) = letters.next()?;
            if escaped != quote && escaped != '\\' {
                phrase.push('\\');
            }
            phrase.push(escaped);
        } else if letter == quote && letters.as_str().chars().next().is_none_or(is_separator) {
            return Some((phrase, letters.as_str()));
        } else {
            phrase.push(letter);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_stand_between_spaces_and_commas() {
        assert_eq!(terms("  a b,c ,, d"), ["a", "b", "c", "d"]);
        assert_eq!(terms(" , \u{3000}"), [""; 0]);
    }

    #[test]
    fn a_quoted_phrase_is_one_term() {
        assert_eq!(terms(r#""a b", c"#), ["a b", "c"]);
        assert_eq!(terms("'a b' \"c, d\""), ["a b", "c, d"]);
        assert_eq!(terms(r#""a \"b\" c""#), [r#"a "b" c"#]);
        assert_eq!(terms(r#""a\\" b"#), [r"a\", "b"]);
    }

    #[test]
    fn an_apostrophe_is_a_letter() {
        assert_eq!(terms("don't stop"), ["don't", "stop"]);
        assert_eq!(terms("rock 'n roll"), ["rock", "'n", "roll"]);
        assert_eq!(terms(r#"5" nails"#), ["5\"", "nails"]);
        assert_eq!(terms(r#""open end"#), ["\"open", "end"]);
    }

    #[test]
    fn empty_phrases_are_no_terms() {
        assert_eq!(terms(r#""" '' " ""#), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_text_has_terms_without_loss_of_control(text in r#"[ab ,'"\\é]{0,60}"#) {
            for term in terms(&text) {
                prop_assert!(!term.trim().is_empty());
            }
        }
    }
}
