use restwell_core::{Error, Result, write_json_string};
use restwell_db::{Context, Model};
use restwell_serializers::{Json, Mask, Representation, ToRepresentation, represent_many};
use restwell_views::{Reply, ViewSet};

use crate::preferences::Preferences;
use crate::rows::Rows;

/// A row that is done.
pub(crate) struct Done<M> {
    pub(crate) row: M,
    /// The status of the answer to a request about it alone.
    pub(crate) status: u16,
}

/// What has become of rows: all of them as they are now, or, where some were refused and others
/// not, 207 with what has become of each.
pub(crate) fn answer<V: ViewSet>(
    rows: Rows<Done<V::Model>>,
    done: &str,
    (preferences, shown): (Preferences, Option<Mask>),
    cx: &mut Context,
) -> Result<Reply> {
    let shown = shown.filter(|_| !preferences.minimal);
    let (rows, results) = parted(rows.into_outcomes(), preferences);
    let message = preferences.message(message::<V::Model>(rows.len(), done));
    let mut out = Vec::with_capacity(512 * results.len());
    let status = if preferences.partial {
        write_results::<V::Serializer>(&rows, &results, shown, cx, &mut out)?;
        207
    } else {
        match shown {
            Some(mask) => represent_many::<V::Serializer>(&rows, mask, cx, &mut out)?,
            None => out.extend_from_slice(b"null"),
        }
        let statuses = results.iter().flatten();
        statuses.max().copied().unwrap_or(200)
    };
    let reply = Reply::data(out).status(status).message(message);
    Ok(if preferences.minimal {
        reply.header("preference-applied", "return=minimal")
    } else {
        reply
    })
}

/// The rows that are done, in their order, and by place the status of each or what is wrong with it.
fn parted<M>(
    outcomes: Vec<Result<Done<M>>>,
    preferences: Preferences,
) -> (Vec<M>, Vec<Result<u16>>) {
    let mut rows = Vec::with_capacity(outcomes.len());
    let results = outcomes.into_iter().map(|outcome| {
        outcome.map(|done| {
            rows.push(done.row);
            preferences.status(done.status)
        })
    });
    let results = results.collect();
    (rows, results)
}

/// What has become of each row, with those that are done as they are now, where they are shown.
fn write_results<R: Representation>(
    rows: &[R::Model],
    results: &[Result<u16>],
    shown: Option<Mask>,
    cx: &mut Context,
    out: &mut Vec<u8>,
) -> Result<()> {
    let loaded = match shown {
        Some(mask) => Some((mask, R::load(rows, mask, cx)?)),
        None => None,
    };
    out.push(b'{');
    number("succeeded", rows.len(), out);
    out.push(b',');
    number("failed", results.len() - rows.len(), out);
    out.extend_from_slice(b",\"results\":[");
    let mut done = rows.iter().enumerate();
    for (place, result) in results.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"{" } else { b",{" });
        number("index", place, out);
        out.push(b',');
        match result {
            Err(error) => failure(error, out),
            Ok(status) => {
                number("status", (*status).into(), out);
                if let (Some((at, row)), Some((mask, loaded))) = (done.next(), &loaded) {
                    out.extend_from_slice(b",\"data\":");
                    R::write(row, at, loaded, *mask, cx, out);
                }
            }
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    Ok(())
}

/// The status, code, message and errors of a row, as the envelope has them of a request.
fn failure(error: &Error, out: &mut Vec<u8>) {
    number("status", error.status().into(), out);
    for (name, text) in [("code", error.code()), ("message", error.message())] {
        out.push(b',');
        write_json_string(name, out);
        out.push(b':');
        write_json_string(text, out);
    }
    let errors = error.fields();
    for (name, value) in [("errors", errors.to_json()), ("details", errors.details())] {
        out.push(b',');
        write_json_string(name, out);
        out.push(b':');
        Json(&value).write(out);
    }
}

fn number(name: &str, value: usize, out: &mut Vec<u8>) {
    write_json_string(name, out);
    out.push(b':');
    out.extend_from_slice(value.to_string().as_bytes());
}

/// What the envelope tells a person: `3 posts created successfully`.
fn message<M: Model>(count: usize, done: &str) -> String {
    let name = if count == 1 {
        M::META.verbose_name
    } else {
        M::META.verbose_name_plural
    };
    format!("{count} {name} {done} successfully")
}
