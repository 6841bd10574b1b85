use restwell::auth::{Auth, Jwt, KeyError, KeyRing, SigningKey};
use restwell::permissions::Rbac;

use super::User;
use crate::Settings;

/// What logs users in and out.
///
/// # Errors
/// When the secret of the tokens is too short.
pub fn auth(settings: &Settings, rbac: &Rbac) -> Result<Auth<User>, KeyError> {
    let keys = KeyRing::new(SigningKey::hs256(&settings.jwt_secret)?);
    Ok(Auth::new(Jwt::new(keys)).roles(rbac.clone()))
}
