//! The shape of every answer.

mod plain;
mod problem;
mod service;
mod standard;

use std::fmt;

use chrono::{DateTime, Utc};

use crate::Error;

pub use plain::Plain;
pub use problem::Problem;
pub use service::Service;
pub use standard::Standard;

/// What an envelope tells of the request beside its data.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Meta<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The id of the request.
    pub request_id: &'a str,
    /// When the answer was made.
    pub timestamp: DateTime<Utc>,
    /// The path that was asked for.
    pub path: &'a str,
}

impl<'a> Meta<'a> {
    /// The facts of an answer.
    pub fn new(status: u16, request_id: &'a str, timestamp: DateTime<Utc>, path: &'a str) -> Self {
        Self {
            status,
            request_id,
            timestamp,
            path,
        }
    }
}

/// Wraps data and errors into the body that a client sees.
///
/// Data is written between [`open`](Self::open) and [`close`](Self::close), so that it is never
/// copied.
pub trait Envelope: fmt::Debug + Send + Sync + 'static {
    /// The media type of a success.
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    /// The media type of a failure.
    fn error_content_type(&self) -> &'static str {
        "application/json"
    }

    /// Writes what stands before the data of a success.
    fn open(&self, meta: &Meta<'_>, message: &str, out: &mut Vec<u8>);

    /// Writes what stands after the data of a success.
    fn close(&self, out: &mut Vec<u8>);

    /// Writes the whole body of a failure.
    fn error(&self, meta: &Meta<'_>, error: &Error, out: &mut Vec<u8>);
}
