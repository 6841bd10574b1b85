#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_core::{Action, Result};
use restwell_db::{Context, Model, QuerySet};
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any};
use restwell_views::{Reply, ViewSet};

struct Posts;

#[viewset(crate = restwell_views, read_only)]
impl ViewSet for Posts {
    type Model = Post;
    type Serializer = PostSerializer;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }

    #[action(detail, lists)]
    fn of_one(&self, _cx: &mut Context, _post: Post) -> Result<QuerySet<Post>> {
        Ok(Post::objects())
    }

    #[action(methods = [post], lists)]
    fn written(&self, _cx: &mut Context) -> Result<QuerySet<Post>> {
        Ok(Post::objects())
    }

    #[action(lists, renders = "text/csv")]
    fn as_text(&self, _cx: &mut Context) -> Result<QuerySet<Post>> {
        Ok(Post::objects())
    }

    #[action(lists)]
    fn shown(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(lists, parameters = [])]
    fn with_nothing(&self, _cx: &mut Context) -> Result<QuerySet<Post>> {
        Ok(Post::objects())
    }

    #[action(lists)]
    fn of_nothing(&self) {}
}

fn main() {}
