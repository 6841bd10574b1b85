//! Who makes a request, and how they prove it.
//!
//! | task | start at |
//! |---|---|
//! | store and check passwords | [`PasswordHasher`] |
//! | refuse weak passwords | [`PasswordPolicy`] |
//! | issue and verify access and refresh tokens | [`Jwt`] |
//! | give programs long-lived tokens | [`ApiToken`] |
//! | read an `Authorization` header | [`header`] |
//!
//! Nothing here opens a connection or knows of HTTP beyond the text of one header. Every moment
//! comes from the [`Clock`](restwell_core::Clock) that the caller passes in, and no secret is ever
//! printed.

mod api_token;
pub mod header;
mod jwt;
mod password;

pub use api_token::{ApiToken, ParseDigestError, TokenDigest};
pub use jwt::{
    Algorithm, Claims, IssuedToken, Jwt, KeyError, KeyRing, SigningKey, TokenError, TokenPair,
    TokenType, VerifyingKey,
};
pub use password::{
    CommonPassword, EntirelyNumeric, MinimumLength, Params, ParamsError, PasswordHasher,
    PasswordPolicy, PasswordValidator, Rejection, TooSimilar, UserAttributes, Verdict,
};
