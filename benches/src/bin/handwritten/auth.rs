//! Who asks: a bearer token, its user, and the roles that the user has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::PgConnection;
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::Shared;
use crate::failure::Failure;
use crate::schema::{role_grants, user_roles, users};

/// How long roles and grants are kept in memory.
const LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// The authenticated user.
pub(crate) struct Caller {
    pub(crate) id: Uuid,
    pub(crate) is_superuser: bool,
    pub(crate) roles: Arc<[String]>,
}

impl Caller {
    pub(crate) fn is_editor(&self) -> bool {
        let edits = |role: &String| role == "editor" || role == "admin";
        self.is_superuser || self.roles.iter().any(edits)
    }
}

#[derive(Deserialize)]
struct Claims {
    token_type: String,
    iat: i64,
    exp: i64,
    user_id: Uuid,
}

/// The user of the bearer token, if there is one.
pub(crate) fn caller(
    connection: &mut PgConnection,
    authorization: Option<&str>,
    now: DateTime<Utc>,
    shared: &Shared,
) -> Result<Option<Caller>, Failure> {
    let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Ok(None);
    };
    let user_id = verify(token, now, shared)?;
    let user = users::table
        .find(user_id)
        .select((users::is_active, users::is_superuser))
        .first::<(bool, bool)>(connection)
        .optional()?;
    let is_superuser = match user {
        Some((true, is_superuser)) => is_superuser,
        Some((false, _)) => return Err(Failure::BadToken("User is inactive")),
        None => return Err(Failure::BadToken("User not found")),
    };
    Ok(Some(Caller {
        id: user_id,
        is_superuser,
        roles: shared.roles.of(connection, user_id, now)?,
    }))
}

/// The times are checked against the time of the request, not by the library.
pub(crate) fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    validation
}

fn verify(token: &str, now: DateTime<Utc>, shared: &Shared) -> Result<Uuid, Failure> {
    const INVALID: Failure = Failure::BadToken("Token is invalid or expired");
    let claims = jsonwebtoken::decode::<Claims>(token, &shared.key, &shared.validation)
        .map_err(|_| INVALID)?
        .claims;
    let now = now.timestamp();
    if claims.token_type == "access" && claims.iat <= now && now < claims.exp {
        Ok(claims.user_id)
    } else {
        Err(INVALID)
    }
}

/// Names of roles, and when they were read.
type Kept = (DateTime<Utc>, Arc<[String]>);

/// The roles of users and what is granted to roles, each kept for a while.
#[derive(Default)]
pub(crate) struct Roles {
    users: Mutex<HashMap<Uuid, Kept>>,
    creators: Mutex<Option<Kept>>,
}

impl Roles {
    fn of(
        &self,
        connection: &mut PgConnection,
        user: Uuid,
        now: DateTime<Utc>,
    ) -> QueryResult<Arc<[String]>> {
        if let Some((read_at, roles)) = lock(&self.users).get(&user)
            && now - *read_at < LIFETIME
        {
            return Ok(roles.clone());
        }
        let roles: Arc<[String]> = user_roles::table
            .filter(user_roles::user_key.eq(user.to_string()))
            .select(user_roles::role)
            .load::<String>(connection)?
            .into();
        lock(&self.users).insert(user, (now, roles.clone()));
        Ok(roles)
    }

    /// Whether `caller` may create posts.
    pub(crate) fn may_create_posts(
        &self,
        connection: &mut PgConnection,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> QueryResult<bool> {
        let granted = self.creators(connection, now)?;
        Ok(caller.is_superuser || caller.roles.iter().any(|role| granted.contains(role)))
    }

    fn creators(
        &self,
        connection: &mut PgConnection,
        now: DateTime<Utc>,
    ) -> QueryResult<Arc<[String]>> {
        if let Some((read_at, roles)) = &*lock(&self.creators)
            && now - *read_at < LIFETIME
        {
            return Ok(roles.clone());
        }
        let roles: Arc<[String]> = role_grants::table
            .filter(role_grants::feature.eq("posts"))
            .filter(role_grants::can_create)
            .select(role_grants::role)
            .load::<String>(connection)?
            .into();
        *lock(&self.creators) = Some((now, roles.clone()));
        Ok(roles)
    }
}

/// Every change leaves the value whole, so that a panic elsewhere does no harm to it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
