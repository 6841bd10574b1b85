#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_core::{Action, Result};
use restwell_db::Context;
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

    #[action(detail)]
    fn without_row(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(detail)]
    fn without_self(_cx: &mut Context, _post: Post) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(detail)]
    fn with_shared_context(&self, _cx: &Context, _post: Post) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action]
    fn with_row(&self, _cx: &mut Context, _post: Post) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(detail)]
    fn with_more(&self, _cx: &mut Context, _post: Post, _more: u8, _most: u8) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action]
    async fn in_time(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action]
    fn without_context(&self) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action]
    fn without_reply(&self, _cx: &mut Context) {}
}

fn main() {}
