use restwell_macros::{Model, UserModel};

diesel::table! {
    users (id) { id -> Int8, mail -> Text, hash -> Text, enabled -> Bool }
}

#[derive(Model, UserModel, Clone)]
#[model(crate = restwell_db, table = users)]
#[user(crate = restwell_auth)]
struct Nameless {
    id: i64,
    mail: String,
    hash: String,
    enabled: bool,
}

#[derive(Model, UserModel, Clone)]
#[model(crate = restwell_db, table = users)]
#[user(crate = restwell_auth, username = email, password = hash, is_active = enabled)]
struct Misnamed {
    id: i64,
    mail: String,
    hash: String,
    enabled: bool,
}

#[derive(Model, UserModel, Clone)]
#[model(crate = restwell_db, table = users)]
#[user(crate = restwell_auth, username = mail, pasword = hash, password, is_active = enabled)]
struct Mistaken {
    id: i64,
    mail: String,
    hash: String,
    enabled: bool,
}

fn main() {}
