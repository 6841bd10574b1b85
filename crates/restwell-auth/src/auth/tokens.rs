use restwell_core::{Error, Key, Principal, Result};
use restwell_db::{Context, Q};
use uuid::Uuid;

use super::{Auth, outside_transaction};
use crate::refresh_family::Current;
use crate::user_model::{find, find_among};
use crate::{Claims, TokenError, TokenPair, TokenType, UserModel, refresh_family, session};

impl<U: UserModel> Auth<U> {
    /// Begins a login of `user`, who has proved who they are in a way of your own, with its first
    /// tokens.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn issue(&self, cx: &mut Context, user: &U) -> Result<TokenPair> {
        let tokens = self.jwt().issue_pair(&user.key(), cx.clock())?;
        let family = family_of(tokens.refresh.claims())?;
        refresh_family::begin(cx, family, &tokens)?;
        Ok(tokens)
    }

    /// Exchanges a refresh token for the next pair. Each can be exchanged once: when one comes a
    /// second time, somebody else has it too, and the whole login is ended.
    ///
    /// # Errors
    /// 401 when the token is not authentic, has expired or was used, and when its user is not
    /// active any more; 500 inside a transaction, whose rollback would undo the end of the login.
    pub fn refresh(&self, cx: &mut Context, token: &str) -> Result<TokenPair> {
        outside_transaction(cx, "the exchange of a refresh token")?;
        let used = self.refresh_claims(cx, token)?;
        let family = family_of(&used)?;
        find::<U>(cx, &used.user_id)?
            .filter(U::may_authenticate)
            .ok_or_else(no_active_account)?;
        let tokens = self.jwt().rotate(&used, cx.clock())?;
        if refresh_family::advance(cx, family, &used, tokens.refresh.claims())? {
            return Ok(tokens);
        }
        if refresh_family::revoke(cx, family)? {
            let user = used.user_id.to_string();
            tracing::warn!(user, %family, "a used refresh token came again: the login is ended");
        }
        Err(TokenError::Revoked.in_body())
    }

    /// Ends the login that `token`, a refresh token, descends from, and all its access tokens.
    ///
    /// # Errors
    /// 401 when the token is not authentic or has expired.
    pub fn log_out(&self, cx: &mut Context, token: &str) -> Result<()> {
        let claims = self.refresh_claims(cx, token)?;
        refresh_family::revoke(cx, family_of(&claims)?).map(drop)
    }

    /// Ends all logins of `user`, sessions included, and returns how many they were. API tokens are no
    /// logins.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn log_out_everywhere(&self, cx: &mut Context, user: &Key) -> Result<usize> {
        cx.atomic(|cx| {
            let logins = refresh_family::revoke_all(cx, user, None)?;
            Ok(logins + session::end_all(cx, user, None)?)
        })
    }

    /// The user of an access token as the principal of a request.
    pub(crate) fn principal_of_token(
        &self,
        cx: &mut Context,
        claims: &Claims,
    ) -> Result<Principal> {
        let Some(family) = claims.family else {
            return self.principal_of(cx, &claims.user_id);
        };
        let lasts = Q::exists(refresh_family::present(family));
        match find_among::<U>(cx, lasts, &claims.user_id)? {
            Some(user) if user.may_authenticate() => {
                cx.set_local(Current(family));
                self.principal(cx, user)
            }
            // The one query does not tell which of the two has ended.
            _ => {
                self.principal_of(cx, &claims.user_id)?;
                Err(TokenError::Revoked.into())
            }
        }
    }

    /// The login whose access token the request was authenticated with.
    pub(super) fn current_family(cx: &Context) -> Option<Uuid> {
        cx.local::<Current>().map(|Current(family)| *family)
    }

    fn refresh_claims(&self, cx: &Context, token: &str) -> Result<Claims> {
        let claims = self.jwt().verify(token, TokenType::Refresh, cx.clock());
        claims.map_err(TokenError::in_body)
    }
}

fn family_of(claims: &Claims) -> Result<Uuid> {
    claims.family.ok_or_else(|| TokenError::Malformed.in_body())
}

fn no_active_account() -> Error {
    Error::new(
        401,
        "no_active_account",
        "No active account found for the given token.",
    )
}
