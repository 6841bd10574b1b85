use restwell_core::Result;
use restwell_db::Context;
use uuid::Uuid;

use super::Auth;
use super::login::{admit, noted};
use crate::session::{Current, check_csrf, csrf_token, end};
use crate::{Sessions, UserModel};

impl<U: UserModel> Auth<U> {
    /// How sessions are kept.
    pub fn sessions(&self) -> &Sessions {
        &self.parts.sessions
    }

    /// Logs a user in like [`log_in`](Self::log_in), in a session that takes the place of the one
    /// that the browser had. It returns the values of `Set-Cookie`.
    ///
    /// # Errors
    /// 403 when another site made the browser send the request; otherwise as
    /// [`authenticate`](Self::authenticate).
    pub fn log_in_browser(
        &self,
        cx: &mut Context,
        login: &str,
        password: &str,
    ) -> Result<(U, Vec<String>)> {
        let before = self.sessions().find(cx)?.map(|session| session.id);
        check_csrf(cx, self.sessions(), before)?;
        let checked = self.check(cx, login, password)?;
        let cookies = cx.atomic(|cx| {
            let changes = noted(cx);
            admit(cx, &checked, changes)?;
            if let Some(before) = before {
                end(cx, before)?;
            }
            self.sessions().begin(cx, &checked.user.key())
        })?;
        Ok((checked.user, cookies))
    }

    /// Ends the session with which the request of `cx` was authenticated, if there is one. It
    /// returns the values of `Set-Cookie`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn log_out_browser(&self, cx: &mut Context) -> Result<Vec<String>> {
        if let Some(session) = Self::current_session(cx) {
            end(cx, session)?;
        }
        Ok(self.sessions().forget())
    }

    /// The CSRF token of the browser, and the value of `Set-Cookie` with it.
    ///
    /// # Errors
    /// 500 when the application has no [`Signer`](restwell_core::Signer) in its state.
    pub fn csrf_token(&self, cx: &Context) -> Result<(String, String)> {
        let token = csrf_token(cx, self.sessions(), Self::current_session(cx))?;
        let cookie = self.sessions().give_csrf(&token);
        Ok((token, cookie))
    }

    /// The session with which the request was authenticated.
    pub(super) fn current_session(cx: &Context) -> Option<Uuid> {
        cx.local::<Current>().map(|Current(session)| *session)
    }
}
