use restwell_core::{Action, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{FieldMeta, Input, WriteSerializer};
use serde_json::{Map, Value, json};

use crate::object::{object, parent_of};
use crate::{InputOf, Reply, ViewSet};

/// `OPTIONS`: what the route is, what it reads and writes, and the fields of what the principal
/// may send to it.
pub(crate) fn metadata<V: ViewSet>(
    viewset: &V,
    actions: &[Action],
    cx: &mut Context,
) -> Result<Reply> {
    let mut about = json!({
        "name": name::<V::Model>(actions),
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
        if actions.contains(&action) && may(viewset, action, cx)? {
            let fields = match action {
                Action::Create => fields_of::<V::Create>(cx),
                _ => InputOf::<V::Update>::FIELDS.to_vec(),
            };
            writable.insert(method.to_owned(), describe(&fields));
        }
    }
    if !writable.is_empty() {
        about["actions"] = Value::Object(writable);
    }
    Ok(Reply::json(&about))
}

/// What the route is called, in DRF's way.
fn name<M: Model>(actions: &[Action]) -> String {
    let resource = capitalized(M::META.verbose_name);
    match actions.first() {
        Some(Action::List | Action::Create) => format!("{resource} List"),
        Some(Action::Custom(name, _)) => capitalized(&name.replace(['_', '-'], " ")),
        _ => format!("{resource} Instance"),
    }
}

/// Whether the principal may do `action`, with the row that the path names if it names one.
fn may<V: ViewSet>(viewset: &V, action: Action, cx: &mut Context) -> Result<bool> {
    let allowed = match action {
        Action::Create => viewset.permission(action).check(action, cx),
        _ => object(viewset, action, cx).map(drop),
    };
    match allowed {
        Ok(()) => Ok(true),
        Err(error) if error.is_server_error() => Err(error),
        Err(_) => Ok(false),
    }
}

/// The fields of a new row. One that the path decides cannot be set.
fn fields_of<S: WriteSerializer>(cx: &Context) -> Vec<FieldMeta> {
    let given = parent_of::<<InputOf<S> as Input>::Model>(cx).map(|parent| parent.column.index);
    let fields = InputOf::<S>::FIELDS.iter().enumerate();
    fields
        .map(|(place, field)| match InputOf::<S>::column(place) {
            Some(column) if given == Some(column) => field.read_only(),
            _ => *field,
        })
        .collect()
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
