use restwell_core::{Error, Key, Result};
use restwell_db::Context;
use uuid::Uuid;

use super::{Auth, outside_transaction};
use crate::user_model::find;
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

    /// Ends the login that `token`, a refresh token, descends from. Access tokens of it are good
    /// until they expire.
    ///
    /// # Errors
    /// 401 when the token is not authentic or has expired.
    pub fn log_out(&self, cx: &mut Context, token: &str) -> Result<()> {
        let claims = self.refresh_claims(cx, token)?;
        refresh_family::revoke(cx, family_of(&claims)?).map(drop)
    }

    /// Ends all logins of `user`, sessions included, and returns how many they were. Access tokens
    /// of them are good until they expire; API tokens are no logins.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn log_out_everywhere(&self, cx: &mut Context, user: &Key) -> Result<usize> {
        cx.atomic(|cx| {
            let logins = refresh_family::revoke_all(cx, user)?;
            Ok(logins + session::end_all(cx, user, None)?)
        })
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
