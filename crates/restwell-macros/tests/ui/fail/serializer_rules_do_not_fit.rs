#[path = "../post.rs"]
mod post;

use post::Post;
use restwell::permissions::is_staff;

fn main() {}

fn nobody() -> bool {
    false
}

#[restwell::serializer(model = Post)]
struct NoRules {
    #[field(see = nobody())]
    title: String,
    #[field(set = nobody, default_on_create = String::new())]
    body: String,
}

#[restwell::serializer(model = Post)]
struct NeverShown {
    #[field(write_only, see = is_staff())]
    title: String,
}

#[restwell::serializer(model = Post)]
struct NeverRead {
    #[field(read_only, set = is_staff())]
    title: String,
}

#[restwell::serializer(model = Post)]
struct Required {
    #[field(set = is_staff())]
    title: String,
    #[field(set = is_staff(), required)]
    body: String,
}

#[restwell::serializer(model = Post)]
struct SetByPut {
    #[field(set = is_staff(), default = String::new())]
    title: String,
}

#[restwell::serializer(model = Post)]
struct WithoutRule {
    #[field(see)]
    title: String,
}
