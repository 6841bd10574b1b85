use restwell::permissions::rbac;
use restwell::prelude::*;

use super::roles::{ADMIN, admins};
use super::serializers::UserSerializer;
use super::{User, UserError};
use crate::bases::BlogBase;

/// `/users/`: the users, for admins.
#[derive(Clone, Copy, Debug)]
pub struct Users;

/// Everybody who registered, for admins.
#[viewset(base = BlogBase, only(list, retrieve, partial_update))]
impl ViewSet for Users {
    type Model = User;
    type Serializer = UserSerializer;

    fn options() -> Options<User> {
        BlogBase::options()
            .filter(User::F.is_active, (Exact,))
            .filter(User::F.is_staff, (Exact,))
            .filter(User::F.username, (Exact, IContains))
            .search([User::F.username, User::F.email])
            .order((User::F.username, User::F.date_joined))
            .default_order([User::F.username.asc()])
    }

    fn permission(&self, _: Action) -> Rule<User> {
        admins()
    }

    /// The roles of a user.
    #[action(detail, methods = [get], url_path = "roles")]
    fn roles(&self, cx: &mut Context, user: User) -> Result<Reply> {
        Ok(Reply::json(&rbac::roles_of(cx, &user.id.into())?))
    }

    /// Replaces the roles of a user by those that the body lists.
    #[action(detail, methods = [put], url_path = "roles")]
    fn set_roles(&self, cx: &mut Context, user: User) -> Result<Reply> {
        let names: Vec<String> = value_of(cx)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let is_own = cx.user_id() == Some(user.id);
        if is_own && !cx.principal().is_superuser() && !names.contains(&ADMIN) {
            return Err(UserError::OwnRole.into());
        }
        let key = user.id.into();
        rbac::set_roles(cx, &key, &names)?;
        Ok(Reply::json(&rbac::roles_of(cx, &key)?).message("Roles updated successfully"))
    }
}
