use chrono::{DateTime, Utc};
use restwell::prelude::*;
use uuid::Uuid;

use super::PostError;
use crate::categories::Category;
use crate::comments::Comment;
use crate::schema::{post_tags, posts};
use crate::tags::Tag;
use crate::users::{User, roles};

/// Where a post is in its life.
#[derive(Choices, StateMachine, Clone, Copy, Debug, PartialEq, Eq)]
#[state_machine(model = Post, field = status)]
#[transition(publish: Draft | Archived => Published, guard = has_text)]
#[transition(unpublish: Published => Draft)]
#[transition(archive: Draft | Published => Archived)]
pub enum Status {
    /// Being written; its author's alone.
    Draft,
    /// For everybody.
    Published,
    /// Withdrawn; its author's alone.
    Archived,
}

/// What is public can be read.
fn has_text(_: &mut Context, post: &Post) -> Result<()> {
    if post.body.trim().is_empty() {
        return Err(PostError::Empty.into());
    }
    Ok(())
}

/// An article.
#[derive(Model, Clone, Debug)]
#[model(
    table = posts,
    scope = visible,
    soft_delete,
    version,
    timestamps,
    user_actions,
    audited,
    belongs_to(author: User, on_delete = protect),
    belongs_to(category: Category, on_delete = set_null),
    has_many(comments: Comment),
    many_to_many(tags: Tag, through = post_tags),
    slug(source = title, max = 220)
)]
pub struct Post {
    /// The key.
    pub id: Uuid,
    /// The headline.
    pub title: String,
    /// What its address says.
    pub slug: String,
    /// The text.
    pub body: String,
    /// Where it is in its life.
    pub status: Status,
    /// How often it was read.
    pub views: i32,
    /// Who wrote it.
    pub author_id: Uuid,
    /// The shelf it stands on.
    pub category_id: Option<i64>,
    /// When everybody could first read it.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// Who changed it last.
    pub updated_by: Option<Uuid>,
    /// How often it changed.
    pub version: i64,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Who deleted it.
    pub deleted_by: Option<Uuid>,
}

/// Everybody knows of what is published, authors of what is theirs, editors of everything.
pub(crate) fn visible(cx: &Context) -> Q<Post> {
    let principal = cx.principal();
    let sees_all = [roles::EDITOR, roles::ADMIN]
        .iter()
        .any(|role| principal.has_role(role));
    if principal.is_superuser() || sees_all {
        return Q::all();
    }
    Post::F.status.eq(Status::Published) | Post::F.author_id.is_current_user(cx)
}
