//! What stands in an answer to somebody who is allowed to ask.

use restwell_core::{Action, Method};
use restwell_db::ModelMeta;
use restwell_permissions::Decision;
use restwell_views::Declaration;
use serde_json::{Value, json};

use super::Conformance;
use super::case::{self, Place};
use super::expected::Expected;
use super::subject::Subject;
use crate::TestResponse;

const OUT_OF_SCOPE: &str = "the row is out of scope";

/// More pages than a fixture has.
const MOST_PAGES: usize = 1_000;

/// Checks the rows of a successful answer, page after page, and what `OPTIONS` offer.
pub(super) fn check(
    conformance: &Conformance<'_>,
    declaration: &Declaration<'_>,
    subject: &Subject<'_>,
    place: &Place,
    answer: &TestResponse,
    mut tell: impl FnMut(String),
) {
    if place.is_metadata {
        offers(declaration, subject, place, answer, &mut tell);
    }
    let Some(model) = declaration.model() else {
        return;
    };
    if !(200..300).contains(&answer.status) || place.is_metadata {
        return;
    }
    let shown = Shown {
        conformance,
        declaration,
        subject,
        place,
        model,
    };
    let mut next = shown.page(answer, &mut tell);
    for _ in 0..MOST_PAGES {
        let Some(link) = next else { return };
        let page = subject.send(Method::Get, &link, &Value::Null);
        next = shown.page(&page, &mut tell);
    }
}

/// An answer with rows, and what is declared of them.
struct Shown<'a> {
    conformance: &'a Conformance<'a>,
    declaration: &'a Declaration<'a>,
    subject: &'a Subject<'a>,
    place: &'a Place,
    model: &'static ModelMeta,
}

impl Shown<'_> {
    /// Checks one page, and returns the way to the next.
    fn page(&self, answer: &TestResponse, tell: &mut impl FnMut(String)) -> Option<String> {
        let data = data_of(answer)?;
        let rows = rows_of(&data);
        if self.declaration.action == Action::List {
            self.listed(&data, &rows, tell);
        } else {
            self.others(&rows, tell);
        }
        for row in &rows {
            self.nested(row, self.model, tell);
        }
        let link = data.get("next")?.as_str()?;
        let path = link.split_once("://")?.1;
        Some(path[path.find('/')?..].to_owned())
    }

    /// A list has the rows that are declared, and counts no more.
    fn listed(&self, data: &Value, rows: &[Value], tell: &mut impl FnMut(String)) {
        let Some(mut cx) = self.subject.context(self.declaration) else {
            return;
        };
        let parent = self.place.parent.as_deref();
        let declared = self.declaration.rows(parent, &mut cx).expect("rows");
        let keys = rows.iter().filter_map(|row| key_of(row, self.model));
        let others = keys.filter(|key| declared.iter().all(|own| own.to_string() != *key));
        if let Some(others) = several(others) {
            tell(format!(
                "lists {} {others}, which it must not",
                self.model.name
            ));
        }
        let count = data.get("count").and_then(Value::as_u64);
        if let Some(count) = count.filter(|count| *count > declared.len() as u64) {
            tell(format!("counts {count} rows of {}", declared.len()));
        }
    }

    /// Any other answer has rows on which the action is allowed.
    fn others(&self, rows: &[Value], tell: &mut impl FnMut(String)) {
        let name = self.declaration.name();
        let answers = &self.conformance.answers;
        let other = answers.iter().find(|(route, _)| *route == name);
        let by_its_own = match other {
            None => Some(*self.declaration),
            Some((_, table)) => table.and_then(|table| retrieving(self.conformance, table)),
        };
        let Some(declaration) = by_its_own else {
            return;
        };
        let model = declaration.model();
        let Some((model, mut cx)) = model.zip(self.subject.context(&declaration)) else {
            return;
        };
        let (mut missing, mut refused) = (Vec::new(), Vec::new());
        for key in rows.iter().filter_map(|row| key_of(row, model)) {
            match declaration.row(&key, &mut cx).expect("a decision") {
                Some(Decision::Allow) => {}
                // A new state of the row may be out of the scope of who brought it about.
                None if self.place.key.as_deref() == Some(&key) => {}
                None => missing.push(key),
                Some(_) => refused.push(key),
            }
        }
        for (keys, why) in [(missing, "is out of scope"), (refused, "the rule refuses")] {
            if let Some(keys) = several(keys.into_iter()) {
                tell(format!("shows {} {keys}, which {why}", model.name));
            }
        }
    }

    /// Nested objects are rows of the scope of their own resource, unless nested on purpose.
    fn nested(&self, row: &Value, model: &ModelMeta, tell: &mut impl FnMut(String)) {
        for relation in model.relations {
            let target = (relation.target)();
            let Some(value) = row.get(relation.name) else {
                continue;
            };
            if self.conformance.nested.contains(&target.table) {
                continue;
            }
            let known = retrieving(self.conformance, target.table);
            for other in rows_of(value) {
                let key = key_of(&other, target);
                let hidden = key.filter(|key| {
                    let known = known.as_ref();
                    known.is_some_and(|known| is_hidden(known, self.subject, key))
                });
                if let Some(key) = hidden {
                    let name = relation.name;
                    tell(format!(
                        "nests {} {key} as {name}, which is out of scope",
                        target.name
                    ));
                }
                self.nested(&other, target, tell);
            }
        }
    }
}

