use restwell_macros::{Model, serializer};
use restwell_permissions::allow_any;

diesel::table! { posts (id) { id -> Int8, title -> Text } }
diesel::table! { comments (id) { id -> Int8, post_id -> Int8, body -> Text } }

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = comments)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts, has_many(comments: Comment))]
struct Post {
    id: i64,
    title: String,
}

#[serializer(crate = restwell_serializers, model = Comment)]
struct CommentSerializer {
    body: String,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct NoRule {
    #[field(nested, sync = append)]
    comments: Vec<CommentSerializer>,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct NoSync {
    #[field(nested, rule = allow_any())]
    comments: Vec<CommentSerializer>,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct NotNested {
    #[field(sync = append)]
    title: String,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct UnknownWord {
    #[field(nested, sync = merge, rule = allow_any())]
    comments: Vec<CommentSerializer>,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Contradictions {
    #[field(nested, read_only, sync = append, rule = allow_any())]
    comments: Vec<CommentSerializer>,
    #[field(source = comments, nested, sync = append, rule = allow_any(), default = Vec::new())]
    defaulted: Vec<CommentSerializer>,
    #[field(source = comments, nested, sync = append, rule = allow_any())]
    nullable: Option<Vec<CommentSerializer>>,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Names {
    #[field(source = comments, nested, or = key)]
    only_shown: Vec<CommentSerializer>,
    #[field(source = comments, nested, sync = append, or = id, rule = allow_any())]
    other_word: Vec<CommentSerializer>,
    #[field(source = comments, nested, sync = append, slug = body, rule = allow_any())]
    slug_alone: Vec<CommentSerializer>,
    #[field(source = comments, nested, as = key)]
    shown_as_keys: Vec<CommentSerializer>,
    #[field(source = comments, nested, sync = append, as = text, rule = allow_any())]
    shown_as_text: Vec<CommentSerializer>,
}

fn main() {}
