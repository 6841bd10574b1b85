use restwell_macros::{Model, serializer};
use restwell_permissions::allow_any;

diesel::table! { posts (id) { id -> Int8, title -> Text, category_id -> Int8 } }
diesel::table! { comments (id) { id -> Int8, post_id -> Int8, body -> Text } }
diesel::table! { tags (id) { id -> Int8, name -> Text } }
diesel::table! { post_tags (post_id, tag_id) { post_id -> Int8, tag_id -> Int8 } }
diesel::table! { categories (id) { id -> Int8, name -> Text } }

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = comments)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = tags)]
struct Tag {
    id: i64,
    name: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = categories)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Model, Clone)]
#[model(
    crate = restwell_serializers, table = posts, belongs_to(category: Category),
    has_many(comments: Comment), many_to_many(tags: Tag, through = post_tags)
)]
struct Post {
    id: i64,
    title: String,
    category_id: i64,
}

#[serializer(crate = restwell_serializers, model = Comment)]
struct CommentSerializer {
    body: String,
}

#[serializer(crate = restwell_serializers, model = Comment, read_only)]
struct CommentBrief {
    body: String,
}

#[serializer(crate = restwell_serializers, model = Tag)]
struct TagSerializer {
    name: String,
}

#[serializer(crate = restwell_serializers, model = Category)]
struct CategorySerializer {
    name: String,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct ReleasesWhatCannotBeAlone {
    #[field(nested, sync = sync, rule = allow_any())]
    comments: Vec<CommentSerializer>,
    #[field(nested, sync = sync, rule = allow_any())]
    category: CategorySerializer,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct DeletesWhatIsShared {
    #[field(nested, sync = replace, rule = allow_any())]
    tags: Vec<TagSerializer>,
    #[field(nested, sync = replace, rule = allow_any())]
    category: CategorySerializer,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct OnlyShown {
    #[field(nested, sync = append, rule = allow_any())]
    comments: Vec<CommentBrief>,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct RuleOfOthers {
    #[field(nested, sync = append, rule = allow_any() & restwell_permissions::is_owner(Tag::F.id))]
    comments: Vec<CommentSerializer>,
}

fn main() {}
