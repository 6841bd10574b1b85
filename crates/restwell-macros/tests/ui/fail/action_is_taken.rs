#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_core::{Action, Result};
use restwell_db::Context;
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any};
use restwell_views::{ExtraAction, Reply, ViewSet};

struct Posts;

#[viewset(crate = restwell_views, read_only)]
impl ViewSet for Posts {
    type Model = Post;
    type Serializer = PostSerializer;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }

    fn extra_actions() -> Vec<ExtraAction<Self>> {
        Vec::new()
    }

    #[action(methods = [post])]
    fn destroy(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(name = "list")]
    fn all(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action]
    fn scope(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(detail, methods = [get, post], url_path = "state")]
    fn read_state(&self, _cx: &mut Context, _post: Post) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(detail, methods = [put, post], url_path = "state")]
    fn write_state(&self, _cx: &mut Context, _post: Post) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(url_path = "state", name = "read_state")]
    fn all_states(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }
}

fn main() {}
