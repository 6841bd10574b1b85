use restwell_macros::{Model, UserModel};

diesel::table! {
    users (id) {
        id -> Int8,
        username -> Int8,
        password -> Nullable<Text>,
        is_active -> Bool,
        last_login -> Text,
    }
}

#[derive(Model, UserModel, Clone)]
#[model(crate = restwell_db, table = users)]
#[user(crate = restwell_auth)]
struct User {
    id: i64,
    username: i64,
    password: Option<String>,
    is_active: bool,
    last_login: String,
}

fn main() {}
