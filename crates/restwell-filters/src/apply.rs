use restwell_core::{Error, FieldErrors, QueryString, Result};
use restwell_db::Context;
use restwell_db::predicate::Predicate;
use restwell_db::statement::Order;

use crate::condition::condition;
use crate::filters::Declared;
use crate::ordering::{self, ORDERING};
use crate::parameter::{Parameter, Source};
use crate::search::{self, SEARCH};
use crate::unknown::{self, names};
use crate::{Invalid, Lookup};

/// What a query string asks for.
#[derive(Clone, Debug, Default)]
pub struct Filtered {
    /// The rows.
    pub predicate: Predicate,
    /// Their order; empty where neither the client nor the declaration asks for one.
    pub order: Vec<Order>,
    /// The filters and the search in one text, the same for every page of a list: what a cursor
    /// is bound to.
    pub binding: String,
}

impl Declared {
    pub(crate) fn apply(
        &self,
        query: &QueryString,
        reserved: &[&str],
        cx: &Context,
    ) -> Result<Filtered> {
        let mut errors = FieldErrors::new();
        let mut filtered = Filtered::default();
        let mut applied: Vec<(&str, &str)> = Vec::new();
        let mut unknown: Vec<&str> = Vec::new();
        for name in names(query) {
            let value = query.get(name).unwrap_or_default().trim();
            let Some(outcome) = self.condition(name, value, cx) else {
                if !self.knows(name) && !reserved.contains(&name) {
                    unknown.push(name);
                }
                continue;
            };
            match outcome {
                Ok(None) => {}
                Ok(Some(predicate)) => {
                    filtered.predicate = std::mem::take(&mut filtered.predicate).and(predicate);
                    applied.push((name, value));
                }
                Err(invalid) => errors.add(name.to_owned(), invalid.code, invalid.message),
            }
        }
        if self.strict {
            let allowed = self.names().chain(reserved.iter().copied());
            unknown::refuse(&unknown, allowed.collect(), &mut errors);
        }
        filtered.order = ordering::order(
            query,
            &self.orderings,
            &self.default_order,
            self.strict,
            &mut errors,
        );
        if !errors.is_empty() {
            return Err(Error::validation(errors));
        }
        filtered.binding = binding(applied);
        Ok(filtered)
    }

    /// What the parameter `name` asks for, if it is one of these.
    fn condition(
        &self,
        name: &str,
        value: &str,
        cx: &Context,
    ) -> Option<Result<Option<Predicate>, Invalid>> {
        if let Some(parameter) = self.parameters.iter().find(|own| own.name == name) {
            return Some(if value.is_empty() {
                Ok(None)
            } else {
                parameter.condition(value, cx)
            });
        }
        if name == SEARCH && !self.places.is_empty() {
            return Some(search::condition(value, &self.places, cx).map(|condition| {
                Some(condition).filter(|condition| !matches!(condition, Predicate::All))
            }));
        }
        None
    }

    fn knows(&self, name: &str) -> bool {
        name == ORDERING && !self.orderings.is_empty()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let search = (!self.places.is_empty()).then_some(SEARCH);
        let ordering = (!self.orderings.is_empty()).then_some(ORDERING);
        self.parameters
            .iter()
            .map(Parameter::name)
            .chain(search)
            .chain(ordering)
    }
}

impl Parameter {
    fn condition(&self, value: &str, cx: &Context) -> Result<Option<Predicate>, Invalid> {
        match &self.source {
            Source::Custom(make) => make(value, cx).map(Some),
            Source::Column {
                column,
                lookup,
                is_key,
                across,
            } => {
                let condition = condition(column, *lookup, value).map_err(|invalid| {
                    if *is_key {
                        no_such_row(*lookup, invalid)
                    } else {
                        invalid
                    }
                })?;
                Ok(condition.map(|condition| match across {
                    Some(across) => across(condition, cx),
                    None => condition,
                }))
            }
        }
    }
}

/// What django-filter says of a key that is none.
fn no_such_row(lookup: Lookup, invalid: Invalid) -> Invalid {
    if matches!(lookup, Lookup::Exact | Lookup::In) && invalid.code != "max_length" {
        return Invalid::coded(
            "invalid_choice",
            "Select a valid choice. That choice is not one of the available choices.",
        );
    }
    invalid
}

/// Neither names nor values hold the NUL that separates them.
fn binding(mut applied: Vec<(&str, &str)>) -> String {
    applied.sort_unstable();
    applied
        .iter()
        .flat_map(|(name, value)| [name, "\0", value, "\0"])
        .collect()
}
