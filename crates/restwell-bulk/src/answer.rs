use restwell_core::{Action, Error, Result, write_json_string};
use restwell_db::{Context, Model};
use restwell_serializers::{Json, Mask, Representation, ToRepresentation, represent_many};
use restwell_views::{Reply, ViewSet};

use crate::preferences::Preferences;
use crate::rows::Rows;

/// What has become of rows: all of them as they are now, or, where some were refused and others
/// not, 207 with what has become of each.
pub(crate) fn answer<V: ViewSet>(
    rows: Rows<V::Model>,
    each: Action,
    preferences: Preferences,
    mask: Mask,
    cx: &mut Context,
) -> Result<Reply> {
    let status = preferences.status(if each == Action::Create { 201 } else { 200 });
    let outcomes = rows.into_outcomes();
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let message = preferences.message(message::<V::Model>(done, each));
    let mut out = Vec::with_capacity(512 * outcomes.len());
    let reply = if preferences.partial {
        let shown = (!preferences.minimal && each != Action::Destroy).then_some(mask);
        let (rows, errors) = parted(outcomes);
        Results {
            status,
            done,
            shown,
        }
        .write::<V::Serializer>(&rows, &errors, cx, &mut out)?;
        Reply::data(out).status(207)
    } else if preferences.minimal {
        Reply::data(b"null".to_vec()).status(status)
    } else {
        let rows: Vec<V::Model> = outcomes.into_iter().flatten().collect();
        represent_many::<V::Serializer>(&rows, mask, cx, &mut out)?;
        Reply::data(out).status(status)
    };
    let reply = reply.message(message);
    Ok(if preferences.minimal {
        reply.header("preference-applied", "return=minimal")
    } else {
        reply
    })
}

/// The rows that are done, in their order, and by place what is wrong with the others.
fn parted<M>(outcomes: Vec<Result<M>>) -> (Vec<M>, Vec<Option<Error>>) {
    let mut rows = Vec::with_capacity(outcomes.len());
    let errors = outcomes.into_iter().map(|outcome| match outcome {
        Ok(row) => {
            rows.push(row);
            None
        }
        Err(error) => Some(error),
    });
    let errors = errors.collect();
    (rows, errors)
}

/// What is told of each row.
struct Results {
    /// The status of a row that is done.
    status: u16,
    /// How many are.
    done: usize,
    /// What is shown of one, if anything.
    shown: Option<Mask>,
}

impl Results {
    fn write<R: Representation>(
        &self,
        rows: &[R::Model],
        errors: &[Option<Error>],
        cx: &mut Context,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let loaded = match self.shown {
            Some(mask) => Some((mask, R::load(rows, mask, cx)?)),
            None => None,
        };
        let counts = [
            ("succeeded", self.done),
            ("failed", errors.len() - self.done),
        ];
        for (at, (name, count)) in counts.into_iter().enumerate() {
            out.push(if at == 0 { b'{' } else { b',' });
            number(name, count, out);
        }
        out.extend_from_slice(b",\"results\":[");
        let mut done = rows.iter().enumerate();
        for (place, error) in errors.iter().enumerate() {
            out.extend_from_slice(if place == 0 { b"{" } else { b",{" });
            number("index", place, out);
            out.push(b',');
            match error {
                Some(error) => failure(error, out),
                None => {
                    number("status", self.status.into(), out);
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
pub(crate) fn message<M: Model>(count: usize, each: Action) -> String {
    let name = if count == 1 {
        M::META.verbose_name
    } else {
        M::META.verbose_name_plural
    };
    let done = match each {
        Action::Create => "created",
        Action::Destroy => "deleted",
        _ => "updated",
    };
    format!("{count} {name} {done} successfully")
}
