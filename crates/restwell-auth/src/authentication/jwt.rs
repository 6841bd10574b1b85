use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Authenticator, Principal, Result};
use restwell_db::Context;

use crate::{Auth, TokenType, UserModel, header};

/// Authenticates requests with `Authorization: Bearer <access token>`.
///
/// The tokens are those of the [`Auth<U>`](Auth) in the state of the API. The user is read with one
/// query, so that one who was deactivated or deleted is out at once, and so is a token whose login
/// has ended. The row is attached to the
/// principal's [`Identity`](restwell_core::Identity), where `identity.get::<User>()` finds it.
/// Headers of other schemes are left to other authenticators.
pub struct JwtAuthentication<U> {
    realm: &'static str,
    model: PhantomData<fn() -> U>,
}

impl<U> fmt::Debug for JwtAuthentication<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAuthentication")
            .field("realm", &self.realm)
            .finish()
    }
}

impl<U: UserModel> Default for JwtAuthentication<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: UserModel> JwtAuthentication<U> {
    /// The scheme `Bearer`, with the realm `api`.
    pub fn new() -> Self {
        Self {
            realm: "api",
            model: PhantomData,
        }
    }

    /// Sets the realm that the challenge names.
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
        let auth = Auth::<U>::of(cx)?;
        let claims = auth.jwt().verify(token, TokenType::Access, cx.clock())?;
        auth.principal_of_token(cx, &claims).map(Some)
    }

    fn challenge(&self) -> String {
        format!("Bearer realm=\"{}\"", self.realm)
    }
}
