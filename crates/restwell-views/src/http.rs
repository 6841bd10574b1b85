//! Between actix and the pipeline.

mod accept;
mod read;
mod render;
mod send;
mod serve;
mod spool;

use std::borrow::Cow;

use crate::Content;

pub(crate) use accept::negotiate;
pub(crate) use render::{render_error, render_reply};
pub(crate) use serve::{serve, unknown_route};
pub(crate) use spool::Spools;

/// An answer, finished.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: Cow<'static, str>,
    /// Other headers.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body; `None` for an answer that has none.
    pub body: Option<Content>,
}
