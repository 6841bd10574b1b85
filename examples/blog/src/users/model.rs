use chrono::{DateTime, Utc};
use restwell::auth::UserModel;
use restwell::prelude::*;
use uuid::Uuid;

use crate::schema::users;

/// Somebody who can log in.
#[derive(Model, UserModel, Clone, Debug)]
#[model(
    table = users,
    version,
    audited,
    scope = visible,
    unique(username, message = "A user with that username already exists."),
    unique(email, ignore_case)
)]
pub struct User {
    /// The key.
    pub id: Uuid,
    /// The name to log in with.
    pub username: String,
    /// The address to log in with.
    pub email: String,
    /// The hash of the password.
    #[model(sensitive)]
    pub password: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Whether the user is staff.
    pub is_staff: bool,
    /// Whether every rule about roles and grants holds for the user.
    pub is_superuser: bool,
    /// When the user registered.
    pub date_joined: DateTime<Utc>,
    /// When the user last logged in.
    pub last_login: Option<DateTime<Utc>>,
    /// Counts the changes.
    pub version: i64,
}

/// Admins know of everybody, others of themselves.
fn visible(cx: &Context) -> Q<User> {
    let principal = cx.principal();
    if principal.is_superuser() || principal.has_role(super::roles::ADMIN) {
        return Q::all();
    }
    User::F.id.is_current_user(cx)
}
