use restwell_db as _;
use restwell_macros::Model;
use uuid::Uuid;

diesel::table! {
    posts (id) {
        id -> Uuid,
        title -> Text,
        subtitle -> Nullable<Text>,
        views -> Int4,
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
struct Post {
    id: Uuid,
    title: String,
    views: i32,
}

fn main() {
    let _ = Post::F.views.icontains("x");
    let _ = Post::F.title.is_null(true);
    let _ = Post::F.titel.eq("x");
}
