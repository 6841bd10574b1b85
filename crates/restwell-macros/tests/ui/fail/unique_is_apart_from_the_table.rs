use restwell_db as _;
use restwell_macros::Model;

diesel::table! {
    posts (id) { id -> Int8, title -> Text, author -> Text, day -> Date }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts)]
#[model(unique(author, title), unique(author, day))]
struct Post {
    id: i64,
    title: String,
    author: String,
    day: chrono::NaiveDate,
}

fn main() {}
