use restwell_macros::Model;
use uuid::Uuid;

diesel::table! {
    users (id) { id -> Uuid, name -> Text }
}
diesel::table! {
    comments (id) { id -> Int8, post_id -> Uuid, other_id -> Int8 }
}
diesel::table! {
    tags (id) { id -> Int8, name -> Text }
}
diesel::table! {
    post_tags (post_id, tag_id) { post_id -> Uuid, tag_id -> Int8, note -> Text }
}
diesel::table! {
    posts (id) { id -> Uuid, author_id -> Uuid, category_id -> Nullable<Int8>, title -> Text }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = users)]
struct User {
    id: Uuid,
    name: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = comments)]
struct Comment {
    id: i64,
    post_id: Uuid,
    other_id: i64,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = tags)]
struct Tag {
    id: i64,
    name: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
struct Post {
    title: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, primary_key = category_id)]
struct Other {
    category_id: Option<i64>,
}

fn main() {}
