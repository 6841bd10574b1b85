use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Authenticator, Error, Principal, Result};
use restwell_db::Context;
use secrecy::ExposeSecret;

use crate::{Auth, UserModel, header};

/// Authenticates requests with `Authorization: Basic` (RFC 7617, in UTF-8), for tools.
///
/// Every request hashes the password, which takes tens of milliseconds of CPU: programs that ask
/// often are better off with an API token. It is no login: the time of the last one stays.
pub struct BasicAuthentication<U> {
    realm: &'static str,
    model: PhantomData<fn() -> U>,
}

impl<U> fmt::Debug for BasicAuthentication<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicAuthentication")
            .field("realm", &self.realm)
            .finish()
    }
}

impl<U: UserModel> Default for BasicAuthentication<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: UserModel> BasicAuthentication<U> {
    /// The scheme `Basic`, with the realm `api`.
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

impl<U: UserModel> Authenticator<Context> for BasicAuthentication<U> {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let Some(authorization) = cx.request().headers.get("authorization") else {
            return Ok(None);
        };
        let Some(credentials) = header::basic(authorization)? else {
            return Ok(None);
        };
        let (auth, password) = (Auth::<U>::of(cx)?, credentials.password.expose_secret());
        match auth.authenticate(cx, &credentials.username, password) {
            Ok(user) => auth.principal(cx, user).map(Some),
            Err(error) if error.status() == 401 => Err(refused()),
            Err(error) => Err(error),
        }
    }

    fn challenge(&self) -> String {
        format!("Basic realm=\"{}\", charset=\"UTF-8\"", self.realm)
    }
}

/// DRF's words, for whatever is wrong.
fn refused() -> Error {
    Error::authentication_failed("Invalid username/password.")
}
