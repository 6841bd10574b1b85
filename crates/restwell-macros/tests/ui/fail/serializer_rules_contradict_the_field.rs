use restwell_macros::{Model, serializer};
use restwell_permissions::is_staff;

diesel::table! {
    posts (id) { id -> Int8, title -> Text, views -> Int4 }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts)]
struct Post {
    id: i64,
    title: String,
    views: i32,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct NeverShown {
    #[field(write_only, see = is_staff())]
    title: String,
    #[field(read_only, set = is_staff())]
    views: i32,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Required {
    #[field(set = is_staff())]
    title: String,
    #[field(set = is_staff(), required)]
    views: Option<i32>,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct SetByPut {
    #[field(set = is_staff(), default = String::new())]
    title: String,
    #[field(see)]
    views: i32,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct NoRelation {
    #[field(rule = is_staff())]
    title: String,
}

fn main() {}
