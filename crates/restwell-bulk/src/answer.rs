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
    head(rows.len(), results.len() - rows.len(), out);
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

/// How many rows are done and how many are not, up to the results of each.
fn head(succeeded: usize, failed: usize, out: &mut Vec<u8>) {
    out.push(b'{');
    number("succeeded", succeeded, out);
    out.push(b',');
    number("failed", failed, out);
    out.extend_from_slice(b",\"results\":[");
}

/// What has become of any number of rows.
#[derive(Default)]
pub(crate) struct Summary {
    succeeded: usize,
    failed: usize,
    /// What is told of the first that failed, as JSON.
    told: Vec<u8>,
}

impl Summary {
    /// How many failures are told of.
    const MOST: usize = 1_000;

    /// How many rows there were.
    pub(crate) fn len(&self) -> usize {
        self.succeeded + self.failed
    }

    /// Takes in what has become of the next rows.
    pub(crate) fn add(&mut self, outcomes: Vec<Result<()>>) {
        for outcome in outcomes {
            let Err(error) = outcome else {
                self.succeeded += 1;
                continue;
            };
            if self.failed < Self::MOST {
                let separator: &[u8] = if self.told.is_empty() { b"{" } else { b",{" };
                let place = self.len();
                self.told.extend_from_slice(separator);
                number("index", place, &mut self.told);
                self.told.push(b',');
                failure(&error, &mut self.told);
                self.told.push(b'}');
            }
            self.failed += 1;
        }
    }

    pub(crate) fn answer<M: Model>(self, done: &str, preferences: Preferences) -> Reply {
        let mut out = Vec::with_capacity(self.told.len() + 64);
        head(self.succeeded, self.failed, &mut out);
        out.extend_from_slice(&self.told);
        out.extend_from_slice(b"]}");
        let status = if preferences.partial {
            207
        } else {
            preferences.status(201)
        };
        let message = preferences.message(message::<M>(self.succeeded, done));
        Reply::data(out).status(status).message(message)
    }
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
