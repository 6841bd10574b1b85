//! Times as the API writes them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// With a fraction of six digits where it is not zero.
pub(crate) fn short<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    let form = if time.timestamp_subsec_micros() == 0 {
        SecondsFormat::Secs
    } else {
        SecondsFormat::Micros
    };
    to.serialize_str(&time.to_rfc3339_opts(form, true))
}

/// As [`short`], or null.
pub(crate) fn short_or_null<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => short(time, to),
        None => to.serialize_none(),
    }
}

/// Always with a fraction of six digits.
pub(crate) fn long<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
}
