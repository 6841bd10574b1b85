use restwell_macros::{Model, UserModel};

diesel::table! {
    users (id) { id -> Int8, username -> Text, password -> Text, is_active -> Bool }
}

#[derive(UserModel, Clone)]
#[user(crate = restwell_auth)]
struct Tableless {
    id: i64,
    username: String,
    password: String,
    is_active: bool,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = users)]
struct Customer {
    id: i64,
    username: String,
    password: String,
    is_active: bool,
}

fn log_in<U: restwell_auth::UserModel>() {}

fn main() {
    log_in::<Customer>();
}
