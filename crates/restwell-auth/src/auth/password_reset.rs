use chrono::TimeDelta;
use restwell_core::{Error, Key, Result, Signer};
use restwell_db::Context;
use sha2::{Digest, Sha256};

use super::new_password::Login;
use super::{Auth, outside_transaction};
use crate::user_model::{find, find_by_address, read};
use crate::{PasswordHasher, PasswordResetMail, UserModel};

/// What the signature of a token is for.
const PURPOSE: &str = "restwell.password-reset";

/// How much of the digest of a user's row goes into a token.
const STAMP: usize = 16;

impl<U: UserModel> Auth<U> {
    /// The mail for the user with this address, if there is one who is active and has a password:
    /// whoever has none logs in by other means.
    ///
    /// The token in it works for an hour and once: it is bound to the hash of the password, the
    /// address and the time of the last login, and signed by the [`Signer`] in the state of the API.
    ///
    /// # Errors
    /// 500 when the model of users has no address or the application no signer.
    pub fn password_reset_mail(
        &self,
        cx: &mut Context,
        address: &str,
    ) -> Result<Option<PasswordResetMail>> {
        let user = find_by_address::<U>(cx, address)?.filter(is_resettable);
        let Some((user, address)) = user.and_then(|user| {
            let address = read(&user, U::EMAIL?)?;
            Some((user, address))
        }) else {
            return Ok(None);
        };
        let expires_at = cx.now() + TimeDelta::hours(1);
        let payload = [&stamp(&user)[..], user.key().to_string().as_bytes()].concat();
        let token = cx
            .state::<Signer>()?
            .sign_until(PURPOSE, &payload, expires_at);
        Ok(Some(PasswordResetMail {
            address,
            username: read(&user, U::USERNAME).unwrap_or_default(),
            token: token.into(),
            expires_at,
        }))
    }

    /// Gives the user to whom `token` was sent a new password, and ends all their logins.
    ///
    /// # Errors
    /// 400 at `token` when it is not authentic, was used, or has expired, and at `new_password` when
    /// the policy refuses that; 500 inside a transaction.
    pub fn reset_password(&self, cx: &mut Context, token: &str, new: &str) -> Result<()> {
        outside_transaction(cx, "a reset of a password")?;
        let signer = cx.state::<Signer>()?;
        let payload = signer
            .verify(PURPOSE, token, cx.clock())
            .map_err(|_| invalid())?;
        let (stamped, key) = payload.split_at_checked(STAMP).ok_or_else(invalid)?;
        let key = Key::from(String::from_utf8_lossy(key).into_owned());
        let user =
            find::<U>(cx, &key)?.filter(|user| is_resettable(user) && stamp(user) == stamped);
        let user = user.ok_or_else(invalid)?;
        let old = read(&user, U::PASSWORD).unwrap_or_default();
        let new = self.hash_new(cx, "new_password", new, &user.attributes())?;
        match self.replace(cx, &user, Some(&old), &new, Login::default())? {
            true => Ok(()),
            false => Err(invalid()),
        }
    }
}

fn is_resettable<U: UserModel>(user: &U) -> bool {
    let hash = read(user, U::PASSWORD);
    user.may_authenticate() && hash.is_some_and(|hash| hash != PasswordHasher::UNUSABLE)
}

/// What a token is bound to. The client can read it, and learns nothing: the hash is salted.
fn stamp<U: UserModel>(user: &U) -> [u8; STAMP] {
    let last_login = U::LAST_LOGIN.and_then(|field| read(user, field)).flatten();
    let mut digest = Sha256::new();
    for part in [
        user.key().to_string(),
        read(user, U::PASSWORD).unwrap_or_default(),
        U::EMAIL
            .and_then(|field| read(user, field))
            .unwrap_or_default(),
        last_login.map(|at| at.to_rfc3339()).unwrap_or_default(),
    ] {
        digest.update(part);
        digest.update([0]);
    }
    let mut stamp = [0; STAMP];
    stamp.copy_from_slice(&digest.finalize()[..STAMP]);
    stamp
}

fn invalid() -> Error {
    Error::field(
        "token",
        "token_not_valid",
        "The token is invalid, was used or has expired.",
    )
}
