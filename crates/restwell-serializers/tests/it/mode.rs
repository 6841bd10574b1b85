//! What absent, null and given members mean to a create, a PUT and a PATCH.

use restwell_core::{FieldErrors, Result};
use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::{Attrs, FieldMeta, Input, Mode, Representation, Validated};

use crate::blog::{Category, Post, Status, category, post, user, user_key};
use crate::database::{Database, read};

#[serializer(model = Post, validate = seen)]
struct PostSerializer {
    #[field(read_only)]
    id: i64,
    title: String,
    #[field(create_only)]
    #[validate(length(min = 2))]
    slug: String,
    #[field(required = false)]
    body: String,
    #[field(default = Status::Draft)]
    status: Status,
    #[field(default_on_create = 7)]
    views: i32,
    #[field(required)]
    published_at: Option<chrono::DateTime<chrono::Utc>>,
    #[field(related)]
    category: Option<Category>,
    #[field(write_only, no_column, default = true)]
    notify: bool,
    #[field(write_only, no_column, default_on_create = "web".to_owned())]
    origin: String,
    #[field(write_only, no_column)]
    note: Option<String>,
}

fn seen(attrs: &Attrs<'_, PostSerializerInput>, _: &mut Context) -> Result<()> {
    let input = attrs.input;
    // The defaults of members without a column stand in the input.
    assert_eq!(
        input.notify.is_supplied(),
        attrs.mode() != Mode::PartialUpdate
    );
    assert_eq!(input.origin.is_supplied(), attrs.mode() == Mode::Create);
    assert_eq!(attrs.instance().is_some(), attrs.mode() != Mode::Create);
    Ok(())
}

#[serializer(model = Post)]
struct Computed {
    title: String,
    #[field(default_with = slug)]
    slug: String,
    #[field(create_only, default = 3)]
    views: i32,
}

fn slug(input: &ComputedInput, cx: &mut Context) -> Result<String> {
    let title = input.title.value().cloned().unwrap_or_default();
    Ok(format!("{title}-{}", cx.now().timestamp()))
}

type Outcome = Result<Validated<PostSerializerInput>, FieldErrors>;

fn attempt(cx: &mut Context, body: &str, row: Option<&Post>, mode: Mode) -> Outcome {
    read::<PostSerializerInput>(cx, body, row, mode).expect("JSON")
}

fn errors(outcome: Outcome) -> String {
    outcome.expect_err("errors").to_json().to_string()
}

/// The columns that are written, with their values.
fn written<I: Input>(read: &Validated<I>) -> String {
    let all: Vec<String> = read
        .changes()
        .iter()
        .map(|(column, value)| format!("{}={}", column.name, value.to_json()))
        .collect();
    all.join(" ")
}

fn with_post(work: impl FnOnce(&mut Context, &Post)) {
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    let news = category(&mut cx, "News");
    let row = post(&mut cx, "Old", user_key(1), Some(news.id));
    work(&mut cx, &row);
}

#[test]
fn a_create_names_every_missing_field() {
    with_post(|cx, _| {
        assert_eq!(
            errors(attempt(cx, "{}", None, Mode::Create)),
            concat!(
                r#"{"title":["This field is required."],"slug":["This field is required."],"#,
                r#""published_at":["This field is required."]}"#
            )
        );
    });
}

#[test]
fn a_create_writes_what_is_given_and_the_defaults() {
    with_post(|cx, _| {
        let body = r#"{"title":"T","slug":"tt","published_at":null}"#;
        let read = attempt(cx, body, None, Mode::Create).expect("a sound body");
        assert_eq!(
            written(&read),
            r#"title="T" slug="tt" status="draft" views=7 published_at=null"#
        );
        assert_eq!(read.input.origin.value().map(String::as_str), Some("web"));
        let body = r#"{"title":"T","slug":"tt","published_at":null,"category":null,"views":1,
            "status":"published","notify":false,"origin":"app"}"#;
        let read = attempt(cx, body, None, Mode::Create).expect("a sound body");
        assert_eq!(
            written(&read),
            r#"title="T" slug="tt" status="published" views=1 published_at=null category_id=null"#
        );
        assert_eq!(read.input.notify.value(), Some(&false));
        assert_eq!(read.input.origin.value().map(String::as_str), Some("app"));
    });
}

#[test]
fn a_put_requires_the_same_and_keeps_what_is_left_out() {
    with_post(|cx, row| {
        assert_eq!(
            errors(attempt(cx, "{}", Some(row), Mode::Update)),
            concat!(
                r#"{"title":["This field is required."],"#,
                r#""published_at":["This field is required."]}"#
            )
        );
        let body = r#"{"title":"T","slug":5,"published_at":null}"#;
        let read = attempt(cx, body, Some(row), Mode::Update).expect("a sound body");
        assert_eq!(
            written(&read),
            r#"title="T" status="draft" published_at=null"#
        );
    });
}

