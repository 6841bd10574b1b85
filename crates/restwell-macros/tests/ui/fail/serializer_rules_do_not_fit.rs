use restwell_macros::{Model, serializer};

diesel::table! {
    posts (id) { id -> Int8, title -> Text, views -> Int4 }
}
diesel::table! {
    tags (id) { id -> Int8, name -> Text }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts)]
struct Post {
    id: i64,
    title: String,
    views: i32,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = tags)]
struct Tag {
    id: i64,
    name: String,
}

fn nobody() -> bool {
    false
}

#[serializer(crate = restwell_serializers, model = Post)]
struct PostSerializer {
    #[field(see = nobody())]
    title: String,
    #[field(set = restwell_permissions::is_owner(Tag::F.id), default_on_create = 1)]
    views: i32,
}

fn main() {}
