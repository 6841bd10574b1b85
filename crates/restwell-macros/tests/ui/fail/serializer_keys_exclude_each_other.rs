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

#[serializer(crate = restwell_serializers, model = Post, read_only, write_only)]
struct Neither {
    id: i64,
}

#[serializer(crate = restwell_serializers, model = Post, read_only, validate = check)]
struct Shown {
    id: i64,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct PostSerializer {
    #[field(read_only, write_only)]
    id: i64,
    #[field(read_only, required, default = "None")]
    #[validate(length(max = 3))]
    title: String,
    #[field(required, default = 0, default_on_create = 1)]
    views: i32,
    #[field(nested, required, write_only)]
    author: UserBrief,
    #[field(method = excerpt, default = "None", allow_blank)]
    excerpt: String,
    #[field(count = comments, write_only)]
    comment_count: i64,
    #[field(source = author.name, trim = false)]
    author_name: String,
    #[field(nested, related)]
    tags: Vec<TagSerializer>,
    #[field(related, default = 1)]
    category: Category,
    #[field(method = excerpt, source = title)]
    other: String,
}

fn main() {}