#[test]
fn a_patch_requires_nothing_and_has_no_defaults() {
    with_post(|cx, row| {
        let read = attempt(cx, "{}", Some(row), Mode::PartialUpdate).expect("a sound body");
        assert_eq!(written(&read), "");
        let body = r#"{"category":null,"slug":"ignored","body":"B"}"#;
        let read = attempt(cx, body, Some(row), Mode::PartialUpdate).expect("a sound body");
        assert_eq!(written(&read), r#"body="B" category_id=null"#);
        let saved = read
            .for_row(restwell_db::Model::objects(), row.id, None)
            .save(cx);
        let saved = saved.expect("a change");
        assert_eq!((saved.category_id, saved.body.as_str()), (None, "B"));
        assert_eq!(saved.slug, "old");
    });
}

#[test]
fn null_is_refused_where_it_is_no_value_in_every_mode() {
    with_post(|cx, row| {
        let body = r#"{"title":null,"status":null,"views":null,"body":null,"notify":null,
            "published_at":null}"#;
        for mode in [Mode::Update, Mode::PartialUpdate] {
            assert_eq!(
                errors(attempt(cx, body, Some(row), mode)),
                concat!(
                    r#"{"title":["This field may not be null."],"#,
                    r#""body":["This field may not be null."],"#,
                    r#""status":["This field may not be null."],"#,
                    r#""views":["This field may not be null."],"#,
                    r#""notify":["This field may not be null."]}"#
                )
            );
        }
        let read = attempt(cx, r#"{"note":null}"#, Some(row), Mode::PartialUpdate);
        assert!(read.expect("a sound body").input.note.is_supplied());
    });
}

#[test]
fn what_only_a_create_sets_is_not_even_checked_by_an_update() {
    with_post(|cx, row| {
        for slug in ["5", "\"a\"", "[]", "null", "\"new\""] {
            let body = format!("{{\"title\":\"T\",\"slug\":{slug},\"published_at\":null}}");
            for mode in [Mode::Update, Mode::PartialUpdate] {
                let read = attempt(cx, &body, Some(row), mode).expect("a sound body");
                assert!(!read.changes().contains(Post::F.slug), "{slug}");
            }
        }
        assert_eq!(
            errors(attempt(
                cx,
                r#"{"title":"T","slug":"a","published_at":null}"#,
                None,
                Mode::Create
            )),
            r#"{"slug":["Ensure this field has at least 2 characters."]}"#
        );
    });
}

#[test]
fn a_default_can_be_made_of_the_whole_input() {
    with_post(|cx, row| {
        let mut read = |body: &str, mode| {
            let outcome = read::<ComputedInput>(cx, body, Some(row), mode);
            written(&outcome.expect("JSON").expect("a sound body"))
        };
        let made = r#"title="T" slug="T-1768473000" views=3"#;
        assert_eq!(read(r#"{"title":"T"}"#, Mode::Create), made);
        assert_eq!(
            read(r#"{"title":"T","slug":"s","views":1}"#, Mode::Create),
            r#"title="T" slug="s" views=1"#
        );
        assert_eq!(
            read(r#"{"title":"T","views":1}"#, Mode::Update),
            r#"title="T""#
        );
        assert_eq!(
            read(r#"{"title":"T"}"#, Mode::PartialUpdate),
            r#"title="T""#
        );
    });
}

#[test]
fn the_metadata_says_so() {
    let field = |name: &str| -> FieldMeta {
        let mut fields = PostSerializerInput::FIELDS.iter();
        *fields.find(|field| field.name == name).expect("a field")
    };
    let required: Vec<&str> = PostSerializerInput::FIELDS
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    assert_eq!(required, ["title", "slug", "published_at"]);
    assert!(field("id").read_only);
    assert!(field("slug").create_only);
    assert_eq!(field("slug").min_length, Some(2));
    assert!(field("published_at").nullable && !field("notify").nullable);
    assert_eq!(
        field("status").describe().to_string(),
        concat!(
            r#"{"type":"choice","required":false,"read_only":false,"label":"Status","choices":["#,
            r#"{"value":"draft","display_name":"Draft"},"#,
            r#"{"value":"published","display_name":"Published"},"#,
            r#"{"value":"in-review","display_name":"In-review"}]}"#
        )
    );
    assert_eq!(
        PostSerializer::FIELDS.len(),
        PostSerializerInput::FIELDS.len() - 3
    );
}
