use restwell_filters::{Filters, Gte, IContains};
use restwell_macros::Model;

diesel::table! {
    posts (id) { id -> Int8, title -> Text, views -> Int4, pinned -> Bool }
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = posts)]
struct Post {
    id: i64,
    title: String,
    views: i32,
    pinned: bool,
}

fn main() {
    let _ = Filters::new().filter(Post::F.views, (Gte, IContains));
}
