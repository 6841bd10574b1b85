use chrono::{DateTime, Utc};
use restwell_audit::{Moment, Past, as_of};
use restwell_core::{Access, Action, Error, Result};
use restwell_db::model::RelationKind;
use restwell_db::{Context, Model, Value};
use restwell_serializers::{FieldMeta, Input, Mode};
use serde_json::{Map, Value as Json};

use super::has_entry;
use crate::actions::{self, apply};
use crate::object::{parsed, read_input, requested_pk, scoped, value_of};
use crate::{InputOf, Reply, ViewSet};

const REVERT: Action = Action::Custom("revert", Access::Writes);

/// Gives the row the writable fields that it had at `at`, or after the entry `entry`, as a `PATCH`
/// with them would: through validation, permissions and the check of the version.
pub(super) fn revert<V: ViewSet>(viewset: &V, cx: &mut Context) -> Result<Reply> {
    let mask = actions::wanted::<V::Serializer>(cx)?;
    let pk = requested_pk::<V::Model>(cx)?;
    let instance = scoped(viewset, REVERT, cx).find(cx, &pk)?;
    for action in [REVERT, Action::PartialUpdate] {
        let rule = viewset.permission(action);
        rule.check_object(action, &instance, cx)?;
    }
    let Wanted {
        moment,
        name,
        version,
    } = wanted(&instance, cx)?;
    let past = as_of(cx, &instance, moment)?
        .ok_or_else(|| Error::field(name, "invalid", "There was no such state."))?;
    let mut body = body::<V>(&past);
    body.extend(version.map(|version| ("version".to_owned(), version)));
    let body = Json::Object(body).to_string();
    let input = read_input::<V::Update>(body.as_bytes(), Some(&instance), Mode::PartialUpdate, cx)?;
    apply(
        viewset,
        &V::options(),
        Action::PartialUpdate,
        &instance,
        input,
        mask,
        cx,
    )
}

/// Which state the body asks for, under which name, and the version that it means to change.
struct Wanted {
    moment: Moment,
    name: &'static str,
    version: Option<Json>,
}

fn wanted<M: Model>(instance: &M, cx: &mut Context) -> Result<Wanted> {
    let Json::Object(mut body) = value_of::<Json>(cx)? else {
        return Err(Error::parse(
            "The body must be an object with \"entry\" or \"at\".",
        ));
    };
    let version = body.remove("version");
    let (name, moment) = match (body.remove("entry"), body.remove("at")) {
        (Some(entry), None) => ("entry", Moment::After(parsed("entry", entry)?)),
        (None, Some(at)) => ("at", Moment::At(parsed::<DateTime<Utc>>("at", at)?)),
        (None, None) => {
            let message = "Say which state: an \"entry\" or a time \"at\" which it was.";
            return Err(Error::field("entry", "required", message));
        }
        (Some(_), Some(_)) => {
            let message = "Say \"entry\" or \"at\", not both.";
            return Err(Error::field("entry", "invalid", message));
        }
    };
    if let Moment::After(entry) = moment
        && !has_entry(instance, entry, cx)?
    {
        let message = format!("Invalid pk \"{entry}\" - object does not exist.");
        return Err(Error::field("entry", "does_not_exist", message));
    }
    Ok(Wanted {
        moment,
        name,
        version,
    })
}

/// The body of a `PATCH` that makes the row what it was: the fields that are named as a column or
/// relation.
fn body<V: ViewSet>(past: &Past<V::Model>) -> Map<String, Json> {
    let writable = |field: &&FieldMeta| !field.read_only && !field.create_only;
    let fields = <InputOf<V::Update> as Input>::FIELDS
        .iter()
        .filter(writable);
    fields
        .filter_map(|field| Some((field.name.to_owned(), value(past, field.name)?)))
        .collect()
}

fn value<M: Model>(past: &Past<M>, name: &str) -> Option<Json> {
    let of_column = |column: usize| past.row.value(column).to_json();
    if let Some(column) = M::META.column(name) {
        return (!column.sensitive).then(|| of_column(column.index));
    }
    match M::META.relation(name)?.kind {
        RelationKind::BelongsTo { column, .. } => Some(of_column(column)),
        RelationKind::ManyToMany {
            through, source, ..
        } => {
            let own = |link: &restwell_db::statement::Link| {
                link.through == through && link.source == source
            };
            let (_, keys) = past.links.iter().find(|(link, _)| own(link))?;
            Some(keys.iter().map(|key| Value::from(key).to_json()).collect())
        }
        RelationKind::HasMany { .. } | RelationKind::HasOne { .. } => None,
    }
}
