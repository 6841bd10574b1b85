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
struct PostSerializer {
    #[field(nested)]
    editor: UserBrief,
    #[field(related)]
    owner: User,
    #[field(related, as = data, source = labels)]
    tags: Vec<TagSerializer>,
    #[field(count = comments)]
    comment_count: i64,
    #[field(source = reviewer.name)]
    reviewer_name: String,
}

fn main() {
    let _ = PostSerializerInput::default();
}
