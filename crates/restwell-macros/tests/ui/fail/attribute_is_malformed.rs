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
#[model]
struct First {
    id: Uuid,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table, table = posts, verbose_name = 5, version = true, 7,
        soft_delete(x) unique,
        unique(titel), unique(name = "x"), unique(title, nam = "x"), unique(title, name = x))]
#[model(primary_key = code, scope = "visible")]
struct Second {
    #[model(column = "id", sensitive = true, sensitive)]
    id: Uuid,
    #[model(column = id)]
    title: String,
}

fn main() {}
