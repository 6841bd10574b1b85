use std::borrow::Cow;

use restwell_core::envelope::Meta;
use restwell_core::{Envelope, Error};

use super::Response;
use crate::Reply;
use crate::reply::Body;

pub(crate) fn render_reply(envelope: &dyn Envelope, meta: &Meta<'_>, reply: Reply) -> Response {
    let (content_type, body) = match reply.body {
        Body::None => ("", None),
        Body::Raw {
            content_type,
            content,
        } => (content_type, Some(content)),
        Body::Data(data) => {
            let mut head = Vec::with_capacity(data.head.len() + 256);
            envelope.open(meta, &reply.message, &mut head);
            let mut content = data.behind(head);
            envelope.close(content.end());
            (envelope.content_type(), Some(content))
        }
    };
    let headers = reply.headers.into_iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (Cow::Borrowed(name), value))
        .collect();
    headers.push(("x-request-id".into(), meta.request_id.to_owned()));
    Response {
        status: reply.status,
        content_type: content_type.into(),
        headers,
        body,
    }
}

pub(crate) fn render_error(envelope: &dyn Envelope, meta: &Meta<'_>, error: &Error) -> Response {
    let mut out = Vec::with_capacity(512);
    envelope.error(meta, error, &mut out);
    let mut headers: Vec<_> = error
        .headers()
        .filter(|(name, _)| *name != "allow")
        .map(|(name, value)| (Cow::Borrowed(name), value.to_owned()))
        .collect();
    headers.push(("x-request-id".into(), meta.request_id.to_owned()));
    Response {
        status: error.status(),
        content_type: envelope.error_content_type().into(),
        headers,
        body: Some(out.into()),
    }
}
