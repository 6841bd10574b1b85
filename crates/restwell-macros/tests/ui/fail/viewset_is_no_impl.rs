#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_macros::viewset;

#[viewset]
struct Posts;

#[viewset]
impl Posts {
    fn permission(_: &Post, _: PostSerializer) {}
}

#[viewset]
impl Default for Posts {
    fn default() -> Self {
        Self
    }
}

fn main() {
    Posts::permission(&Post::new(String::new()), PostSerializer);
    let Posts = Posts::default();
}
