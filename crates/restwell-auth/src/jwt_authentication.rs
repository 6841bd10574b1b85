//! Authentication with access tokens.

use std::fmt;

use restwell_core::{Authenticator, Error, Principal, Result};
use restwell_db::Context;

use crate::user_model::find;
use crate::{Auth, TokenType, UserModel, header};

/// Authenticates requests with `Authorization: Bearer <access token>`.
///
/// The user is read with one query, so that one who was deactivated or deleted is out at once. The
/// row is attached to the principal's [`Identity`](restwell_core::Identity), where
/// `identity.get::<User>()` finds it. Headers of other schemes are left to other authenticators.
pub struct JwtAuthentication<U> {
    auth: Auth<U>,
    realm: &'static str,
}

impl<U> Clone for JwtAuthentication<U> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
            realm: self.realm,
        }
    }
}

impl<U> fmt::Debug for JwtAuthentication<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAuthentication")
            .field("auth", &self.auth)
            .field("realm", &self.realm)
            .finish()
    }
}

impl<U: UserModel> JwtAuthentication<U> {
    /// Accepts the access tokens of `auth`.
    pub fn new(auth: Auth<U>) -> Self {
        Self { auth, realm: "api" }
    }

    /// Sets the realm that the challenge names, `api` by default.
    #[must_use]
    pub fn realm(mut self, realm: &'static str) -> Self {
        self.realm = realm;
        self
    }
}

impl<U: UserModel> Authenticator<Context> for JwtAuthentication<U> {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let Some(authorization) = cx.request().headers.get("authorization") else {
            return Ok(None);
        };
        let Some(token) = header::bearer(authorization)? else {
            return Ok(None);
        };
        let claims = self
            .auth
            .jwt()
            .verify(token, TokenType::Access, cx.clock())?;
        match find::<U>(cx, &claims.user_id)? {
            Some(user) if user.may_authenticate() => self.auth.principal(cx, user).map(Some),
            _ => Err(Error::authentication_failed("User inactive or deleted.")),
        }
    }

    fn challenge(&self) -> String {
        format!("Bearer realm=\"{}\"", self.realm)
    }
}
