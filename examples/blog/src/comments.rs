//! Comments below posts.

mod model;

use restwell::blocks::TimestampFields;
use restwell::prelude::*;
use uuid::Uuid;

use crate::bases::BlogBase;
use crate::users::UserBrief;
use crate::users::roles::editors;

pub use model::Comment;

/// A comment as clients see and write it.
#[serializer(model = Comment, extends(TimestampFields), validate = answers_below_the_same_post)]
pub struct CommentSerializer {
    #[field(read_only)]
    id: i64,
    #[field(read_only, name = "post")]
    post_id: Uuid,
    #[field(nested)]
    author: UserBrief,
    #[field(related, create_only)]
    parent: Option<Comment>,
    #[validate(length(max = 2_000))]
    body: String,
}

fn answers_below_the_same_post(
    attrs: &Attrs<'_, CommentSerializerInput>,
    cx: &mut Context,
) -> Result<()> {
    let Some(parent) = attrs.get(Comment::F.parent_id).flatten() else {
        return Ok(());
    };
    let post = parent_key::<Uuid>(cx);
    let same = Comment::objects()
        .filter(Comment::F.id.eq(parent))
        .values(Comment::F.post_id, cx)?;
    if same.first() == post.as_ref() {
        return Ok(());
    }
    Err(Error::field(
        "parent",
        "invalid",
        "The parent belongs to another post.",
    ))
}

/// `/posts/{post}/comments/` and `/comments/{id}/`
#[derive(Clone, Copy, Debug)]
pub struct Comments;

/// `/posts/{post}/comments/`: list and create.
#[derive(Clone, Copy, Debug)]
pub struct PostComments;

fn rule() -> Rule<Comment> {
    read_only() | (grants("comments") & (editors() | is_owner(Comment::F.author_id)))
}

/// What readers say about posts.
#[viewset(base = BlogBase, only(retrieve, update, partial_update, destroy))]
impl ViewSet for Comments {
    type Model = Comment;
    type Serializer = CommentSerializer;

    fn permission(&self, _: Action) -> Rule<Comment> {
        rule()
    }
}

/// What readers say about a post.
#[viewset(base = BlogBase, only(list, create))]
impl ViewSet for PostComments {
    type Model = Comment;
    type Serializer = CommentSerializer;

    fn options() -> Options<Comment> {
        BlogBase::options()
            .idempotent()
            .filter(Comment::F.author_id, (Exact,))
            .filter(Comment::F.created_at, (Gte, Lt))
            .order((Comment::F.created_at,))
            .default_order([Comment::F.created_at.asc()])
    }

    fn permission(&self, _: Action) -> Rule<Comment> {
        rule()
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        comment: &mut Validated<InputOf<CommentSerializer>>,
    ) -> Result<()> {
        let author: Uuid = cx.user_id().ok_or_else(Error::not_authenticated)?;
        comment.set(Comment::F.author_id, author);
        Ok(())
    }
}
