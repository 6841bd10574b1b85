use chrono::{DateTime, Utc};
use restwell::prelude::*;
use uuid::Uuid;

use super::User;
use super::roles::admins;

/// A user as others see them.
#[serializer(model = User, read_only)]
pub struct UserBrief {
    id: Uuid,
    username: String,
}

/// The fields of a user that the user and the admins may change.
#[serializer(group)]
pub struct UserFields {
    #[field(read_only)]
    id: Uuid,
    #[field(read_only)]
    username: String,
    #[validate(email, length(max = 254))]
    email: String,
    #[field(allow_blank, default_on_create = String::new())]
    #[validate(length(max = 150))]
    first_name: String,
    #[field(allow_blank, default_on_create = String::new())]
    #[validate(length(max = 150))]
    last_name: String,
    #[field(read_only)]
    date_joined: DateTime<Utc>,
    #[field(read_only)]
    last_login: Option<DateTime<Utc>>,
}

/// A user's own profile.
#[serializer(model = User, extends(UserFields))]
pub struct ProfileSerializer {
    #[field(read_only)]
    is_staff: bool,
}

/// A user as admins see them.
#[serializer(model = User, extends(UserFields))]
pub struct UserSerializer {
    #[field(see = is_owner(User::F.id) | admins())]
    #[validate(email, length(max = 254))]
    email: String,
    is_active: bool,
    is_staff: bool,
    #[field(read_only)]
    is_superuser: bool,
}

/// What somebody says to become a user.
#[serializer(model = User, write_only)]
pub struct RegisterSerializer {
    #[field(validate = username)]
    #[validate(length(max = 150))]
    username: String,
    #[validate(email, length(max = 254))]
    email: String,
    #[field(trim = false)]
    password: String,
    #[field(allow_blank, default_on_create = String::new())]
    #[validate(length(max = 150))]
    first_name: String,
    #[field(allow_blank, default_on_create = String::new())]
    #[validate(length(max = 150))]
    last_name: String,
}

/// Django's rule for usernames, without the `@`: what has one is an address, and both are logins.
fn username(name: &mut str, _: &Context) -> Result<(), Invalid> {
    if name
        .chars()
        .all(|letter| letter.is_alphanumeric() || ".+-_".contains(letter))
    {
        return Ok(());
    }
    Err(Invalid::from(
        "Enter a valid username. This value may contain only letters, numbers, and ./+/-/_ characters.",
    ))
}
