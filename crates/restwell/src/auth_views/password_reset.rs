//! A new password for who forgot theirs.

use restwell_auth::{Auth, MailQueue, UserModel};
use restwell_core::Result;
use restwell_db::Context;
use restwell_views::{Reply, body_of};
use serde_json::Value;

use super::body::{Address, Body, Reset};

/// Answers the same whether there is such a user or not.
pub(super) fn ask<U: UserModel>(cx: &mut Context, mails: &MailQueue) -> Result<Reply> {
    let body = body_of::<Body<Address, U>>(cx)?.input;
    let mail = Auth::<U>::of(cx)?.password_reset_mail(cx, body.text(Address::EMAIL))?;
    if let Some(mail) = mail {
        let mails = mails.clone();
        cx.on_commit(move || mails.push(mail));
    }
    let message = "If there is an account with this address, a mail is on its way.";
    Ok(Reply::json(&Value::Null).status(202).message(message))
}

pub(super) fn confirm<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let body = body_of::<Body<Reset, U>>(cx)?.input;
    let (token, new) = (body.text(Reset::TOKEN), body.text(Reset::NEW));
    Auth::<U>::of(cx)?.reset_password(cx, token, new)?;
    Ok(Reply::no_content())
}
