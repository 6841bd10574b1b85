use restwell_core::{Action, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{FieldMeta, Input, WriteSerializer};
use serde_json::{Map, Value, json};

use crate::{InputOf, Reply, ViewSet};

/// `OPTIONS`: what the route is, what it reads and writes, and the fields of what the principal
/// may send to it.
pub(crate) fn metadata<V: ViewSet>(
    viewset: &V,
    actions: &[Action],
    cx: &mut Context,
) -> Result<Reply> {
    let meta = <V::Model as Model>::META;
    let is_list = actions
        .iter()
        .any(|action| matches!(action, Action::List | Action::Create));
    let kind = if is_list { "List" } else { "Instance" };
    let mut about = json!({
        "name": format!("{} {kind}", capitalized(meta.verbose_name)),
        "description": "",
        "renders": ["application/json"],
        "parses": ["application/json"],
    });
    let mut writable = Map::new();
    for (action, method) in [
        (Action::Create, "POST"),
        (Action::Update, "PUT"),
        (Action::PartialUpdate, "PATCH"),
    ] {
        if actions.contains(&action) && viewset.permission(action).check(action, cx).is_ok() {
            let fields = match action {
                Action::Create => fields_of::<V::Create>(),
                _ => fields_of::<V::Update>(),
            };
            writable.insert(method.to_owned(), describe(fields));
        }
    }
    if !writable.is_empty() {
        about["actions"] = Value::Object(writable);
    }
    Ok(Reply::json(&about))
}

fn fields_of<S: WriteSerializer>() -> &'static [FieldMeta] {
    <InputOf<S> as Input>::FIELDS
}

fn describe(fields: &[FieldMeta]) -> Value {
    Value::Object(
        fields
            .iter()
            .map(|field| (field.name.to_owned(), field.describe()))
            .collect(),
    )
}

pub(crate) fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
