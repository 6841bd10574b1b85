//! What happens in the blog, and who is told.

use restwell::events::Events;

use crate::{activity, posts};

/// Every receiver.
pub fn events() -> Events {
    Events::new()
        .required("find what became public", posts::find_published)
        .required("announce posts", posts::announce)
        .after_commit("count posts", activity::count_posts)
        .after_commit("count comments", activity::count_comments)
}
