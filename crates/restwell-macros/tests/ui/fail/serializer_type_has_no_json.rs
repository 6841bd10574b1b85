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
struct PostSerializer {
    picture: Option<Vec<u8>>,
    #[field(method = handle)]
    handle: std::thread::ThreadId,
    #[validate(length(max = 5))]
    views: i32,
    #[field(write_only, no_column)]
    raw: std::net::IpAddr,
}

fn handle(_: &Post, _: &restwell_db::Context) -> std::thread::ThreadId {
    std::thread::current().id()
}

fn main() {}
