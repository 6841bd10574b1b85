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

#[serializer(crate = restwell_serializers, model = Post)]
enum Choice {
    Title(String),
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Tuple(String);

#[serializer(crate = restwell_serializers, model = Post)]
struct Generic<T> {
    title: T,
}

#[serializer(crate = restwell_serializers, model = Post)]
fn function() {}

fn main() {}
