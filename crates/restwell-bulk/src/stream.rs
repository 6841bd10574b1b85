use restwell_core::{Action, Error, FieldErrors, Request, Result};
use restwell_db::Context;
use restwell_serializers::Draft;
use restwell_views::extension::{check_media_type, give_parent, is_of, wanted};
use restwell_views::{InputOf, Reply, ViewSet};

use crate::answer::{Done, Told};
use crate::conflict::{Existing, ON_CONFLICT};
use crate::create::new_rows;
use crate::kind::Creation;
use crate::lines::Lines;
use crate::preferences::Preferences;
use crate::rows::Rows;
use crate::write::perform;

/// How long streams may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) rows: usize,
    pub(crate) bytes: u64,
}

/// What newline-delimited JSON is called.
pub(crate) const MEDIA_TYPES: [&str; 2] = ["application/x-ndjson", "application/jsonl"];

/// Whether the body is newline-delimited JSON by its own account.
pub(crate) fn is_stream(request: &Request) -> bool {
    is_of(request, &MEDIA_TYPES)
}

/// Makes sure that a request is one that a stream can be.
///
/// # Errors
/// 415 when the body is encoded or not UTF-8 by its own account; 400 for a request of upserts.
pub(crate) fn check(request: &Request) -> Result<()> {
    check_media_type(request, &MEDIA_TYPES)?;
    match Existing::of(request)? {
        None => Ok(()),
        Some(_) => {
            let message = "A stream makes new rows alone.";
            Err(Error::field(ON_CONFLICT, "invalid", message))
        }
    }
}

/// `POST` of lines, each an object: they become rows part by part, `size` at a time, in one
/// transaction. So does the answer, which is that to an array of them.
pub(crate) fn stream<V: ViewSet>(
    limits: Limits,
    size: usize,
    viewset: &V,
    cx: &mut Context,
) -> Result<Reply> {
    let preferences = Preferences::of(cx.request())?;
    let mut told = Told::new(preferences, Some(wanted::<V::Serializer>(cx)?));
    let spool = cx.request().spool.clone();
    let spool = spool.ok_or_else(|| Error::internal("the body was not kept in a file"))?;
    preferences.transaction(cx, |cx| {
        let reader = spool.reader();
        let reader = reader.map_err(|error| Error::unavailable().with_source(error))?;
        let mut lines = Lines::new(reader);
        viewset.before(Action::Create, cx)?;
        loop {
            let drafts = lines.next_rows::<InputOf<V::Create>>(size)?;
            if drafts.is_empty() {
                break;
            }
            if told.len() + drafts.len() > limits.rows {
                return Err(too_many(limits.rows));
            }
            let rows = part(Rows::at(told.len(), drafts), viewset, preferences, cx)?;
            told.add::<V::Serializer>(rows, cx)?;
            told.spill()?;
            cx.checkpoint()?;
        }
        if told.len() == 0 {
            return Err(Error::validation(whole(
                "empty",
                "This list may not be empty.",
            )));
        }
        Ok(told.reply::<V::Model>("created"))
    })
}

/// Writes a part of the rows.
fn part<V: ViewSet>(
    rows: Rows<Result<Draft<InputOf<V::Create>>>>,
    viewset: &V,
    preferences: Preferences,
    cx: &mut Context,
) -> Result<Rows<Done<V::Model>>> {
    let rows = rows.try_map(|draft| {
        let mut draft = draft?;
        give_parent(&mut draft, cx);
        Ok(draft)
    })?;
    let rows = new_rows(rows, cx)?.unless_wrong(preferences.partial)?;
    perform(Creation, viewset, rows, preferences.partial, cx)
}

fn too_many(most: usize) -> Error {
    let message = format!("Ensure this list has no more than {most} rows.");
    Error::validation(whole("max_length", message))
}

/// What is wrong with the body as a whole.
fn whole(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field(code, message);
    errors
}
