use restwell_db as _;
use restwell_macros::Model;

diesel::table! {
    people (id) {
        id -> Int8,
        slug -> Nullable<Text>,
        first_name -> Text,
        middle_name -> Text,
        last_name -> Nullable<Text>,
        email -> Text,
        phone -> Int8,
        birth_date -> Date,
        metadata -> Text,
        tags -> Text,
        notes -> Text,
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = people, identity, metadata, slug(source = phone))]
struct Person {
    id: i64,
    slug: Option<String>,
    first_name: String,
    middle_name: String,
    last_name: Option<String>,
    email: String,
    phone: i64,
    birth_date: chrono::NaiveDate,
    metadata: String,
    tags: String,
    notes: String,
}

fn main() {}
