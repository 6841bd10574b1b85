#[path = "../post.rs"]
mod post;

use post::{Post, PostSerializer};
use restwell_core::Action;
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any};
use restwell_views::{Actions, ViewSet};

struct Posts;

#[viewset(crate = restwell_views, readonly, only(list, retreive, publish), except(list), colour = "red")]
impl ViewSet for Posts {
    type Model = Post;
    type Serializer = PostSerializer;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }
}

struct Twice;

#[viewset(crate = restwell_views, read_only, base = ())]
impl ViewSet for Twice {
    type Model = Post;
    type Serializer = PostSerializer;
    type Base = ();
    const ACTIONS: Actions = Actions::LIST;
}

struct Malformed;

#[viewset(crate = restwell_views, read_only = true, base)]
impl ViewSet for Malformed {
    type Model = Post;
    type Serializer = PostSerializer;
    type Create = restwell_views::NoInput<Post>;

    fn permission(&self, _: Action) -> Rule<Post> {
        allow_any()
    }
}

fn main() {}
