//! Logging in and out.

use restwell_auth::{Auth, TokenPair, UserModel};
use restwell_core::Result;
use restwell_db::Context;
use restwell_views::{Reply, body_of};
use serde_json::json;

use super::body::{Body, Credentials, Refresh};

pub(super) fn log_in<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let body = body_of::<Body<Credentials, U>>(cx)?.input;
    let (login, password) = Credentials::of(&body);
    let (_, tokens) = Auth::<U>::of(cx)?.log_in(cx, login, password)?;
    Ok(shown(&tokens))
}

pub(super) fn refresh<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let body = body_of::<Body<Refresh, U>>(cx)?.input;
    let tokens = Auth::<U>::of(cx)?.refresh(cx, body.text(Refresh::REFRESH))?;
    Ok(shown(&tokens))
}

pub(super) fn log_out<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let body = body_of::<Body<Refresh, U>>(cx)?.input;
    Auth::<U>::of(cx)?.log_out(cx, body.text(Refresh::REFRESH))?;
    Ok(Reply::no_content())
}

pub(super) fn log_out_everywhere<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let user = cx.require_user()?.clone();
    Auth::<U>::of(cx)?.log_out_everywhere(cx, &user)?;
    Ok(Reply::no_content())
}

/// Nothing on the way may keep tokens (RFC 6749, section 5.1).
fn shown(tokens: &TokenPair) -> Reply {
    let (access, refresh) = (tokens.access.as_str(), tokens.refresh.as_str());
    Reply::json(&json!({"access": access, "refresh": refresh})).header("cache-control", "no-store")
}
