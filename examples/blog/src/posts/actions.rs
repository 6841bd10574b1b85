use restwell::prelude::*;

use super::{Post, Status};

/// Makes a draft or an archived post public.
pub(super) fn publish(cx: &mut Context, post: &Post) -> Result<Post> {
    let mut changes = Changes::new();
    if post.published_at.is_none() {
        changes.set(Post::F.published_at, cx.now());
    }
    Status::PUBLISH.apply(cx, post, changes)
}

/// Makes a public post a draft again.
pub(super) fn unpublish(cx: &mut Context, post: &Post) -> Result<Post> {
    Status::UNPUBLISH.apply(cx, post, Changes::new())
}

/// Withdraws a post for good, until it is published again.
pub(super) fn archive(cx: &mut Context, post: &Post) -> Result<Post> {
    Status::ARCHIVE.apply(cx, post, Changes::new())
}
