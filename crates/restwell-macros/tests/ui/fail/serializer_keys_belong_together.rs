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

#[serializer(crate = restwell_serializers, model = Post, last, export)]
struct PostSerializer {
    #[field(slug = title)]
    id: i64,
    #[field(as = data)]
    title: String,
    #[field(needs(title))]
    views: i32,
    #[field(no_column)]
    notify: bool,
    #[field(write_only, no_column, default_with = make)]
    other: bool,
    #[field(related)]
    tags: Option<Vec<Tag>>,
    #[field(count = tags)]
    tag_count: i32,
    #[field(write_only, no_column)]
    #[validate(must_match(other = titel), range(), regex)]
    again: String,
}

#[serializer(crate = restwell_serializers, group, model = Post)]
struct Group {
    title: String,
}

fn main() {}
