use restwell_core::{Error, Result};
use restwell_db::statement::Lock;
use restwell_db::{Changes, Context};

use super::{Auth, outside_transaction};
use crate::user_model::{by_pk, find_by_login, read};
use crate::{TokenPair, UserModel, Verdict};

/// A user whose password was right, and the hash for which it was.
struct Checked<U> {
    user: U,
    hash: String,
    /// A hash with today's parameters, where the old one has others.
    fresh_hash: Option<String>,
}

impl<U: UserModel> Auth<U> {
    /// The user who logs in with `login`, a username or mail address, and `password`. The time of
    /// the last login is noted, and an outdated hash replaced; the returned row is from before.
    ///
    /// For schemes of your own, such as sessions. [`log_in`](Self::log_in) gives tokens.
    ///
    /// # Errors
    /// 401, the same after the same work, for an unknown user, a wrong password and a user who is
    /// not active; 503 when the database is away.
    pub fn authenticate(&self, cx: &mut Context, login: &str, password: &str) -> Result<U> {
        let checked = self.check(cx, login, password)?;
        admit(cx, &checked)?;
        Ok(checked.user)
    }

    /// Like [`authenticate`](Self::authenticate), and begins a login with its first tokens.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn log_in(&self, cx: &mut Context, login: &str, password: &str) -> Result<(U, TokenPair)> {
        let checked = self.check(cx, login, password)?;
        let tokens = cx.atomic(|cx| {
            admit(cx, &checked)?;
            self.issue(cx, &checked.user)
        })?;
        Ok((checked.user, tokens))
    }

    fn check(&self, cx: &mut Context, login: &str, password: &str) -> Result<Checked<U>> {
        outside_transaction(cx, "a login")?;
        let hasher = self.password_hasher();
        let user = find_by_login::<U>(cx, login)?;
        let hash = user.as_ref().and_then(|user| read(user, U::PASSWORD));
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

/// Notes the login, unless the user was deactivated or given another password while this one was
/// checked.
fn admit<U: UserModel>(cx: &mut Context, checked: &Checked<U>) -> Result<()> {
    let unchanged =
        by_pk(checked.user.pk()) & U::PASSWORD.eq(checked.hash.as_str()) & U::IS_ACTIVE.eq(true);
    let rows = U::objects().filter(unchanged);
    let mut changes = Changes::new();
    if let Some(last_login) = U::LAST_LOGIN {
        changes.set(last_login, cx.now());
    }
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
