use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Authenticator, Key, Principal, Result};
use restwell_db::Context;

use crate::session::{Current, check_csrf};
use crate::user_model::find;
use crate::{Auth, UserModel};

/// Authenticates requests of browsers by the cookie of their session.
///
/// A request that may change something must come from a page of the same host, or of one that the
/// [`Sessions`](crate::Sessions) trust, and must repeat the CSRF token of its cookie as
/// `X-CSRFToken`; otherwise it is refused with 403. A cookie whose session has ended is passed over:
/// browsers send it by themselves. The cookies are signed by the [`Signer`](restwell_core::Signer)
/// in the state of the API.
pub struct SessionAuthentication<U> {
    model: PhantomData<fn() -> U>,
}

impl<U> fmt::Debug for SessionAuthentication<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionAuthentication")
    }
}

impl<U: UserModel> Default for SessionAuthentication<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: UserModel> SessionAuthentication<U> {
    /// The scheme of the sessions of `U`.
    pub fn new() -> Self {
        Self { model: PhantomData }
    }
}

impl<U: UserModel> Authenticator<Context> for SessionAuthentication<U> {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let auth = Auth::<U>::of(cx)?;
        let Some(session) = auth.sessions().find(cx)? else {
            return Ok(None);
        };
        let user = find::<U>(cx, &Key::from(session.user_key))?;
        let Some(user) = user.filter(U::may_authenticate) else {
            return Ok(None);
        };
        if !cx.request().method.is_safe() {
            check_csrf(cx, auth.sessions(), Some(session.id))?;
        }
        cx.set_local(Current(session.id));
        auth.principal(cx, user).map(Some)
    }

    /// No scheme is registered for cookies; browsers pass over one that they do not know.
    fn challenge(&self) -> String {
        "Session".to_owned()
    }
}
