//! The schemes by which requests are authenticated.
//!
//! Each finds the [`Auth`](crate::Auth) of its users in the state of the API.

mod basic;
mod jwt;
mod session;
mod token;

pub use basic::BasicAuthentication;
pub use jwt::JwtAuthentication;
pub use session::SessionAuthentication;
pub use token::TokenAuthentication;
