use restwell_macros::{Choices, Model, StateMachine};

mod schema {
    diesel::table! {
        posts (id) { id -> Int8, status -> Text }
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = schema::posts)]
struct Post {
    id: i64,
    status: Status,
}

#[derive(Choices, StateMachine, Clone, Copy, PartialEq, Eq)]
#[choices(crate = restwell_db)]
#[state_machine(crate = restwell_db, model = Post, field = status)]
#[transition(publish: Draft => Publishd)]
#[transition(publish: Draft | Draft => Published)]
#[transition(unpublish: Published => Draft)]
#[transition(unpublish: Published => Draft)]
#[transition(archive Published => Draft)]
#[transition(retire: Published => Draft, gard = ready)]
#[transition(check: Draft => Published, guard = ready)]
enum Status {
    Draft,
    Published,
}

fn ready(_: &Post) -> bool {
    true
}

#[derive(StateMachine)]
#[state_machine(model = Post)]
enum NoField {
    One,
}

#[derive(StateMachine)]
#[state_machine(modle = Post, field = status)]
#[transition(go: One => Two)]
enum Typo {
    One,
    Two,
}

#[derive(StateMachine)]
#[state_machine(model = Post, field = status)]
struct NoEnum;

fn main() {}
