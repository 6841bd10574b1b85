use std::fmt;
use std::marker::PhantomData;

use restwell_core::{Authenticator, Key, Principal, Result};
use restwell_db::Context;

use crate::{ApiToken, Auth, StoredToken, UserModel, header};

/// Authenticates requests with `Authorization: Token <API token>`.
///
/// The keyword is that of DRF's `TokenAuthentication`, and not `Bearer`: a request says which kind
/// of token it presents, so the order of schemes does not matter and each refuses its own. The user
/// must be active, and the token neither expired nor deleted.
pub struct TokenAuthentication<U> {
    realm: &'static str,
    model: PhantomData<fn() -> U>,
}

impl<U> fmt::Debug for TokenAuthentication<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAuthentication")
            .field("realm", &self.realm)
            .finish()
    }
}

impl<U: UserModel> Default for TokenAuthentication<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: UserModel> TokenAuthentication<U> {
    /// The scheme `Token`, with the realm `api`.
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

impl<U: UserModel> Authenticator<Context> for TokenAuthentication<U> {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let Some(authorization) = cx.request().headers.get("authorization") else {
            return Ok(None);
        };
        let Some(token) = header::token(authorization, "Token")? else {
            return Ok(None);
        };
        let token = ApiToken::parse(token)?;
        let row = StoredToken::of(cx, &token)?;
        let user = Key::from(row.user_key.clone());
        let principal = Auth::<U>::of(cx)?.principal_of(cx, &user)?;
        row.note_use(cx);
        Ok(Some(principal))
    }

    fn challenge(&self) -> String {
        format!("Token realm=\"{}\"", self.realm)
    }
}
