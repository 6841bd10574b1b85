use restwell_auth::{Auth, Jwt, KeyRing, SigningKey};
use restwell_macros::{Model, UserModel};

diesel::table! {
    users (id) { id -> Int8, username -> Text, password -> Text, is_active -> Bool }
}

#[derive(Model, UserModel, Clone)]
#[model(crate = restwell_db, table = users)]
#[user(crate = restwell_auth)]
struct User {
    id: i64,
    username: String,
    password: String,
    is_active: bool,
}

struct Directory;

fn auth(key: SigningKey) -> Auth<User> {
    Auth::new(Jwt::new(KeyRing::new(key))).roles(Directory)
}

fn main() {}
