use restwell_macros::UserModel;

#[derive(UserModel)]
#[user(crate = restwell_auth)]
enum User {
    Somebody,
}

#[derive(UserModel)]
#[user(crate = restwell_auth)]
struct Pair(String, String);

fn main() {}
