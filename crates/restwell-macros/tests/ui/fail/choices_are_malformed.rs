use restwell_macros::Choices;

#[derive(Choices, Clone, Copy)]
#[choices(crate = restwell_db)]
struct NoEnum;

#[derive(Choices, Clone, Copy)]
#[choices(crate = restwell_db)]
enum Empty {}

#[derive(Choices, Clone, Copy)]
#[choices(crate = restwell_db, rename_all = "kebab", rename = "x")]
enum Status {
    Draft,
    InReview(u8),
    #[choice("draft")]
    Twin,
    #[choice(draft)]
    NoText,
    #[choice("")]
    Nothing,
    #[choice = "x"]
    Assigned,
}

#[derive(Choices, Clone, Copy)]
#[choices(crate = restwell_db)]
enum Generic<T> {
    One,
    Two(T),
}

fn main() {
    use restwell_db::__private::Choices as _;
    let _ = Status::Draft.as_str();
}
