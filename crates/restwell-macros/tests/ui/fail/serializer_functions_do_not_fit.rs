use restwell_macros::{Model, serializer};

diesel::table! {
    posts (id) { id -> Int8, title -> Text, views -> Int4, picture -> Nullable<Bytea> }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts)]
struct Post {
    id: i64,
    title: String,
    views: i32,
    picture: Option<Vec<u8>>,
}

use restwell_db::Context;

#[serializer(crate = restwell_serializers, model = Post, validate = whole)]
struct PostSerializer {
    #[field(validate = title)]
    title: String,
    #[field(default = "many")]
    views: i32,
    #[field(method = excerpt)]
    excerpt: String,
}

fn whole(_: &Post) {}

fn title(_: &String) -> bool {
    true
}

fn excerpt(post: &Post, _: &Context) -> usize {
    post.title.len()
}

fn main() {}
