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
    fn with_another_row(&self, _cx: &mut Context, _post: String) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action]
    fn with_another_answer(&self, _cx: &mut Context) -> Reply {
        Reply::no_content()
    }
}

fn main() {}
