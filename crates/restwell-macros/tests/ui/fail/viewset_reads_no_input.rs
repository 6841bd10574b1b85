#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_core::Action;
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any};
use restwell_views::ViewSet;

struct Posts;

#[viewset(crate = restwell_views)]
impl ViewSet for Posts {
    type Model = Post;
    type Serializer = PostSerializer;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }

    fn premission(&self) {}
}

fn main() {}
