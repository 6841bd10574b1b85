use std::borrow::Cow;

use restwell_core::{Result, write_json_string};
use restwell_db::Context;
use restwell_serializers::{Json, Representation, ToRepresentation, represent_many};

use crate::Content;
use crate::actions::{shown, wanted};

/// What an action answers: data for the envelope, a message, a status and headers.
#[derive(Clone, Debug)]
#[must_use]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) message: Cow<'static, str>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

/// What stands in the body.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Nothing.
    None,
    /// JSON, inside the envelope.
    Data(Content),
    /// Other content, as it is.
    Raw {
        content_type: &'static str,
        content: Content,
    },
}

impl Reply {
    /// 200 with data that is JSON already: bytes, or what a
    /// [`ContentWriter`](crate::ContentWriter) wrote.
    pub fn data(json: impl Into<Content>) -> Self {
        Self {
            status: 200,
            message: Cow::Borrowed("Request successful"),
            headers: Vec::new(),
            body: Body::Data(json.into()),
        }
    }

    /// 200 with any value that serde can serialize.
    pub fn json(value: &impl serde::Serialize) -> Self {
        let mut out = Vec::with_capacity(256);
        Json(value).write(&mut out);
        Self::data(out)
    }

    /// 200 with a row: all of it that the principal may see, or what `?fields=` names, and its
    /// entity tag where the model counts versions.
    ///
    /// # Errors
    /// 400 when `?fields=` names what is no field; 503 when the database is away.
    pub fn object<R: Representation>(row: &R::Model, cx: &mut Context) -> Result<Self> {
        let mask = wanted::<R>(cx)?;
        shown::<R>(row, mask, cx)
    }

    /// 200 with rows, like [`object`](Self::object), without a tag.
    ///
    /// # Errors
    /// As for [`object`](Self::object).
    pub fn list<R: Representation>(rows: &[R::Model], cx: &mut Context) -> Result<Self> {
        let mask = wanted::<R>(cx)?;
        let mut out = Vec::with_capacity(256 + 512 * rows.len());
        represent_many::<R>(rows, mask, cx, &mut out)?;
        Ok(Self::data(out))
    }

    /// 204 without a body.
    pub fn no_content() -> Self {
        Self {
            status: 204,
            message: Cow::Borrowed(""),
            headers: Vec::new(),
            body: Body::None,
        }
    }

    /// 200 with content that goes out as it is, without the envelope: bytes, or what a
    /// [`ContentWriter`](crate::ContentWriter) wrote.
    pub fn raw(content_type: &'static str, content: impl Into<Content>) -> Self {
        Self {
            status: 200,
            message: Cow::Borrowed(""),
            headers: Vec::new(),
            body: Body::Raw {
                content_type,
                content: content.into(),
            },
        }
    }

    /// Sets the status. A status outside 200 to 399 is taken for 200: failures are errors.
    pub fn status(mut self, status: u16) -> Self {
        self.status = if (200..400).contains(&status) {
            status
        } else {
            200
        };
        self
    }

    /// Sets what the envelope tells a person.
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The header `name`, which is given in lower case.
    pub(crate) fn header_value(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Appends `"key":` and a text or null.
pub(crate) fn member(key: &str, value: Option<&str>, out: &mut Vec<u8>) {
    write_json_string(key, out);
    out.push(b':');
    match value {
        Some(text) => write_json_string(text, out),
        None => out.extend_from_slice(b"null"),
    }
}
