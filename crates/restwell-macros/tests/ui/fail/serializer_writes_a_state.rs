use restwell_macros::{Choices, Model, StateMachine, serializer};

mod schema {
    diesel::table! {
        posts (id) { id -> Int8, status -> Text, kind -> Text }
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = schema::posts)]
struct Post {
    id: i64,
    status: Status,
    kind: Kind,
}

#[derive(Choices, StateMachine, Clone, Copy, Debug, PartialEq, Eq)]
#[choices(crate = restwell_serializers)]
#[state_machine(crate = restwell_db, model = Post, field = status)]
#[transition(publish: Draft => Published)]
enum Status {
    Draft,
    Published,
}

#[derive(Choices, Clone, Copy, Debug, PartialEq, Eq)]
#[choices(crate = restwell_serializers)]
enum Kind {
    News,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct OfCreation {
    #[field(create_only)]
    status: Status,
    kind: Kind,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Shown {
    #[field(read_only)]
    status: Status,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct Writable {
    status: Status,
    kind: Kind,
}

fn main() {}
