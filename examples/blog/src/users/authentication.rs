use restwell::auth::{Auth, AuthRoutes, Jwt, KeyError, KeyRing, Sessions, SigningKey};
use restwell::permissions::{Rbac, rbac};
use restwell::prelude::*;

use super::serializers::{ProfileSerializer, RegisterSerializer};
use super::{LogMailer, User, roles};
use crate::Settings;
use crate::settings::Environment;

/// What logs users in and out.
///
/// # Errors
/// When the secret of the tokens is too short.
pub fn auth(settings: &Settings, rbac: &Rbac) -> Result<Auth<User>, KeyError> {
    let keys = KeyRing::new(SigningKey::hs256(&settings.jwt_secret)?);
    let sessions = match settings.environment {
        Environment::Development => Sessions::new().insecure(),
        Environment::Production => Sessions::new(),
    };
    Ok(Auth::new(Jwt::new(keys))
        .keep_sessions(sessions)
        .roles(rbac.clone()))
}

/// `/auth/`: logging in and out, registration, forgotten passwords, the own profile and the own API
/// tokens. A new user is an author.
pub fn routes(settings: &Settings) -> Router {
    AuthRoutes::<User>::new()
        .profile::<ProfileSerializer>()
        .sessions()
        .password_reset(LogMailer::new(settings.environment))
        .api_tokens("blog")
        .register::<RegisterSerializer, ProfileSerializer>(|cx, user| {
            rbac::add_role(cx, &user.key(), roles::AUTHOR)
        })
        .into()
}
