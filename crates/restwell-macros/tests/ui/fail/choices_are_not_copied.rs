use restwell_macros::Choices;

#[derive(Choices)]
#[choices(crate = restwell_db)]
enum Status {
    Draft,
}

fn main() {}
