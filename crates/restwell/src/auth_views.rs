//! The routes of authentication.

mod api_tokens;
mod body;
mod password_reset;
mod profile;
mod register;
mod session;
mod tokens;

use std::error::Error as _;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use restwell_auth::{ApiToken, LOGIN_SCOPE, MailQueue, Mailer, SessionAuthentication, UserModel};
use restwell_core::Result;
use restwell_db::Context;
use restwell_permissions::{allow_any, is_authenticated};
use restwell_serializers::{Input, Mask, Representation, WriteSerializer};
use restwell_views::{InputOf, Router, View};

use api_tokens::ApiTokens;

/// The routes with which the users of model `U` log in and out and look after their accounts.
///
/// | route | does |
/// |---|---|
/// | `POST token/` | logs in: `username` or `email`, and `password`; answers `access` and `refresh` |
/// | `POST token/refresh/` | exchanges `refresh` for the next `access` and `refresh` |
/// | `POST logout/` | ends the login that `refresh` descends from |
/// | `POST logout/all/` | ends all logins of the user |
/// | `POST password/` | changes `old_password` to `new_password` and ends all logins |
/// | `GET`, `PATCH me/` | the user's own profile, with [`profile`](Self::profile) |
/// | `POST password/reset/` | sends a token to an `email`, with [`password_reset`](Self::password_reset) |
/// | `POST password/reset/confirm/` | gives who has the `token` a `new_password` and ends all logins |
/// | `GET session/` | tells whether the browser is logged in, and gives it a CSRF token, with [`sessions`](Self::sessions) |
/// | `POST`, `DELETE session/` | logs the browser in and out, with the token as `X-CSRFToken` |
/// | `GET`, `POST tokens/` | the user's own API tokens, with [`api_tokens`](Self::api_tokens) |
/// | `DELETE tokens/{pk}/` | ends one of them |
/// | `POST register/` | makes a user, with [`register`](Self::register) |
///
/// The routes that take a token in the body look at no `Authorization` header: clients send an
/// expired access token along when they ask for a fresh one.
///
/// Wrong passwords count against the rates of the scope [`LOGIN_SCOPE`], which a throttle of the
/// application must have.
///
/// They work with the [`Auth<U>`](restwell_auth::Auth) in the state of the API.
///
/// ```
/// use restwell::auth::{AuthRoutes, UserModel};
/// use restwell::prelude::*;
/// # use restwell::serializers::Input;
///
/// fn routes<User: UserModel, RegisterSerializer, ProfileSerializer>() -> Router
/// # where
/// #     RegisterSerializer: restwell::WriteSerializer<Input: Input<Model = User>>,
/// #     ProfileSerializer: Representation<Model = User>
/// #         + restwell::WriteSerializer<Input: Input<Model = User>>,
/// {
///     let accounts = AuthRoutes::<User>::new()
///         .profile::<ProfileSerializer>()
///         .register::<RegisterSerializer, ProfileSerializer>(|cx, user| {
///             restwell::permissions::rbac::add_role(cx, &user.key(), "author")
///         });
///     Router::new().include("auth", accounts.into())
/// }
/// ```
#[must_use]
pub struct AuthRoutes<U> {
    router: Router,
    model: PhantomData<fn() -> U>,
}

impl<U> fmt::Debug for AuthRoutes<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.router.fmt(f)
    }
}

impl<U> From<AuthRoutes<U>> for Router {
    fn from(routes: AuthRoutes<U>) -> Self {
        routes.router
    }
}

impl<U: UserModel> Default for AuthRoutes<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: UserModel> AuthRoutes<U> {
    /// All routes but those that need serializers of the application.
    pub fn new() -> Self {
        let guessed = |view: View| view.throttle_failures(LOGIN_SCOPE);
        let own = |name| View::new(name, is_authenticated()).without_transaction();
        let router = Router::new()
            .view(
                "token",
                guessed(open("auth-token")).post(tokens::log_in::<U>),
            )
            .view(
                "token/refresh",
                open("auth-token-refresh").post(tokens::refresh::<U>),
            )
            .view("logout", open("auth-logout").post(tokens::log_out::<U>))
            .view(
                "logout/all",
                own("auth-logout-all").post(tokens::log_out_everywhere::<U>),
            )
            .view(
                "password",
                guessed(own("auth-password")).post(profile::change_password::<U>),
            );
        Self {
            router,
            model: PhantomData,
        }
    }

    /// Adds `me/`: the user's own profile, as serializer `P` shows it and lets it be changed.
    ///
    /// Where `U` counts versions, it has an `ETag`, and a change honours `If-Match`, `If-None-Match`
    /// and `version` in the body, as in viewsets.
    ///
    /// Whatever `P` says, nobody changes their own password here, nor whether they are active,
    /// staff or a superuser.
    ///
    /// # Panics
    /// When `P` shows the hash of the password.
    pub fn profile<P>(mut self) -> Self
    where
        P: Representation<Model = U> + WriteSerializer<Input: Input<Model = U>>,
    {
        keeps_the_hash::<U, P>();
        let view = View::new("auth-me", is_authenticated())
            .shows::<P>()
            .get(profile::show::<U, P>)
            .patch(profile::change::<U, P>);
        self.router = self.router.view("me", view);
        self
    }

