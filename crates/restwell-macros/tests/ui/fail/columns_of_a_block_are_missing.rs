use restwell_db as _;
use restwell_db::block::Identity;
use restwell_macros::Model;

diesel::table! {
    people (id) { id -> Int8, first_name -> Text }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = people, identity, metadata, address, slug(source = first_name))]
struct Person {
    id: i64,
    first_name: String,
}

fn main() {
    let ada = Person { id: 1, first_name: "Ada".to_owned() };
    ada.full_name();
}
