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

    #[action(idempotent)]
    fn read(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(methods = [post], atomic = false, idempotent)]
    fn loose(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(methods = [post, get], idempotent = true)]
    fn valued(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }
}

fn main() {}
