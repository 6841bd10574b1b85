#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_core::Action;
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any};
use restwell_views::{Router, ViewSet};

struct NoModel;

#[viewset(crate = restwell_views, read_only)]
impl ViewSet for NoModel {
    type Serializer = PostSerializer;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }
}

struct NoSerializer;

#[viewset(crate = restwell_views)]
impl ViewSet for NoSerializer {
    type Model = Post;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }
}

fn main() {
    let _ = Router::new()
        .register("one", NoModel)
        .register("other", NoSerializer);
}
