//! Passwords may be guessed at only so often.

use std::sync::Arc;

use restwell_core::{Attempt, Result, Throttle};
use restwell_db::Context;

/// The scope of the throttle whose rates bound how often logins fail, for an account and for an
/// address.
pub const LOGIN_SCOPE: &str = "login";

/// Lets `check` compare the password of the account `login`, unless too many have been wrong. Only
/// a wrong one stays counted.
///
/// The account is the text that the client sent, so that nobody learns which texts belong to one.
///
/// # Errors
/// 429 before `check` has done anything, or what `check` returns.
pub(super) fn limited<T>(
    cx: &mut Context,
    login: &str,
    check: impl FnOnce(&mut Context) -> Result<T>,
) -> Result<T> {
    let Ok(throttle) = cx.state::<Arc<dyn Throttle>>().cloned() else {
        return check(cx);
    };
    let account = login.trim().to_lowercase();
    let attempt = Attempt::new(LOGIN_SCOPE, account, cx.request().client);
    let counted = throttle.attempt(&attempt, cx.now())?;
    let outcome = check(cx);
    let is_wrong = outcome
        .as_ref()
        .is_err_and(|error| !error.is_server_error());
    if let Some(counted) = counted.filter(|_| !is_wrong) {
        throttle.take_back(&attempt, counted, cx.clock().now());
    }
    outcome
}
