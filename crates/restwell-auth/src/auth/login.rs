use restwell_core::{Error, Result};
use restwell_db::statement::Lock;
use restwell_db::{Changes, Context};

use super::attempt::limited;
use super::{Auth, outside_transaction};
use crate::user_model::{by_pk, find_by_login, read};
use crate::{TokenPair, UserModel, Verdict};

/// A user whose password was right, and the hash for which it was.
pub(super) struct Checked<U> {
    pub(super) user: U,
    hash: String,
    /// A hash with today's parameters, where the old one has others.
    fresh_hash: Option<String>,
}

impl<U: UserModel> Auth<U> {
    /// The user whose `login`, a username or mail address, and `password` these are. An outdated
    /// hash is replaced; the returned row is from before.
    ///
    /// For schemes in which every request has the password. [`log_in`](Self::log_in) begins a login.
    ///
    /// # Errors
    /// 401, the same after the same work, for an unknown user, a wrong password and a user who is
    /// not active; 429 when too many were wrong; 503 when the database is away.
    pub fn authenticate(&self, cx: &mut Context, login: &str, password: &str) -> Result<U> {
        let checked = self.check(cx, login, password)?;
        if checked.fresh_hash.is_some() {
            admit(cx, &checked, Changes::new())?;
        }
        Ok(checked.user)
    }

    /// Like [`authenticate`](Self::authenticate), notes the time of the login, and begins it with
    /// its first tokens.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn log_in(&self, cx: &mut Context, login: &str, password: &str) -> Result<(U, TokenPair)> {
        let checked = self.check(cx, login, password)?;
        let tokens = cx.atomic(|cx| {
            let changes = noted(cx);
            admit(cx, &checked, changes)?;
            self.issue(cx, &checked.user)
        })?;
        Ok((checked.user, tokens))
    }

    /// Every login with a password passes here, whatever comes of it.
    pub(super) fn check(
        &self,
        cx: &mut Context,
        login: &str,
        password: &str,
    ) -> Result<Checked<U>> {
        outside_transaction(cx, "a login")?;
        limited(cx, login, |cx| self.compare(cx, login, password))
    }

    fn compare(&self, cx: &mut Context, login: &str, password: &str) -> Result<Checked<U>> {
        let hasher = self.password_hasher();
        let user = find_by_login::<U>(cx, login)?;
        let hash = user.as_ref().and_then(|user| read(user, U::PASSWORD));
        cx.release();
        let verdict = if let Some(hash) = &hash {
            hasher.verify(password, hash)
        } else {
            hasher.verify_nothing(password);
            Verdict::Invalid
        };
        match user.zip(hash) {
            Some((user, hash)) if verdict.is_valid() && user.may_authenticate() => {
                let is_outdated = verdict == Verdict::ValidButOutdated;
                let fresh_hash = is_outdated.then(|| hasher.hash(password)).transpose()?;
                Ok(Checked {
                    user,
                    hash,
                    fresh_hash,
                })
            }
            _ => Err(no_active_account()),
        }
    }
}

/// That the user logs in now.
pub(super) fn noted<U: UserModel>(cx: &Context) -> Changes<U> {
    match U::LAST_LOGIN {
        Some(last_login) => Changes::new().with(last_login, cx.now()),
        None => Changes::new(),
    }
}

/// Writes `changes` and a fresh hash to the user, unless they were deactivated or given another
/// password while this one was checked.
pub(super) fn admit<U: UserModel>(
    cx: &mut Context,
    checked: &Checked<U>,
    mut changes: Changes<U>,
) -> Result<()> {
    let unchanged =
        by_pk(checked.user.pk()) & U::PASSWORD.eq(checked.hash.as_str()) & U::IS_ACTIVE.eq(true);
    let rows = U::objects().filter(unchanged);
    if let Some(hash) = &checked.fresh_hash {
        changes.set(U::PASSWORD, hash.as_str());
    }
    let is_admitted = if changes.is_empty() {
        rows.select_for_update(Lock::Wait).first(cx)?.is_some()
    } else {
        rows.update_only(cx, changes)? == 1
    };
    match is_admitted {
        true => Ok(()),
        false => Err(no_active_account()),
    }
}

fn no_active_account() -> Error {
    Error::new(
        401,
        "no_active_account",
        "No active account found with the given credentials",
    )
}
