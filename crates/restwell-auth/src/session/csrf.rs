//! Protection against requests that another site makes a browser send.
//!
//! A token is random, signed, and bound to the session: a page of the application reads it from its
//! cookie and sends it back in a header, which no page of another site can.

use restwell_core::{Error, Result, Signer};
use restwell_db::Context;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{Sessions, cookie, origin};

const PURPOSE: &str = "restwell.csrf";
const NONCE: usize = 16;

/// A fresh token for a session, or for a browser that has none.
pub(super) fn sign(signer: &Signer, session: Option<Uuid>) -> Result<String> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(Error::internal)?;
    let bound = session.map(Uuid::into_bytes);
    let payload = [&nonce[..], bound.as_ref().map_or(&[], |id| id)].concat();
    Ok(signer.sign(PURPOSE, &payload))
}

/// The token that the browser has for its session, or a fresh one.
pub(crate) fn token(cx: &Context, sessions: &Sessions, session: Option<Uuid>) -> Result<String> {
    match cookie::get(cx.request(), &sessions.csrf_cookie_name()) {
        Some(token) if is_bound(cx, token, session)? => Ok(token.to_owned()),
        _ => sign(cx.state::<Signer>()?, session),
    }
}

/// Makes sure that a request of a browser, which has this session, was made by the application.
///
/// # Errors
/// 403 in the words of DRF.
pub(crate) fn check(cx: &Context, sessions: &Sessions, session: Option<Uuid>) -> Result<()> {
    let request = cx.request();
    origin::check(sessions, request).map_err(|reason| failed(&reason))?;
    let cookie = cookie::get(request, &sessions.csrf_cookie_name())
        .filter(|cookie| !cookie.is_empty())
        .ok_or_else(|| failed("CSRF cookie not set."))?;
    let header = request.headers.get("x-csrftoken").unwrap_or_default();
    if header.is_empty() {
        return Err(failed("CSRF token missing."));
    }
    let is_same = bool::from(cookie.as_bytes().ct_eq(header.as_bytes()));
    if is_same && is_bound(cx, cookie, session)? {
        return Ok(());
    }
    Err(failed(
        "CSRF token from the 'X-Csrftoken' HTTP header incorrect.",
    ))
}

/// Whether `token` was made here, and for this session.
fn is_bound(cx: &Context, token: &str, session: Option<Uuid>) -> Result<bool> {
    let payload = cx.state::<Signer>()?.verify(PURPOSE, token, cx.clock());
    let bound = payload.ok().and_then(|payload| {
        let (_, bound) = payload.split_at_checked(NONCE)?;
        Some(
            bound
                == session
                    .map(Uuid::into_bytes)
                    .as_ref()
                    .map_or(&[][..], |id| id),
        )
    });
    Ok(bound.unwrap_or(false))
}

fn failed(reason: &str) -> Error {
    Error::new(403, "permission_denied", format!("CSRF Failed: {reason}"))
}
