//! Logging browsers in and out.

use restwell_auth::{Auth, UserModel};
use restwell_core::Result;
use restwell_db::Context;
use restwell_views::{Reply, body_of};
use serde_json::json;

use super::body::{Body, Credentials};

pub(super) fn show<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let (token, cookie) = Auth::<U>::of(cx)?.csrf_token(cx)?;
    let is_authenticated = cx.principal().is_authenticated();
    let reply = Reply::json(&json!({"is_authenticated": is_authenticated, "csrf_token": token}));
    Ok(with_cookies(reply, vec![cookie]))
}

pub(super) fn log_in<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let body = body_of::<Body<Credentials, U>>(cx)?.input;
    let (login, password) = Credentials::of(&body);
    let (_, cookies) = Auth::<U>::of(cx)?.log_in_browser(cx, login, password)?;
    Ok(with_cookies(Reply::no_content(), cookies))
}

pub(super) fn log_out<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let cookies = Auth::<U>::of(cx)?.log_out_browser(cx)?;
    Ok(with_cookies(Reply::no_content(), cookies))
}

fn with_cookies(reply: Reply, cookies: Vec<String>) -> Reply {
    let reply = reply.header("cache-control", "no-store");
    let add = |reply: Reply, cookie| reply.header("set-cookie", cookie);
    cookies.into_iter().fold(reply, add)
}
