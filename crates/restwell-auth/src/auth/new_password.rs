use restwell_core::{Error, Path, Result};
use restwell_db::{Changes, Context};
use uuid::Uuid;

use super::attempt::limited;
use super::{Auth, outside_transaction};
use crate::user_model::{by_pk, read};
use crate::{UserAttributes, UserModel, refresh_family, session};

impl<U: UserModel> Auth<U> {
    /// The hash of a new password for a user with these attributes. The connection is given back
    /// before.
    ///
    /// # Errors
    /// 400 with everything that the policy has against it, at `field`; 500 inside a transaction.
    pub fn hash_new(
        &self,
        cx: &mut Context,
        field: impl Into<Path>,
        password: &str,
        user: &UserAttributes,
    ) -> Result<String> {
        outside_transaction(cx, "the hashing of a password")?;
        cx.release();
        self.password_policy().validate(field, password, user)?;
        self.password_hasher().hash(password)
    }

    /// Gives `user`, who knows the old one, a new password, and ends all their logins. The session in
    /// which they do it stays, and so does the access token, until it expires.
    ///
    /// # Errors
    /// 400 at `old_password` when that is wrong, and at `new_password` when the policy refuses it;
    /// 429 when too many were wrong; 500 inside a transaction.
    pub fn change_password(&self, cx: &mut Context, user: &U, old: &str, new: &str) -> Result<()> {
        outside_transaction(cx, "a change of password")?;
        let hash = read(user, U::PASSWORD).unwrap_or_default();
        let login = read(user, U::USERNAME).unwrap_or_default();
        limited(cx, &login, |cx| {
            cx.release();
            let verdict = self.password_hasher().verify(old, &hash);
            verdict
                .is_valid()
                .then_some(())
                .ok_or_else(wrong_old_password)
        })?;
        let new = self.hash_new(cx, "new_password", new, &user.attributes())?;
        match self.replace(cx, user, Some(&hash), &new, Self::current_login(cx))? {
            true => Ok(()),
            false => Err(wrong_old_password()),
        }
    }

    /// Gives `user` a new password, and ends all their logins: for an administrator, or behind a
    /// link that only the user can have.
    ///
    /// # Errors
    /// 400 at `new_password` when the policy refuses it; 404 when the user is gone; 500 inside a
    /// transaction.
    pub fn set_password(&self, cx: &mut Context, user: &U, new: &str) -> Result<()> {
        let new = self.hash_new(cx, "new_password", new, &user.attributes())?;
        match self.replace(cx, user, None, &new, Login::default())? {
            true => Ok(()),
            false => Err(Error::not_found()),
        }
    }

    fn current_login(cx: &Context) -> Login {
        Login {
            family: Self::current_family(cx),
            session: Self::current_session(cx),
        }
    }

    /// Stores the hash `new`, in place of `old` where that matters. The row is written first: a
    /// login that is about to begin with the old password waits for it, and fails.
    pub(super) fn replace(
        &self,
        cx: &mut Context,
        user: &U,
        old: Option<&str>,
        new: &str,
        keep: Login,
    ) -> Result<bool> {
        let mut rows = U::objects().filter(by_pk(user.pk()));
        if let Some(old) = old {
            rows = rows.filter(U::PASSWORD.eq(old));
        }
        cx.atomic(|cx| {
            let changes = Changes::new().with(U::PASSWORD, new);
            if rows.update(cx, changes)? == 0 {
                return Ok(false);
            }
            cx.rows().forget::<U>(&user.key());
            refresh_family::revoke_all(cx, &user.key(), keep.family)?;
            session::end_all(cx, &user.key(), keep.session)?;
            Ok(true)
        })
    }
}

/// What a request was authenticated with.
#[derive(Clone, Copy, Default)]
pub(super) struct Login {
    family: Option<Uuid>,
    session: Option<Uuid>,
}

/// Django's words.
fn wrong_old_password() -> Error {
    Error::field(
        "old_password",
        "password_incorrect",
        "Your old password was entered incorrectly. Please enter it again.",
    )
}
