use chrono::{DateTime, Utc};
use restwell::prelude::*;
use uuid::Uuid;

use crate::posts::{Post, visible};
use crate::schema::comments;
use crate::users::User;

/// A remark below a post.
#[derive(Model, Clone, Debug)]
#[model(
    table = comments,
    scope = below_visible_posts,
    timestamps,
    audited,
    belongs_to(post: Post, on_delete = cascade),
    belongs_to(author: User, on_delete = cascade),
    belongs_to(parent: Comment, on_delete = cascade)
)]
pub struct Comment {
    /// The key.
    pub id: i64,
    /// The post.
    pub post_id: Uuid,
    /// Who wrote it.
    pub author_id: Uuid,
    /// The remark that it answers.
    pub parent_id: Option<i64>,
    /// The text.
    pub body: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Who knows of a post knows of its comments.
fn below_visible_posts(cx: &Context) -> Q<Comment> {
    Comment::relation_post().having(visible(cx))
}
