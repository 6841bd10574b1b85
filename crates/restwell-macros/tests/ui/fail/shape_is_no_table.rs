use restwell_db as _;
use restwell_macros::Model;
use uuid::Uuid;

diesel::table! {
    posts (id) {
        id -> Uuid,
        title -> Text,
        subtitle -> Nullable<Text>,
        views -> Int4,
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
enum Post {
    Draft,
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
struct Pair(Uuid, String);

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
struct Generic<T> {
    id: T,
}

fn main() {}
