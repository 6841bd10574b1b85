use restwell_macros::{Choices, Model};

diesel::table! {
    posts (id) { id -> Int8, status -> Int4, kind -> Text }
}

#[derive(Choices, Clone, Copy)]
#[choices(crate = restwell_db)]
enum Status {
    Draft,
}

#[derive(Clone, Copy)]
enum Kind {
    Essay,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
struct Post {
    id: i64,
    status: Status,
    kind: Kind,
}

fn main() {
    let _ = Post::F.status.icontains("x");
    let _ = Post::F.status.eq("draft");
}
