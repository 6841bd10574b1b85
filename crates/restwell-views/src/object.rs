//! Finding the row that a request is about.

use restwell_core::{Action, Error, FieldErrors, Key, Path, Request, Result};
use restwell_db::predicate::{Comparison, Predicate};
use restwell_db::statement::Lock;
use restwell_db::{ColumnMeta, ColumnValue, Context, Kind, Model, Q, QuerySet, Value};
use restwell_serializers::input::Sink;
use restwell_serializers::{
    Draft, FieldMeta, Input, InputField, Mode, Validated, WriteSerializer, parse_one, validate,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

use crate::precondition::{expected_version, is_conditional, version_of};
use crate::{InputOf, ViewSet};

/// The placeholder of the primary key in patterns.
pub(crate) const PK: &str = "pk";

/// The placeholder of the parent's key in patterns of nested routes.
pub(crate) const PARENT: &str = "parent";

/// The row of a parent resource that a nested route is below.
#[derive(Clone, Debug)]
pub(crate) struct Parent {
    /// The column of the child that refers to it.
    pub(crate) column: &'static ColumnMeta,
    /// Its key.
    pub(crate) key: Key,
}

/// The rows that `action` works on: those that exist for the principal, below the parent of a
/// nested route.
pub fn scoped<V: ViewSet>(viewset: &V, action: Action, cx: &Context) -> QuerySet<V::Model> {
    narrowed(viewset, viewset.queryset(action, cx), cx)
}

/// Those of `rows` that exist for the principal, below the parent of a nested route.
pub(crate) fn narrowed<V: ViewSet>(
    viewset: &V,
    rows: QuerySet<V::Model>,
    cx: &Context,
) -> QuerySet<V::Model> {
    let rows = rows.filter(viewset.scope(cx));
    match parent_of::<V::Model>(cx) {
        Some(parent) => rows.filter(equals(parent.column.index, Value::from(&parent.key))),
        None => rows,
    }
}

/// The parent of a nested route, if the column that refers to it is one of `M`.
pub(crate) fn parent_of<M: Model>(cx: &Context) -> Option<&Parent> {
    cx.local::<Parent>()
        .filter(|parent| parent.column.table == M::META.table)
}

/// Sets the column of a new row that refers to the parent of a nested route.
pub fn give_parent<I: Input>(draft: &mut Draft<I>, cx: &Context) {
    if let Some(parent) = parent_of::<I::Model>(cx) {
        draft.give(parent.column, Value::from(&parent.key));
    }
}

/// The key of the parent row that a nested route is below.
pub fn parent_key<K: restwell_db::PrimaryKey>(cx: &Context) -> Option<K> {
    K::from_value(Value::from(&cx.local::<Parent>()?.key))
}

/// The row that the path names, if it exists for the principal and the rule allows `action` on
/// it.
///
/// # Errors
/// 404 when there is none, a malformed key included; 401 or 403 when the rule refuses.
pub fn object<V: ViewSet>(viewset: &V, action: Action, cx: &mut Context) -> Result<V::Model> {
    let pk = requested_pk::<V::Model>(cx)?;
    let row = scoped(viewset, action, cx).find(cx, &pk)?;
    viewset.permission(action).check_object(action, &row, cx)?;
    Ok(row)
}

/// The row that an extra action is about, like [`object`]. One that writes may be told by the
/// client which state of the row it means, in `If-Match` or as `version` in the body; the row then
/// stays in that state until the end of the transaction.
///
/// # Errors
/// As for [`object`]; 412 when the row is in another state than the headers say, and 409 when it
/// has another version than the body says; 400 or 415 when the body cannot be read.
#[doc(hidden)]
pub fn target<V: ViewSet>(viewset: &V, action: Action, cx: &mut Context) -> Result<V::Model> {
    if action.is_read() {
        return object(viewset, action, cx);
    }
    Ok(meant(viewset, action, false, cx)?.0)
}

/// The row that a write without input is about, and the version that its statement must find, where
/// the client means one. `required`: it has to.
///
/// # Errors
/// As for [`target`]; 428 when a version is required and none is named.
pub(crate) fn meant<V: ViewSet>(
    viewset: &V,
    action: Action,
    required: bool,
    cx: &mut Context,
) -> Result<(V::Model, Option<i64>)> {
    let pk = requested_pk::<V::Model>(cx)?;
    let named = version_in_body::<V::Model>(cx)?;
    let mut rows = scoped(viewset, action, cx);
    if cx.in_transaction() && (named.is_some() || is_conditional(cx.request())) {
        rows = rows.select_for_update(Lock::Wait);
    }
    let row = rows.find(cx, &pk)?;
    viewset.permission(action).check_object(action, &row, cx)?;
    let expected = expected_version(cx.request(), &row, named, required)?;
    match named {
        Some(_) if named != version_of(&row) => Err(Error::stale_version()),
        _ => Ok((row, expected.or(named))),
    }
}

/// What stands in a body of any shape, of which an action itself may read more or nothing.
#[derive(Deserialize)]
struct Versioned {
    version: Option<serde_json::Value>,
}

/// The version that the body names, where the model counts them. A body that cannot be read may
/// have been meant to name one.
fn version_in_body<M: Model>(cx: &Context) -> Result<Option<i64>> {
    const VERSION: FieldMeta = FieldMeta::new("version", <i64 as InputField>::KIND);
    if M::META.stamps.version.is_none() {
        return Ok(None);
    }
    let body = json_body(cx)?.trim_ascii();
    let not_json = |error| Error::parse(format!("JSON parse error - {error}"));
    // serde would take the first element of a list for the version.
    if !body.starts_with(b"{") {
        if !body.is_empty() {
            serde_json::from_slice::<IgnoredAny>(body).map_err(not_json)?;
        }
        return Ok(None);
    }
    let Versioned { version } = serde_json::from_slice(body).map_err(not_json)?;
    let Some(version) = version else {
        return Ok(None);
    };
    let mut errors = FieldErrors::new();
    let read = i64::read(version, &VERSION, &mut Sink::new(&mut errors, VERSION.name));
    match read.ok().and_then(restwell_core::Patch::into_value) {
        Some(version) => Ok(Some(version)),
        None => Err(errors.into()),
    }
}

/// Rows that have `value` in the column with this number.
pub(crate) fn equals<M: Model>(column: usize, value: Value) -> Q<M> {
    Q::from_predicate(Predicate::Compare {
        column: &M::META.columns[column],
        comparison: Comparison::Eq,
        value,
    })
}

/// The key in the path.
pub(crate) fn requested_pk<M: Model>(cx: &Context) -> Result<M::Pk> {
    cx.request()
        .param(PK)
        .and_then(|text| parse_key(text, M::META.pk().kind))
        .and_then(|key| M::Pk::from_value(key.into()))
        .ok_or_else(Error::not_found)
}

/// The key that a path or body writes as `text`.
pub(crate) fn parse_key(text: &str, kind: Kind) -> Option<Key> {
    match kind {
        Kind::Uuid => Uuid::parse_str(text).ok().map(Key::Uuid),
        Kind::BigInt => text.parse().ok().map(Key::Int),
        Kind::Integer => text.parse::<i32>().ok().map(Key::from),
        Kind::Text if !text.contains('\0') => Some(Key::Text(text.to_owned())),
        _ => None,
    }
}

/// The body of the request, validated as input of serializer `S` for a new object: for extra
/// actions and function views.
///
/// # Errors
/// 400 with everything that is wrong; 415 when the body is not JSON by its own account.
pub fn body_of<S: WriteSerializer>(cx: &mut Context) -> Result<Validated<InputOf<S>>> {
    validated::<S>(None, Mode::Create, cx)
}

/// The body of the request, validated as input of serializer `S` for changing `instance`: for extra
/// actions and function views. [`Validated::for_row`] says which row is then saved.
///
/// # Errors
/// 400 with everything that is wrong; 415 when the body is not JSON by its own account.
pub fn changes_of<S: WriteSerializer>(
    instance: &<InputOf<S> as Input>::Model,
    mode: Mode,
    cx: &mut Context,
) -> Result<Validated<InputOf<S>>> {
    validated::<S>(Some(instance), mode, cx)
}

/// The body of the request as one value, such as a list of texts: for extra actions and function
/// views whose body is no object.
///
/// # Errors
/// 400 with everything that is wrong; 415 when the body is not JSON by its own account.
pub fn value_of<T: InputField>(cx: &Context) -> Result<T> {
    let meta = FieldMeta::new("", T::KIND);
    let mut errors = FieldErrors::new();
    let body = match json_body(cx)? {
        blank if blank.trim_ascii().is_empty() => b"null",
        body => body,
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = T::read(&mut json, &meta, &mut Sink::new(&mut errors, Path::root()))
        .and_then(|value| json.end().map(|()| value))
        .map_err(|error| Error::parse(format!("JSON parse error - {error}")))?;
    match value.into_value() {
        Some(value) if errors.is_empty() => Ok(value),
        _ => Err(errors.into()),
    }
}

/// The value of the member or parameter `name`.
pub(crate) fn parsed<T: InputField>(name: &'static str, json: serde_json::Value) -> Result<T> {
    let meta = FieldMeta::new(name, T::KIND);
    let mut errors = FieldErrors::new();
    let value = T::read(json, &meta, &mut Sink::new(&mut errors, Path::from(name)))
        .map_err(|error| Error::parse(error.to_string()))?;
    match value.into_value() {
        Some(value) if errors.is_empty() => Ok(value),
        _ if errors.is_empty() => Err(Error::field(name, "null", "This field may not be null.")),
        _ => Err(errors.into()),
    }
}

/// A body of more bytes takes longer to read than a connection to be had again.
const LONG: usize = 65_536;

/// The body of the request, validated as input for `instance` or a new row.
pub(crate) fn validated<S: WriteSerializer>(
    instance: Option<&<InputOf<S> as Input>::Model>,
    mode: Mode,
    cx: &mut Context,
) -> Result<Validated<InputOf<S>>> {
    if cx.request().body.len() > LONG {
        cx.release();
    }
    let mut draft = parse_one::<InputOf<S>>(json_body(cx)?)?;
    if mode == Mode::Create {
        give_parent(&mut draft, cx);
    }
    checked(draft, instance, mode, cx)
}

/// Like [`validated`], of a body that did not come from the client.
pub(crate) fn read_input<S: WriteSerializer>(
    body: &[u8],
    instance: Option<&<InputOf<S> as Input>::Model>,
    mode: Mode,
    cx: &mut Context,
) -> Result<Validated<InputOf<S>>> {
    checked(parse_one::<InputOf<S>>(body)?, instance, mode, cx)
}

fn checked<I: Input>(
    draft: Draft<I>,
    instance: Option<&I::Model>,
    mode: Mode,
    cx: &mut Context,
) -> Result<Validated<I>> {
    let outcome = validate(vec![draft], &[instance], mode, cx)?.pop();
    outcome.ok_or_else(|| Error::internal("one draft has one outcome"))?
}

/// The body, which must be JSON.
///
/// # Errors
/// 415 when it is not, by its own account.
pub fn json_body(cx: &Context) -> Result<&[u8]> {
    let request = cx.request();
    if !request.body.is_empty() || request.spool.is_some() {
        check_media_type(
            request,
            &["application/json", "application/merge-patch+json"],
        )?;
    }
    Ok(&request.body)
}

/// Makes sure that the body of `request` is one of `media_types`, in UTF-8 and not encoded.
///
/// # Errors
/// 415 when it is not, by its own account.
pub fn check_media_type(request: &Request, media_types: &[&str]) -> Result<()> {
    let mut encodings = request.headers.get_all("content-encoding");
    if let Some(encoding) = encodings.find(|name| !name.trim().eq_ignore_ascii_case("identity")) {
        return Err(Error::unsupported_content_encoding(&shown(encoding)));
    }
    let content_type = content_type(request);
    if is_of(request, media_types) && is_utf8(content_type) {
        Ok(())
    } else {
        Err(Error::unsupported_media_type(&shown(content_type)))
    }
}

/// Whether the body of `request` is one of `media_types` by its own account.
pub fn is_of(request: &Request, media_types: &[&str]) -> bool {
    let own = content_type(request).split(';').next().unwrap_or_default();
    let mut media_types = media_types.iter();
    media_types.any(|media_type| own.trim().eq_ignore_ascii_case(media_type))
}

fn content_type(request: &Request) -> &str {
    request.headers.get("content-type").unwrap_or_default()
}

/// As much of a header as a message repeats.
fn shown(header: &str) -> String {
    const LONGEST: usize = 128;
    header.chars().take(LONGEST).collect()
}

/// JSON between systems is UTF-8 (RFC 8259 §8.1); another charset is another media type.
fn is_utf8(content_type: &str) -> bool {
    content_type.split(';').skip(1).all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || value.eq_ignore_ascii_case("utf-8")
            || value.eq_ignore_ascii_case("us-ascii")
    })
}
