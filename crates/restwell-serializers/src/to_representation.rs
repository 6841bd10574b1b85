use std::collections::{BTreeMap, HashMap};

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use restwell_core::{Key, time, write_json_string};
use uuid::Uuid;

/// A value that can stand in an answer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a representation",
    note = "wrap a value that serde can serialize in `Json(…)`, derive `Choices` for an enum, or mark a nested serializer with `#[field(nested)]`"
)]
pub trait ToRepresentation {
    /// Appends the value as JSON.
    fn write(&self, out: &mut Vec<u8>);
}

/// Any value that serde can serialize, as a value of a representation.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: serde::Serialize> ToRepresentation for Json<T> {
    /// A value that serde refuses, such as a map with keys that are no text, is written as null.
    fn write(&self, out: &mut Vec<u8>) {
        let before = out.len();
        if serde_json::to_writer(&mut *out, &self.0).is_err() {
            out.truncate(before);
            out.extend_from_slice(b"null");
        }
    }
}

impl<T: ToRepresentation> ToRepresentation for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: ToRepresentation> ToRepresentation for [T] {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (i, value) in self.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            value.write(out);
        }
        out.push(b']');
    }
}

impl<T: ToRepresentation> ToRepresentation for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_slice().write(out);
    }
}

impl<T: ToRepresentation + ?Sized> ToRepresentation for &T {
    fn write(&self, out: &mut Vec<u8>) {
        (**self).write(out);
    }
}

impl ToRepresentation for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

macro_rules! integers {
    ($($type:ty),*) => {
        $(impl ToRepresentation for $type {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(itoa::Buffer::new().format(*self).as_bytes());
            }
        })*
    };
}
integers!(i16, i32, i64, u16, u32, u64, usize);

impl ToRepresentation for f64 {
    /// JSON has neither NaN nor infinity: they are written as null.
    fn write(&self, out: &mut Vec<u8>) {
        if self.is_finite() {
            out.extend_from_slice(ryu::Buffer::new().format_finite(*self).as_bytes());
        } else {
            out.extend_from_slice(b"null");
        }
    }
}

impl ToRepresentation for str {
    fn write(&self, out: &mut Vec<u8>) {
        write_json_string(self, out);
    }
}

impl ToRepresentation for String {
    fn write(&self, out: &mut Vec<u8>) {
        write_json_string(self, out);
    }
}

impl ToRepresentation for Uuid {
    fn write(&self, out: &mut Vec<u8>) {
        let mut text = Self::encode_buffer();
        let text = self.as_hyphenated().encode_lower(&mut text);
        quoted(text.as_bytes(), out);
    }
}

impl ToRepresentation for Key {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(key) => key.write(out),
            Self::Uuid(key) => key.write(out),
            Self::Text(key) => key.write(out),
        }
    }
}

impl ToRepresentation for DateTime<Utc> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        time::write_datetime(self, out);
        out.push(b'"');
    }
}

impl ToRepresentation for NaiveDate {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        time::write_date(*self, out);
        out.push(b'"');
    }
}

impl ToRepresentation for NaiveTime {
    fn write(&self, out: &mut Vec<u8>) {
        let format = if self.nanosecond() == 0 {
            "%H:%M:%S"
        } else {
            "%H:%M:%S%.6f"
        };
        quoted(self.format(format).to_string().as_bytes(), out);
    }
}

impl ToRepresentation for TimeDelta {
    /// `[DD ]HH:MM:SS[.uuuuuu]`, as Django's `duration_string`: of a negative one the days alone
    /// have a sign.
    fn write(&self, out: &mut Vec<u8>) {
        const SECONDS_OF_A_DAY: i64 = 86_400;
        let whole = self.num_seconds() - i64::from(self.subsec_nanos() < 0);
        let micros = self.subsec_nanos().rem_euclid(1_000_000_000) / 1_000;
        let days = whole.div_euclid(SECONDS_OF_A_DAY);
        let seconds = whole.rem_euclid(SECONDS_OF_A_DAY);
        let mut text = match days {
            0 => String::new(),
            days => format!("{days} "),
        };
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        text += &format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
        if micros > 0 {
            text += &format!(".{micros:06}");
        }
        quoted(text.as_bytes(), out);
    }
}

impl<T: ToRepresentation> ToRepresentation for BTreeMap<String, T> {
    fn write(&self, out: &mut Vec<u8>) {
        write_members(self.iter(), out);
    }
}

impl<T: ToRepresentation, S> ToRepresentation for HashMap<String, T, S> {
    /// By the order of the keys, so that the same map is always the same text.
    fn write(&self, out: &mut Vec<u8>) {
        let mut members: Vec<_> = self.iter().collect();
        members.sort_unstable_by_key(|(key, _)| *key);
        write_members(members.into_iter(), out);
    }
}

fn write_members<'a, T: ToRepresentation + 'a>(
    members: impl Iterator<Item = (&'a String, &'a T)>,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    for (i, (key, value)) in members.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        key.write(out);
        out.push(b':');
        value.write(out);
    }
    out.push(b'}');
}

impl ToRepresentation for BigDecimal {
    /// As a string: a JSON number would lose digits in most clients.
    fn write(&self, out: &mut Vec<u8>) {
        quoted(self.to_plain_string().as_bytes(), out);
    }
}

impl ToRepresentation for serde_json::Value {
    fn write(&self, out: &mut Vec<u8>) {
        Json(self).write(out);
    }
}

/// Text that needs no escapes.
fn quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}
