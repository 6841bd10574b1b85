//! The roles of the blog and what they are granted.

use restwell::permissions::rbac::{self, Operations};
use restwell::prelude::*;

/// Reads and comments.
pub const READER: &str = "reader";
/// Writes posts too. A new user is one.
pub const AUTHOR: &str = "author";
/// Is in charge of all posts and comments.
pub const EDITOR: &str = "editor";
/// Is in charge of everything.
pub const ADMIN: &str = "admin";

/// Whether the principal is in charge of posts.
pub fn is_editor(cx: &Context) -> bool {
    let principal = cx.principal();
    principal.is_superuser() || principal.has_role(EDITOR) || principal.has_role(ADMIN)
}

/// Editors and admins.
pub fn editors<M: 'static>() -> Rule<M> {
    has_role(EDITOR) | has_role(ADMIN)
}

/// Admins.
pub fn admins<M: 'static>() -> Rule<M> {
    has_role(ADMIN)
}

/// Makes the roles of the blog and what they are granted, where they are missing.
pub(crate) fn seed(cx: &mut Context) -> Result<()> {
    const ALL: Operations = Operations::ALL;
    const READ: Operations = Operations::READ;
    rbac::seed(
        cx,
        &[
            (READER, "posts", READ),
            (READER, "comments", ALL),
            (AUTHOR, "posts", ALL),
            (AUTHOR, "comments", ALL),
            (EDITOR, "posts", ALL),
            (EDITOR, "comments", ALL),
            (EDITOR, "tags", ALL),
            (EDITOR, "categories", ALL),
            (ADMIN, "posts", ALL),
            (ADMIN, "comments", ALL),
            (ADMIN, "tags", ALL),
            (ADMIN, "categories", ALL),
            (ADMIN, "users", ALL),
            (ADMIN, "audit", READ),
        ],
    )
}
