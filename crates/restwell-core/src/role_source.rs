//! Where the roles of users come from.

use crate::{Key, Result};

/// Knows which roles users have. `C` is the context of a request.
///
/// An authenticator asks it for every request, so it answers from memory where it can.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not know the roles of users",
    note = "implement `RoleSource<{C}>`, or use the `Rbac` of restwell-permissions"
)]
pub trait RoleSource<C>: Send + Sync + 'static {
    /// The names of the roles that `user` has.
    ///
    /// # Errors
    /// 503 when they are kept in a database that is away.
    fn roles_of(&self, user: &Key, cx: &mut C) -> Result<Vec<String>>;
}
