#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_macros::viewset;
use restwell_views::{Router, ViewSet};

struct Posts;

#[viewset(crate = restwell_views, read_only)]
impl ViewSet for Posts {
    type Model = Post;
    type Serializer = PostSerializer;
}

fn main() {
    let _ = Router::new().register("posts", Posts);
}
