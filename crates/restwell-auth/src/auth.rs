//! The service that logs users in and out.

mod attempt;
mod login;
mod new_password;
mod password_reset;
mod sessions;
mod tokens;

pub use attempt::LOGIN_SCOPE;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use restwell_core::{Error, Identity, Key, Principal, Result, RoleSource};
use restwell_db::Context;

use crate::user_model::{find, is_set, read};
use crate::{Jwt, PasswordHasher, PasswordPolicy, Sessions, UserModel};

/// Logs the users of model `U` in and out, exchanges their tokens and changes their passwords.
///
/// An application has one, in the state of its API; a clone is the same service. Views find it with
/// [`of`](Self::of).
///
/// ```
/// # use restwell_auth::{Auth, Jwt, UserModel};
/// # use restwell_core::{Result, RoleSource};
/// # use restwell_db::Context;
/// fn service<U: UserModel>(jwt: Jwt, roles: impl RoleSource<Context>) -> Auth<U> {
///     Auth::new(jwt).roles(roles)
/// }
///
/// fn log_in<U: UserModel>(cx: &mut Context) -> Result<String> {
///     let (_user, tokens) = Auth::<U>::of(cx)?.log_in(cx, "ada", "analytical engine")?;
///     Ok(tokens.access.as_str().to_owned())
/// }
/// ```
///
/// What hashes a password refuses to run inside a transaction, which would be held open for tens
/// of milliseconds of CPU; on SQLite nobody else could write. It gives the connection back before.
///
/// Where the application has a throttle, wrong passwords count against the rates of
/// [`LOGIN_SCOPE`]: those of the account and those of the address. Beyond them the answer is 429,
/// for any password, before one is hashed. A login counts while it is checked, and no longer when
/// it succeeds: of many at the same moment no more are checked than the rate says.
pub struct Auth<U> {
    parts: Arc<Parts>,
    model: PhantomData<fn() -> U>,
}

#[derive(Clone)]
struct Parts {
    jwt: Jwt,
    hasher: PasswordHasher,
    policy: PasswordPolicy,
    sessions: Sessions,
    roles: Option<Arc<dyn RoleSource<Context>>>,
}

impl<U> Clone for Auth<U> {
    fn clone(&self) -> Self {
        Self {
            parts: self.parts.clone(),
            model: PhantomData,
        }
    }
}

impl<U> fmt::Debug for Auth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("hasher", &self.parts.hasher)
            .field("policy", &self.parts.policy)
            .field("knows_roles", &self.parts.roles.is_some())
            .finish_non_exhaustive()
    }
}

impl<U: UserModel> Auth<U> {
    /// A service with these tokens, and with the default hasher and policy for passwords.
    pub fn new(jwt: Jwt) -> Self {
        let parts = Parts {
            jwt,
            hasher: PasswordHasher::default(),
            policy: PasswordPolicy::default(),
            sessions: Sessions::default(),
            roles: None,
        };
        Self {
            parts: Arc::new(parts),
            model: PhantomData,
        }
    }

    /// Hashes passwords with `hasher`. Hashes of other parameters are replaced at the next login.
    #[must_use]
    pub fn hasher(mut self, hasher: PasswordHasher) -> Self {
        self.parts_mut().hasher = hasher;
        self
    }

    /// Judges new passwords by `policy`.
    #[must_use]
    pub fn policy(mut self, policy: PasswordPolicy) -> Self {
        self.parts_mut().policy = policy;
        self
    }

    /// Keeps the sessions of browsers like this; by default for two weeks, over HTTPS.
    #[must_use]
    pub fn keep_sessions(mut self, sessions: Sessions) -> Self {
        self.parts_mut().sessions = sessions;
        self
    }

    /// Asks `roles` for the roles of users; without it they have none.
    #[must_use]
    pub fn roles(mut self, roles: impl RoleSource<Context>) -> Self {
        self.parts_mut().roles = Some(Arc::new(roles));
        self
    }

    /// The service of the application.
    ///
    /// # Errors
    /// 500 when the application has none for `U` in its state.
    pub fn of(cx: &Context) -> Result<Self> {
        cx.state::<Self>().cloned()
    }

    /// The tokens.
    pub fn jwt(&self) -> &Jwt {
        &self.parts.jwt
    }

    /// The hasher of passwords.
    pub fn password_hasher(&self) -> &PasswordHasher {
        &self.parts.hasher
    }

    /// The policy for new passwords.
    pub fn password_policy(&self) -> &PasswordPolicy {
        &self.parts.policy
    }

    /// `user` as the principal of a request, with the roles and with the row attached. Whoever
    /// writes an authenticator ends with it.
    ///
    /// # Errors
    /// 503 when the roles must be read and the database is away.
    pub fn principal(&self, cx: &mut Context, user: U) -> Result<Principal> {
        let username = read(&user, U::USERNAME).unwrap_or_default();
        let mut identity = Identity::new(user.key(), username);
        identity.is_staff = is_set(&user, U::IS_STAFF);
        identity.is_superuser = is_set(&user, U::IS_SUPERUSER);
        if let Some(roles) = &self.parts.roles {
            identity.roles = roles.roles_of(&identity.key, cx)?;
        }
        cx.rows().insert(user.clone());
        Ok(Principal::User(Arc::new(identity.with(user))))
    }

    /// The user with this key as the principal of a request.
    ///
    /// # Errors
    /// 401 when the user is gone, or not active any more.
    pub fn principal_of(&self, cx: &mut Context, key: &Key) -> Result<Principal> {
        match find::<U>(cx, key)? {
            Some(user) if user.may_authenticate() => self.principal(cx, user),
            _ => Err(Error::authentication_failed("User inactive or deleted.")),
        }
    }

    /// The user who makes the request of `cx`: the row that [`principal`](Self::principal) attached,
    /// or else the one that has the principal's key.
    ///
    /// # Errors
    /// 401 when nobody is authenticated, or somebody who is no user any more.
    pub fn current_user(cx: &mut Context) -> Result<U> {
        let principal = cx.principal().clone();
        let identity = principal.identity().ok_or_else(Error::not_authenticated)?;
        match identity.get::<U>() {
            Some(user) => Ok(user.clone()),
            None => find(cx, &identity.key)?.ok_or_else(Error::not_authenticated),
        }
    }

    fn parts_mut(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.parts)
    }
}

/// Refuses to go on inside a transaction: a mistake of the program, shown at the first attempt.
fn outside_transaction(cx: &Context, work: &str) -> Result<()> {
    match cx.in_transaction() {
        true => Err(Error::internal(format!(
            "{work} must not run inside a transaction: give the view `without_transaction()`"
        ))),
        false => Ok(()),
    }
}