    /// Adds `password/reset/`, which has `mailer` send a token to a user who forgot the password, and
    /// `password/reset/confirm/`, which takes it. Nobody learns whether an address is known.
    ///
    /// # Panics
    /// When `U` has no mail address.
    pub fn password_reset(mut self, mailer: impl Mailer) -> Self {
        assert!(
            U::EMAIL.is_some(),
            "{} has no mail address to send a token to: name it in `UserModel::EMAIL`",
            std::any::type_name::<U>(),
        );
        let mails = MailQueue::new(mailer);
        let ask = open("auth-password-reset").post(move |cx| password_reset::ask::<U>(cx, &mails));
        let confirm = open("auth-password-reset-confirm").post(password_reset::confirm::<U>);
        self.router = self
            .router
            .view("password/reset", ask)
            .view("password/reset/confirm", confirm);
        self
    }

    /// Adds `session/`: browsers log in and out, and
    /// [`SessionAuthentication`](restwell_auth::SessionAuthentication) knows them by their cookies.
    ///
    /// `GET` answers `is_authenticated` and `csrf_token`, which also is in the cookie `csrftoken`
    /// (`__Host-csrftoken` over HTTPS) and which goes into the header `X-CSRFToken` of every request
    /// that may change something.
    pub fn sessions(mut self) -> Self {
        let view = View::new("auth-session", allow_any())
            .throttle_failures(LOGIN_SCOPE)
            .authenticator(SessionAuthentication::<U>::new())
            .without_transaction()
            .get(session::show::<U>)
            .post(session::log_in::<U>)
            .delete(session::log_out::<U>);
        self.router = self.router.view("session", view);
        self
    }

    /// Adds `tokens/`: the user's own API tokens, which
    /// [`TokenAuthentication`](restwell_auth::TokenAuthentication) takes. A new one, with a `name`
    /// and, if it is to end, a time `expires_at`, is shown once, as `token`; it begins with
    /// `prefix`, so that people and secret scanners know whose it is.
    ///
    /// # Panics
    /// When `prefix` is not 1 to 16 lower-case letters and digits.
    pub fn api_tokens(mut self, prefix: &'static str) -> Self {
        if let Err(error) = ApiToken::generate(prefix) {
            panic!(
                "{}",
                error
                    .source()
                    .map_or_else(|| error.to_string(), ToString::to_string)
            );
        }
        self.router = self.router.register("tokens", ApiTokens { prefix });
        self
    }

    /// Adds `register/`: makes a user of what serializer `R` reads, and shows them as `P` does.
    ///
    /// `R` writes the plain password to the column of the hash, under the column's name, with
    /// `#[field(trim = false)]`; it is judged by the policy and hashed. The user is active, unless
    /// `R` or its defaults say otherwise, and neither staff nor a superuser. `on_register` runs in
    /// the same transaction.
    ///
    /// # Panics
    /// When `R` takes the space off a password, or `P` shows the hash.
    pub fn register<R, P>(
        mut self,
        on_register: impl Fn(&mut Context, &U) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        R: WriteSerializer<Input: Input<Model = U>>,
        P: Representation<Model = U>,
    {
        keeps_the_hash::<U, P>();
        takes_the_password_as_it_is::<U, R>();
        let on_register = Arc::new(on_register);
        let view = View::new("auth-register", allow_any())
            .shows::<P>()
            .without_transaction()
            .post(move |cx| register::register::<U, R, P>(cx, &*on_register));
        self.router = self.router.view("register", view);
        self
    }
}

/// A view for whoever has what its body asks for.
fn open(name: &'static str) -> View {
    View::new(name, allow_any())
        .without_authentication()
        .without_transaction()
}

/// A hash that is shown can be guessed at leisure.
fn keeps_the_hash<U: UserModel, P: Representation<Model = U>>() {
    let password = U::PASSWORD.column();
    assert!(
        !P::columns(Mask::ALL).contains(password.index),
        "{} shows the column {}: mark the field `#[field(write_only)]`",
        std::any::type_name::<P>(),
        password.name,
    );
}

/// A login compares the password as it is sent, space around it included.
fn takes_the_password_as_it_is<U: UserModel, R: WriteSerializer>() {
    let password = U::PASSWORD.column().name;
    let fields = <InputOf<R> as Input>::FIELDS;
    assert!(
        fields
            .iter()
            .all(|field| field.name != password || !field.trim),
        "{} takes the space off {password}: mark the field `#[field(trim = false)]`",
        std::any::type_name::<R>(),
    );
}
