//! Requests with an `Idempotency-Key`, whose answers are kept with what they report.

use std::borrow::Cow;

use restwell_core::{Claim, Error, IdempotencyStore, KeptAnswer, Method, Result};
use restwell_db::Context;

use crate::Reply;
use crate::api::Settings;
use crate::http::Response;

pub(crate) type Store = dyn IdempotencyStore<Context>;

/// The claim of a POST that accepts keys.
///
/// # Errors
/// 400 when the key is malformed.
pub(crate) fn claim(cx: &Context) -> Result<Option<Claim>> {
    if cx.request().method != Method::Post {
        return Ok(None);
    }
    Claim::of(cx.request(), cx.principal())
}

/// Does `work` and keeps its answer, all in one transaction; or gives the answer that was kept.
/// Failures are not kept: nothing was done.
///
/// # Errors
/// 400 when the answer is too long to be kept, and nothing was done then either.
pub(crate) fn answer_once(
    settings: &Settings,
    store: &Store,
    claim: &Claim,
    cx: &mut Context,
    work: impl FnOnce(&mut Context) -> Result<Reply>,
) -> Result<Response> {
    cx.atomic(|cx| {
        if let Some(kept) = store.claim(cx, claim)? {
            return Ok(again(kept, cx));
        }
        let reply = work(cx)?;
        let (id, path) = (cx.request().id.clone(), cx.request().path.clone());
        let response = settings.render(Ok(reply), &id, &path, cx.now());
        store.keep(cx, claim, &kept(&response)?)?;
        Ok(response)
    })
}

/// The header that is each answer's own.
const REQUEST_ID: &str = "x-request-id";

fn kept(response: &Response) -> Result<KeptAnswer> {
    let headers = response.headers.iter();
    let headers = headers
        .filter(|(name, _)| name != REQUEST_ID)
        .map(|(name, value)| (name.to_string(), value.clone()));
    let body = response.body.as_ref();
    let body = body.map(|content| content.bytes().ok_or_else(too_long));
    Ok(KeptAnswer {
        status: response.status,
        content_type: response.content_type.to_string(),
        headers: headers.collect(),
        body: body.transpose()?.map(<[u8]>::to_vec),
    })
}

fn too_long() -> Error {
    Error::new(
        400,
        "answer_too_long",
        "The answer is too long to be kept under an Idempotency-Key.",
    )
}

fn again(kept: KeptAnswer, cx: &Context) -> Response {
    let headers = kept.headers.into_iter();
    let mut headers: Vec<(Cow<'static, str>, String)> = headers
        .map(|(name, value)| (Cow::Owned(name), value))
        .collect();
    headers.push((REQUEST_ID.into(), cx.request().id.to_string()));
    headers.push(("idempotent-replayed".into(), "true".to_owned()));
    Response {
        status: kept.status,
        content_type: kept.content_type.into(),
        headers,
        body: kept.body.map(Into::into),
    }
}
