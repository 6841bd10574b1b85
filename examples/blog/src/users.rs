//! Users, their profile and their roles.

mod admin;
mod authentication;
mod error;
mod mail;
mod model;
pub mod roles;
mod serializers;

pub use admin::Users;
pub use authentication::{auth, routes};
pub use error::UserError;
pub use mail::LogMailer;
pub use model::User;
pub use serializers::{ProfileSerializer, RegisterSerializer, UserBrief, UserSerializer};
