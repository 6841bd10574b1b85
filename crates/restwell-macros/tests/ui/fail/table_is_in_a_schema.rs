use restwell_macros::Model;

diesel::table! {
    auth.users (id) { id -> Int8 }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = users)]
struct User {
    id: i64,
}

fn main() {}
