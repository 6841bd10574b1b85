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

    #[action(details, method = [get], atomic = "no")]
    fn one(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(methods = [gett, head, post, post])]
    fn two(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(methods = post, url_path = "/publish/", name = "a b")]
    fn three(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action(methods = [])]
    fn four(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }

    #[action()]
    fn five(&self, _cx: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }
}

fn main() {}
