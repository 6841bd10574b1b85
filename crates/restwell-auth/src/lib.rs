//! Who makes a request, and how they prove it.
//!
//! | task | start at |
//! |---|---|
//! | say what the application's users are | [`UserModel`] |
//! | log in and out, exchange tokens, change passwords | [`Auth`] |
//! | authenticate requests | [`JwtAuthentication`], [`TokenAuthentication`], [`SessionAuthentication`], [`BasicAuthentication`] |
//! | keep browsers logged in | [`Sessions`] |
//! | send mails to who forgot their password | [`Mailer`] |
//! | store and check passwords | [`PasswordHasher`] |
//! | refuse weak passwords | [`PasswordPolicy`] |
//! | issue and verify access and refresh tokens | [`Jwt`] |
//! | give programs long-lived tokens | [`ApiToken`], [`StoredToken`] |
//! | read an `Authorization` header | [`header`] |
//!
//! The table of users is the application's own. The library adds tables for the logins that refresh
//! tokens descend from, for sessions and for API tokens: an application lists [`MIGRATIONS`] beside its own
//! migrations, and calls [`delete_expired_logins`] from time to time.
//!
//! Every moment comes from the [`Clock`](restwell_core::Clock) of the context, and no secret is
//! ever printed.

mod api_token;
mod auth;
mod authentication;
pub mod header;
mod jwt;
mod mail;
mod password;
mod refresh_family;
mod session;
mod stored_token;
mod user_model;

pub use api_token::{ApiToken, ParseDigestError, TokenDigest};
pub use auth::{Auth, LOGIN_SCOPE};
pub use authentication::{
    BasicAuthentication, JwtAuthentication, SessionAuthentication, TokenAuthentication,
};
pub use jwt::{
    Algorithm, Claims, IssuedToken, Jwt, KeyError, KeyRing, SigningKey, TokenError, TokenPair,
    TokenType, VerifyingKey,
};
pub use mail::{MailQueue, Mailer, PasswordResetMail};
pub use password::{
    CommonPassword, EntirelyNumeric, MinimumLength, Params, ParamsError, PasswordHasher,
    PasswordPolicy, PasswordValidator, Rejection, TooSimilar, UserAttributes, Verdict,
};
pub use refresh_family::{MIGRATIONS, RefreshFamily, RefreshFamilyFields, delete_expired_logins};
pub use session::{Session, SessionFields, Sessions};
pub use stored_token::{StoredToken, StoredTokenFields};
pub use user_model::UserModel;

/// What the code of `#[derive(UserModel)]` calls.
#[doc(hidden)]
pub mod __private {
    /// Under a name of their own beside what other macros call.
    pub mod users {
        use chrono::{DateTime, Utc};
        use restwell_db::Field;

        pub use crate::UserModel;

        pub type Text<U> = Field<U, String>;
        pub type Flag<U> = Field<U, bool>;
        pub type Moment<U> = Field<U, Option<DateTime<Utc>>>;
    }
}
