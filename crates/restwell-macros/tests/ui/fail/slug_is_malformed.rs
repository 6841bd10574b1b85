use restwell_db as _;
use restwell_macros::Model;

diesel::table! {
    posts (id) { id -> Int8, title -> Text, slug -> Text }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, slug)]
struct Bare {
    id: i64,
    title: String,
    slug: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, slug(max = 100))]
struct WithoutSource {
    id: i64,
    title: String,
    slug: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, slug(source = titel, max = 100))]
struct OfAnUnknownField {
    id: i64,
    title: String,
    slug: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, slug(source = slug))]
struct OfItself {
    id: i64,
    title: String,
    slug: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, slug(source = title, max = 5, length = 7), slug(source = title))]
struct TooShort {
    id: i64,
    title: String,
    slug: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, identity = true)]
struct WithAValue {
    id: i64,
    title: String,
    slug: String,
}

fn main() {}
