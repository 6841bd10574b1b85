//! Access tokens that both programs accept.

use chrono::Utc;
use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;
use uuid::Uuid;

use crate::Result;

/// What both programs verify tokens with.
pub(crate) const SECRET: &str = "the secret of a comparison, known to all";

#[derive(Serialize)]
struct Claims {
    token_type: &'static str,
    exp: i64,
    iat: i64,
    jti: Uuid,
    user_id: Uuid,
}

/// An access token of the user with key `user_id`.
pub(crate) fn access(user_id: Uuid) -> Result<String> {
    const LIFETIME: i64 = 3_600;
    let now = Utc::now().timestamp();
    let claims = Claims {
        token_type: "access",
        exp: now + LIFETIME,
        iat: now - 1,
        jti: Uuid::now_v7(),
        user_id,
    };
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
