use restwell::prelude::*;
use uuid::Uuid;

use super::actions::{archive, publish, unpublish};
use super::serializers::{PostListSerializer, PostSerializer};
use super::{Post, Status};
use crate::bases::BlogBase;
use crate::tags::Tag;
use crate::users::roles::{admins, editors};

/// `/posts/`
#[derive(Clone, Copy, Debug)]
pub struct Posts;

/// What authors write, and who may read it.
#[viewset(base = BlogBase)]
impl ViewSet for Posts {
    type Model = Post;
    type Serializer = PostSerializer;
    type List = PostListSerializer;

    fn options() -> Options<Post> {
        BlogBase::options()
            .idempotent()
            .filter(Post::F.status, (Exact, In))
            .filter(Post::F.author_id, (Exact,))
            .filter(Post::F.category_id, (Exact, IsNull))
            .filter_related("tags", Post::relation_tags(), Tag::F.id, (Exact, In))
            .filter(Post::F.views, (Gte, Lte, Range))
            .filter(Post::F.created_at, (Gte, Lt))
            .filter(Post::F.published_at, (Gte, Lt, Date))
            .filter(Post::F.title, (IContains,))
            .search([Post::F.title, Post::F.body])
            .order((
                Post::F.created_at,
                Post::F.published_at,
                Post::F.title,
                Post::F.views,
            ))
            .default_order([Post::F.created_at.desc()])
            .trash()
            .history()
    }

    fn extensions() -> Extensions<Self> {
        Extensions::none().with(Bulk::new(1_000).stream(1_000_000, 1 << 30))
    }

    fn permission(&self, action: Action) -> Rule<Post> {
        if action.is_bulk() {
            return editors();
        }
        if ["publish", "unpublish", "archive", "summary"]
            .iter()
            .any(|name| action.is(name))
        {
            return editors();
        }
        if ["trash", "restore", "purge"]
            .iter()
            .any(|name| action.is(name))
        {
            return admins();
        }
        if action.is("history") {
            return is_authenticated() & (editors() | is_owner(Post::F.author_id));
        }
        read_only() | (grants("posts") & (editors() | is_owner(Post::F.author_id)))
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        post: &mut Validated<InputOf<PostSerializer>>,
    ) -> Result<()> {
        let author: Uuid = cx.user_id().ok_or_else(Error::not_authenticated)?;
        post.set(Post::F.author_id, author);
        if post.get(Post::F.status) == Some(Status::Published) {
            post.set(Post::F.published_at, cx.now());
        }
        Ok(())
    }

    /// Shows a draft to everybody.
    #[action(detail, methods = [post], idempotent)]
    fn publish(&self, cx: &mut Context, post: Post) -> Result<Reply> {
        let post = publish(cx, &post)?;
        Ok(Reply::object::<PostSerializer>(&post, cx)?.message("Post published successfully"))
    }

    /// Makes a published post a draft again.
    #[action(detail, methods = [post], idempotent)]
    fn unpublish(&self, cx: &mut Context, post: Post) -> Result<Reply> {
        let post = unpublish(cx, &post)?;
        Ok(Reply::object::<PostSerializer>(&post, cx)?.message("Post unpublished successfully"))
    }

    /// Hides a published post or a draft for good.
    #[action(detail, methods = [post], idempotent)]
    fn archive(&self, cx: &mut Context, post: Post) -> Result<Reply> {
        let post = archive(cx, &post)?;
        Ok(Reply::object::<PostSerializer>(&post, cx)?.message("Post archived successfully"))
    }

    /// How many posts are in which state.
    #[action(methods = [get])]
    fn summary(&self, cx: &mut Context) -> Result<Reply> {
        let counts = Post::objects()
            .group_by(Post::F.status)
            .measure(Count, cx)?;
        let of = |status: Status| {
            counts
                .iter()
                .find(|(own, _)| *own == status)
                .map_or(0, |(_, count)| *count)
        };
        Ok(Reply::json(&serde_json::json!({
            "draft": of(Status::Draft),
            "published": of(Status::Published),
            "archived": of(Status::Archived),
            "total": counts.iter().map(|(_, count)| count).sum::<i64>(),
        })))
    }
}
