use restwell::prelude::*;

use super::{Post, Status};

/// Makes a draft or an archived post public.
pub(super) fn publish(cx: &mut Context, post: &Post) -> Result<Post> {
    let mut changes = Changes::new().with(Post::F.status, Status::Published);
    if post.published_at.is_none() {
        changes.set(Post::F.published_at, cx.now());
    }
    change_status(cx, post, &[Status::Draft, Status::Archived], changes)
}

/// Makes a public post a draft again.
pub(super) fn unpublish(cx: &mut Context, post: &Post) -> Result<Post> {
    let changes = Changes::new().with(Post::F.status, Status::Draft);
    change_status(cx, post, &[Status::Published], changes)
}

/// Withdraws a post for good, until it is published again.
pub(super) fn archive(cx: &mut Context, post: &Post) -> Result<Post> {
    let changes = Changes::new().with(Post::F.status, Status::Archived);
    change_status(cx, post, &[Status::Draft, Status::Published], changes)
}

/// The condition on the old status stands in the statement, so of two at once one fails.
fn change_status(
    cx: &mut Context,
    post: &Post,
    from: &[Status],
    changes: Changes<Post>,
) -> Result<Post> {
    let legal = Post::F.status.in_(from.iter().copied());
    Post::objects()
        .filter(legal)
        .update_one(cx, &post.id, changes, None)?
        .ok_or_else(|| {
            let message = format!("A post that is {} cannot do this.", post.status.as_str());
            Error::conflict("illegal_transition", message)
        })
}
