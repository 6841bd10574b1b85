//! Many inputs at once: what they ask, what they take from each other, and how they are saved.

use restwell_core::Result;
use restwell_db::{Context, Model as _};
use restwell_macros::serializer;
use restwell_serializers::{Input, Mode, Validated, parse_keyed, parse_many, validate};

use crate::blog::{Category, category};
use crate::database::Database;

#[serializer(model = Category)]
struct CategorySerializer {
    name: String,
    #[field(required = false)]
    slug: String,
}

#[serializer(model = Category)]
struct MadeSerializer {
    name: String,
    #[field(default_with = free_slug)]
    slug: String,
}

fn free_slug(input: &MadeSerializerInput, cx: &mut Context) -> Result<String> {
    let name = input.name.value().map(|name| name.to_lowercase());
    let name = name.unwrap_or_default();
    let same = Category::objects().filter(Category::F.slug.eq(name.as_str()));
    Ok(if same.exists(cx)? {
        format!("{name}-2")
    } else {
        name
    })
}

type Outcomes<I> = Vec<Result<Validated<I>>>;

fn validated<I: Input>(cx: &mut Context, body: &str) -> Outcomes<I> {
    let drafts = parse_many(body.as_bytes(), 100).expect("a list");
    validate(drafts, &[], Mode::Create, cx).expect("a database")
}

fn saved<I: Input<Model = Category>>(cx: &mut Context, outcomes: Outcomes<I>) -> Vec<Category> {
    let mut batch: Vec<_> = outcomes
        .into_iter()
        .map(|row| row.expect("a row"))
        .collect();
    let mut batch: Vec<_> = batch.iter_mut().collect();
    let rows = Validated::save_all(&mut batch, cx).expect("a database");
    rows.expect("rows in which nothing is wrong")
}

fn slugs(rows: &[Category]) -> Vec<&str> {
    rows.iter().map(|row| row.slug.as_str()).collect()
}

#[test]
fn the_slugs_of_a_batch_are_asked_for_at_once() {
    let database = Database::new();
    let mut cx = database.context();
    category(&mut cx, "tea");
    let before = cx.statements();
    let body = r#"[{"name":"Tea!"},{"name":"TEA"},{"name":"x","slug":"tea-3"},{"name":"Rum"},{"name":"Tea?"}]"#;
    let outcomes = validated::<CategorySerializerInput>(&mut cx, body);
    assert_eq!(cx.statements() - before, 0);
    let rows = saved(&mut cx, outcomes);
    assert_eq!(cx.statements() - before, 2);
    assert_eq!(slugs(&rows), ["tea-2", "tea-4", "tea-3", "rum", "tea-5"]);
}

#[test]
fn values_that_were_made_and_are_taken_meanwhile_are_made_again() {
    let database = Database::new();
    let mut cx = database.context();
    let body = r#"[{"name":"TEA"},{"name":"Rum"}]"#;
    let outcomes = validated::<MadeSerializerInput>(&mut cx, body);
    category(&mut database.context(), "tea");
    let rows = saved(&mut cx, outcomes);
    assert_eq!(slugs(&rows), ["tea-2", "rum"]);
}

#[test]
fn a_value_that_was_sent_and_is_taken_meanwhile_is_refused_at_its_place() {
    let database = Database::new();
    let mut cx = database.context();
    let body = r#"[{"name":"A","slug":"a"},{"name":"B","slug":"b"},{"name":"b","slug":"c"}]"#;
    let mut rows: Vec<_> = validated::<CategorySerializerInput>(&mut cx, body)
        .into_iter()
        .map(|row| row.expect("a row"))
        .collect();
    category(&mut database.context(), "b");
    let mut batch: Vec<_> = rows.iter_mut().collect();
    let errors = Validated::save_all(&mut batch, &mut cx).expect("a database");
    let errors = errors.expect_err("two rows that are taken").into_iter();
    let errors: Vec<(usize, String)> = errors
        .map(|(place, error)| (place, error.fields().to_json().to_string()))
        .collect();
    let slug = r#"{"slug":["category with this slug already exists."]}"#;
    let name = r#"{"name":["category with this name already exists."]}"#;
    assert_eq!(errors, [(1, slug.to_owned()), (2, name.to_owned())]);
    assert_eq!(Category::objects().count(&mut cx).expect("a count"), 1);
}

#[test]
fn rows_name_themselves_by_their_key() {
    let body =
        r#"[{"id":"7","name":"A"},{"name":"B","id":8},{"id":1.5},{"id":true},{},{"id":9,"id":10}]"#;
    let drafts = parse_keyed::<CategorySerializerInput>(body.as_bytes(), 10).expect("a list");
    let read: Vec<(Option<String>, String)> = drafts
        .iter()
        .map(|draft| {
            let key = draft.key.as_ref().map(ToString::to_string);
            (key, draft.errors.to_json().to_string())
        })
        .collect();
    let wrong =
        |kind: &str| format!(r#"{{"id":["Incorrect type. Expected pk value, received {kind}."]}}"#);
    let key = |key: &str| (Some(key.to_owned()), "{}".to_owned());
    assert_eq!(
        read,
        [
            key("7"),
            key("8"),
            (None, wrong("float")),
            (None, wrong("bool")),
            (None, r#"{"id":["This field is required."]}"#.to_owned()),
            key("10"),
        ]
    );
}