/// `OPTIONS` offer no method that is refused.
fn offers(
    declaration: &Declaration<'_>,
    subject: &Subject<'_>,
    place: &Place,
    answer: &TestResponse,
    tell: &mut impl FnMut(String),
) {
    let offered = data_of(answer).unwrap_or_default()["actions"].take();
    let place = Place {
        path: place.path.clone(),
        key: place.key.clone(),
        parent: place.parent.clone(),
        body: None,
        is_metadata: false,
    };
    for method in [Method::Post, Method::Put, Method::Patch] {
        if offered.get(method.as_str()).is_none() {
            continue;
        }
        let other = declaration.other(method);
        let expected = other.map(|other| Expected::of(&other, subject, &place));
        if expected != Some(Expected::Allowed) {
            tell(format!("offers {method}, which is refused"));
        }
    }
}

/// Sends bodies that refer to rows which the principal may not retrieve.
pub(super) fn references(
    conformance: &Conformance<'_>,
    declaration: &Declaration<'_>,
    subject: &Subject<'_>,
    report: &mut super::Report,
) {
    let writes = [Action::Create, Action::Update, Action::PartialUpdate];
    let Some(model) = declaration
        .model()
        .filter(|_| writes.contains(&declaration.action))
    else {
        return;
    };
    let inputs = declaration.inputs();
    for relation in model.relations {
        let column = match relation.kind {
            restwell_db::model::RelationKind::BelongsTo { column, .. } => {
                model.columns[column].name
            }
            _ => relation.name,
        };
        let named = inputs
            .iter()
            .find(|field| [relation.name, column].contains(&field.name));
        let target = (relation.target)().table;
        if conformance.named_by_all.contains(&target) {
            continue;
        }
        let (Some(field), Some(known)) = (named, retrieving(conformance, target)) else {
            continue;
        };
        for row in conformance.rows.get(target).into_iter().flatten() {
            let key = (row.make)();
            let Some(why) = refusal(&known, subject, &key) else {
                continue;
            };
            let about = report.about(
                declaration,
                subject.name,
                &format!("naming {} as {}", row.label, field.name),
            );
            for status in refers(conformance, declaration, subject, field.name, &key) {
                about.tell(report, format!("{status}, though {why}"));
            }
            report.checked += 1;
        }
    }
}

/// The statuses of answers that do not refuse a body whose `field` has the key of a row.
fn refers(
    conformance: &Conformance<'_>,
    declaration: &Declaration<'_>,
    subject: &Subject<'_>,
    field: &str,
    key: &str,
) -> Vec<u16> {
    let mut found = Vec::new();
    for case in case::of(conformance, declaration) {
        let place = case.place(conformance, declaration);
        if Expected::of(declaration, subject, &place) != Expected::Allowed {
            continue;
        }
        let key: Value = key
            .parse::<i64>()
            .map_or_else(|_| json!(key), |key| json!(key));
        for value in [key.clone(), json!([key])] {
            let answer = subject.send(declaration.method, &place.path, &json!({field: value}));
            let refused = answer.status == 400 && answer.json()["errors"].get(field).is_some();
            if !refused {
                found.push(answer.status);
            }
        }
    }
    found
}

/// The first of some keys, and how many more there are.
fn several(mut keys: impl Iterator<Item = String>) -> Option<String> {
    let first = keys.next()?;
    Some(match keys.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    })
}

/// Whether there is no such row for the principal, by what is declared of retrieving it.
fn is_hidden(declaration: &Declaration<'_>, subject: &Subject<'_>, key: &str) -> bool {
    refusal(declaration, subject, key) == Some(OUT_OF_SCOPE)
}

/// Why the principal may not retrieve the row, by what is declared.
fn refusal(
    declaration: &Declaration<'_>,
    subject: &Subject<'_>,
    key: &str,
) -> Option<&'static str> {
    let decision = match subject.context(declaration) {
        Some(mut cx) => declaration.row(key, &mut cx).expect("a decision"),
        None => None,
    };
    match decision {
        Some(Decision::Allow) => None,
        Some(_) => Some("the rule refuses to retrieve the row"),
        None => Some(OUT_OF_SCOPE),
    }
}

/// What is declared of retrieving rows of `table`, at a route of their own.
fn retrieving<'a>(conformance: &'a Conformance<'_>, table: &str) -> Option<Declaration<'a>> {
    conformance.api.declarations().find(|declaration| {
        let own = declaration
            .model()
            .is_some_and(|model| model.table == table);
        own && declaration.action == Action::Retrieve && declaration.parent_model().is_none()
    })
}

/// The data of an answer, with or without an envelope.
fn data_of(answer: &TestResponse) -> Option<Value> {
    let mut body: Value = serde_json::from_str(answer.text()).ok()?;
    Some(match body.get_mut("data") {
        Some(data) if body_is_enveloped(data) => data.take(),
        _ => body,
    })
}

fn body_is_enveloped(data: &Value) -> bool {
    data.is_object() || data.is_array() || data.is_null()
}

/// The objects that stand for rows: those of a page, of a list, or one alone.
fn rows_of(data: &Value) -> Vec<Value> {
    let data = data.get("results").unwrap_or(data);
    match data {
        Value::Array(rows) => rows.iter().filter(|row| row.is_object()).cloned().collect(),
        Value::Object(_) => vec![data.clone()],
        _ => Vec::new(),
    }
}

fn key_of(row: &Value, model: &ModelMeta) -> Option<String> {
    match row.get(model.pk().name)? {
        Value::String(key) => Some(key.clone()),
        Value::Number(key) => Some(key.to_string()),
        _ => None,
    }
}
