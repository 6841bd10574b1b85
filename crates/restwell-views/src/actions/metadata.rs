use restwell_core::{Action, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{Input, Representation, WriteSerializer};
use serde_json::{Map, Value, json};

use crate::extension::Extensions;
use crate::object::{object, parent_of};
use crate::viewset::authorize;
use crate::{InputOf, Reply, ViewSet};

/// `OPTIONS`: what the route is, what it reads and writes, and the fields of what the principal
/// may send to it.
pub(crate) fn metadata<V: ViewSet>(
    viewset: &V,
    extensions: &Extensions<V>,
    description: &str,
    actions: &[Action],
    cx: &mut Context,
) -> Result<Reply> {
    let mut about = json!({
        "name": name::<V::Model>(actions),
        "description": description,
        "renders": ["application/json"],
        "parses": ["application/json"],
    });
    let mut writable = Map::new();
    if actions.contains(&Action::BulkDestroy)
        && let Allowed::WithNewRow = allowed(viewset, Action::BulkDestroy, cx)?
    {
        writable.insert("DELETE".to_owned(), json!({"ids": keys::<V::Model>()}));
    }
    for (action, method) in [
        (Action::Create, "POST"),
        (Action::Update, "PUT"),
        (Action::PartialUpdate, "PATCH"),
        (Action::BulkCreate, "POST"),
        (Action::BulkUpdate, "PUT"),
        (Action::BulkPartialUpdate, "PATCH"),
    ] {
        if !actions.contains(&action) {
            continue;
        }
        let each = action.of_each_row().unwrap_or(action);
        let fields = match (each, allowed(viewset, action, cx)?) {
            (_, Allowed::No) => continue,
            (action @ Action::Create, row) => describe::<V, V::Create>(action, row.of(), cx)?,
            (action, row) => describe::<V, V::Update>(action, row.of(), cx)?,
        };
        let fields = match action {
            Action::BulkUpdate | Action::BulkPartialUpdate => keyed::<V::Model>(fields),
            _ => fields,
        };
        writable.insert(method.to_owned(), fields);
    }
    if !writable.is_empty() {
        about["actions"] = Value::Object(writable);
    }
    for (method, own) in extensions.about(actions) {
        if let Some(max_rows) = own.max_rows {
            about["max_rows"][method.as_str()] = max_rows.into();
        }
        for (name, value) in own.headers {
            about["headers"][method.as_str()][name] = (*value).into();
        }
        if let Some(parses) = about["parses"].as_array_mut() {
            parses.extend(own.parses.iter().map(|media_type| (*media_type).into()));
        }
    }
    Ok(Reply::json(&about))
}

/// The fields of a row that is named by its key, which a single row has in its path.
fn keyed<M: Model>(mut fields: Value) -> Value {
    fields[M::META.pk().name] = key::<M>();
    fields
}

/// The keys of rows.
fn keys<M: Model>() -> Value {
    json!({"type": "list", "required": true, "read_only": false, "child": key::<M>()})
}

fn key<M: Model>() -> Value {
    let pk = M::META.pk();
    json!({"type": "field", "required": true, "read_only": false, "label": capitalized(pk.name)})
}

/// What the route is called, in DRF's way.
fn name<M: Model>(actions: &[Action]) -> String {
    let resource = capitalized(M::META.verbose_name);
    match actions.first() {
        Some(Action::List | Action::Create) => format!("{resource} List"),
        Some(action) if action.is_bulk() => format!("{resource} Bulk"),
        Some(Action::Custom(name, _)) => capitalized(&name.replace(['_', '-'], " ")),
        _ => format!("{resource} Instance"),
    }
}

/// Whether the principal may do something, and with which row.
enum Allowed<M> {
    No,
    WithNewRow,
    WithRow(M),
}

impl<M> Allowed<M> {
    fn of(&self) -> Option<&M> {
        match self {
            Self::WithRow(row) => Some(row),
            Self::No | Self::WithNewRow => None,
        }
    }
}

/// Whether the principal may do `action`, with the row that the path names if it names one.
fn allowed<V: ViewSet>(viewset: &V, action: Action, cx: &mut Context) -> Result<Allowed<V::Model>> {
    let allowed = match action {
        action if action == Action::Create || action.is_bulk() => {
            authorize(viewset, action, cx).map(|()| Allowed::WithNewRow)
        }
        _ => object(viewset, action, cx).map(Allowed::WithRow),
    };
    match allowed {
        Err(error) if error.is_server_error() => Err(error),
        Err(_) => Ok(Allowed::No),
        allowed => allowed,
    }
}

/// The fields that the principal may see or set. Those that he may not set are read-only to him.
fn describe<V: ViewSet, S: WriteSerializer<Input: Input<Model = V::Model>>>(
    action: Action,
    row: Option<&V::Model>,
    cx: &mut Context,
) -> Result<Value> {
    let visible = V::Serializer::visible(row, cx)?;
    let shown = V::Serializer::FIELDS.iter().enumerate();
    let mut fields = Map::new();
    for (place, field) in InputOf::<S>::FIELDS.iter().enumerate() {
        let settable = !is_given::<S>(action, place, cx)
            && (!InputOf::<S>::GUARDED.contains(&place)
                || InputOf::<S>::may_set(place, action, row, cx)?);
        let hidden = shown
            .clone()
            .any(|(place, own)| own.name == field.name && !visible.contains(place));
        if hidden && (field.read_only || !settable) {
            continue;
        }
        let field = if settable { *field } else { field.read_only() };
        fields.insert(field.name.to_owned(), field.describe());
    }
    Ok(Value::Object(fields))
}

/// Whether the path decides the field of a new row.
fn is_given<S: WriteSerializer>(action: Action, field: usize, cx: &Context) -> bool {
    let parent = parent_of::<<InputOf<S> as Input>::Model>(cx).map(|parent| parent.column.index);
    let column = InputOf::<S>::column(field);
    action == Action::Create && column.is_some() && column == parent
}

/// `name` with a capital at its beginning.
pub fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
