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
#[model(crate = restwell_db, table = posts,
        belongs_to(author),
        belongs_to(author:),
        belongs_to(5: User),
        belongs_to(writer: User, on_delete = restrict, colum = author_id),
        belongs_to(author: User),
        belongs_to(author: User),
        belongs_to(editor: User, column = author_id, on_delete = set_null),
        belongs_to = 5,
        has_many,
        has_many(comments: Comment, on_delete = protect),
        has_one(),
        many_to_many(tags: Tag),
        many_to_many(tags: Tag, through))]
struct Post {
    id: Uuid,
    author_id: Uuid,
    title: String,
}

fn main() {
    let _ = Post::relation_author();
}
