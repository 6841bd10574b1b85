//! Posts that become public, and the world that hears of it.

use restwell::events::outbox::{Outgoing, publish};
use restwell::events::{AfterSave, Event, send};
use restwell::prelude::*;
use serde_json::json;

use super::{Post, Status};

/// Posts became public, by whatever was done to them.
#[derive(Clone, Debug)]
pub struct PostsPublished(pub Vec<Post>);

impl Event for PostsPublished {}

pub(crate) fn find_published(cx: &mut Context, saved: &AfterSave<Post>) -> Result<()> {
    let is_public = |post: &Post| post.status == Status::Published;
    let published: Vec<Post> = saved
        .rows
        .iter()
        .filter(|row| is_public(&row.new) && !row.old.as_ref().is_some_and(is_public))
        .map(|row| row.new.clone())
        .collect();
    if published.is_empty() {
        return Ok(());
    }
    send(cx, PostsPublished(published))
}

/// Writes `post.published` for the broker.
pub(crate) fn announce(cx: &mut Context, published: &PostsPublished) -> Result<()> {
    let actor = cx.principal().key().map(ToString::to_string);
    let at = cx.now();
    let message = |post: &Post| {
        let payload = json!({
            "type": "post.published",
            "id": post.id,
            "actor": actor,
            "timestamp": at,
            "slug": post.slug,
            "title": post.title,
        });
        Ok(Outgoing::new("post.published", &payload)?.key(format!("post {}", post.id)))
    };
    let messages: Result<Vec<_>> = published.0.iter().map(message).collect();
    publish(cx, messages?)
}
