use restwell_core::{Error, Result, write_json_string};
use restwell_db::{Context, Model};
use restwell_serializers::{Json, Mask, Representation, ToRepresentation};
use restwell_views::{ContentWriter, Reply, ViewSet};

use crate::preferences::Preferences;
use crate::rows::Rows;

/// A row that is done.
pub(crate) struct Done<M> {
    pub(crate) row: M,
    /// The status of the answer to a request about it alone.
    pub(crate) status: u16,
}

/// What has become of rows that were all done together.
pub(crate) fn answer<V: ViewSet>(
    rows: Rows<Done<V::Model>>,
    done: &str,
    (preferences, shown): (Preferences, Option<Mask>),
    cx: &mut Context,
) -> Result<Reply> {
    let mut told = Told::new(preferences, shown);
    told.add::<V::Serializer>(rows, cx)?;
    Ok(told.reply::<V::Model>(done))
}

/// What is told of rows, part by part: all of them as they are now, or, where some may be refused
/// and others not, what has become of each.
pub(crate) struct Told {
    preferences: Preferences,
    /// The fields that are shown, where rows are.
    shown: Option<Mask>,
    succeeded: usize,
    failed: usize,
    status: u16,
    rows: ContentWriter,
}

impl Told {
    pub(crate) fn new(preferences: Preferences, shown: Option<Mask>) -> Self {
        Self {
            preferences,
            shown: shown.filter(|_| !preferences.minimal),
            succeeded: 0,
            failed: 0,
            status: 200,
            rows: ContentWriter::new(),
        }
    }

    /// How many rows there were.
    pub(crate) fn len(&self) -> usize {
        self.succeeded + self.failed
    }

    /// Tells of the next rows.
    pub(crate) fn add<R: Representation>(
        &mut self,
        rows: Rows<Done<R::Model>>,
        cx: &mut Context,
    ) -> Result<()> {
        let (rows, results) = parted(rows.into_outcomes(), self.preferences);
        let shown = match self.shown {
            Some(mask) => Some((mask, R::load(&rows, mask, cx)?)),
            None => None,
        };
        self.rows.buffer().reserve(512 * results.len());
        let mut rows = rows.iter().enumerate();
        for result in results {
            let row = if result.is_ok() { rows.next() } else { None };
            let shown = row.zip(shown.as_ref());
            self.begin(&result, shown.is_some());
            if let Some(((at, row), (mask, loaded))) = shown {
                R::write(row, at, loaded, *mask, cx, self.rows.buffer());
            }
            self.end();
        }
        Ok(())
    }

    /// Tells what has become of the next row, up to the row, where it is shown.
    fn begin(&mut self, result: &Result<u16>, is_shown: bool) {
        let place = self.len();
        match result {
            Ok(status) => {
                self.succeeded += 1;
                self.status = self.status.max(*status);
            }
            Err(_) => self.failed += 1,
        }
        let out = self.rows.buffer();
        let partial = self.preferences.partial;
        if place > 0 && (partial || is_shown) {
            out.push(b',');
        }
        if partial {
            begin_result(place, result, out);
        }
        if partial && is_shown {
            out.extend_from_slice(b",\"data\":");
        }
    }

    /// Ends what is told of a row.
    fn end(&mut self) {
        if self.preferences.partial {
            self.rows.buffer().push(b'}');
        }
    }

    /// Keeps no more of it in memory than is short.
    pub(crate) fn spill(&mut self) -> Result<()> {
        self.rows.spill()
    }

    /// The answer, with 207 wherever some rows might have been refused.
    pub(crate) fn reply<M: Model>(self, done: &str) -> Reply {
        let preferences = self.preferences;
        let message = preferences.message(message::<M>(self.succeeded, done));
        let (status, head, tail): (_, _, &[u8]) = if preferences.partial {
            (207, head(self.succeeded, self.failed), b"]}")
        } else if self.shown.is_some() {
            (self.status, vec![b'['], b"]")
        } else {
            (self.status, b"null".to_vec(), b"")
        };
        let data = self.rows.finish().between(head, tail);
        let reply = Reply::data(data).status(status).message(message);
        if preferences.minimal {
            reply.header("preference-applied", "return=minimal")
        } else {
            reply
        }
    }
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

/// How many rows are done and how many are not, up to the results of each.
fn head(succeeded: usize, failed: usize) -> Vec<u8> {
    let mut out = vec![b'{'];
    number("succeeded", succeeded, &mut out);
    out.push(b',');
    number("failed", failed, &mut out);
    out.extend_from_slice(b",\"results\":[");
    out
}

/// The place of a row and its status, or what is wrong with it.
fn begin_result(place: usize, result: &Result<u16>, out: &mut Vec<u8>) {
    out.push(b'{');
    number("index", place, out);
    out.push(b',');
    match result {
        Ok(status) => number("status", (*status).into(), out),
        Err(error) => failure(error, out),
    }
}

/// The status, code, message and errors of a row, as the envelope has them of a request; its errors
/// are those that stand at its place where no row is done.
fn failure(error: &Error, out: &mut Vec<u8>) {
    number("status", error.status().into(), out);
    for (name, text) in [("code", error.code()), ("message", error.message())] {
        out.push(b',');
        write_json_string(name, out);
        out.push(b':');
        write_json_string(text, out);
    }
    let errors = error.members();
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
