use restwell_macros::{Model, serializer};
use restwell_serializers as _;

diesel::table! {
    users (id) { id -> Int8, name -> Text }
}
diesel::table! {
    posts (id) { id -> Int8, title -> Text, author_id -> Int8, version -> Int8 }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = users, has_many(posts: Post, column = author_id), uniqe(name))]
struct User {
    id: i64,
    name: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts, versoin, belongs_to(author: User, on_delet = cascade))]
struct Post {
    id: i64,
    title: String,
    author_id: i64,
    version: i64,
}

#[serializer(crate = restwell_serializers, model = User)]
struct UserSerializer {
    name: String,
    #[field(count = posts)]
    post_count: i64,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct PostSerializer {
    title: String,
    #[field(nested)]
    author: UserSerializer,
    #[field(read_only)]
    version: i64,
}

fn main() {}
