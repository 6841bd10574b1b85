use restwell_macros::{Model, serializer};

diesel::table! {
    users (id) { id -> Int8, name -> Text }
}
diesel::table! {
    posts (id) { id -> Int8, title -> Text, views -> Int4, author_id -> Int8 }
}
diesel::table! {
    tags (id) { id -> Int8, name -> Text }
}
diesel::table! {
    post_tags (post_id, tag_id) { post_id -> Int8, tag_id -> Int8 }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = users)]
struct User {
    id: i64,
    name: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts,
        belongs_to(author: User), many_to_many(tags: Tag, through = post_tags))]
struct Post {
    id: i64,
    title: String,
    views: i32,
    author_id: i64,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = tags)]
struct Tag {
    id: i64,
    name: String,
}

#[serializer(crate = restwell_serializers, model = User, read_only)]
struct UserBrief {
    name: String,
}

#[serializer(crate = restwell_serializers, model = Tag)]
struct TagSerializer {
    name: String,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Many {
    #[field(nested)]
    tags: TagSerializer,
    #[field(related, source = tags)]
    tag: Tag,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct One {
    #[field(nested)]
    author: Vec<UserBrief>,
    #[field(related, as = data, source = author)]
    authors: Vec<TagSerializer>,
    #[field(count = author)]
    author_count: i64,
}

#[serializer(crate = restwell_serializers, model = Post, read_only)]
struct Other {
    #[field(nested)]
    author: TagSerializer,
    #[field(source = author.nmae)]
    author_name: String,
    #[field(source = author.id)]
    author_key: String,
}

fn main() {}
