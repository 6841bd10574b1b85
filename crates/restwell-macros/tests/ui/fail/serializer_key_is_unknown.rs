use restwell_macros::{Model, serializer};

diesel::table! {
    posts (id) { id -> Int8, title -> Text, views -> Int4, picture -> Nullable<Bytea> }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts)]
struct Post {
    id: i64,
    title: String,
    views: i32,
    picture: Option<Vec<u8>>,
}

#[serializer(crate = restwell_serializers, model = Post, readonly, unknown = "error")]
struct First {
    #[field(read_onyl)]
    id: i64,
    #[validate(lenght(max = 5), email(mesage = "No."))]
    title: String,
    #[validate(range(minimum = 5))]
    #[serde(rename = "count")]
    views: i32,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Second {
    #[field(default)]
    title: String,
    #[field(related, as = keys, slug)]
    #[validate(credit_card)]
    views: i32,
}

#[serializer(crate = restwell_serializers, modell = Post, validate)]
struct Third {
    #[field]
    title: String,
}

fn main() {}
