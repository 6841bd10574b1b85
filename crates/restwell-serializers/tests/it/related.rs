//! Rows that an input names by key or by slug.

use diesel::connection::SimpleConnection;
use restwell_core::FieldErrors;
use restwell_db::{Context, Model as _};
use restwell_macros::{Model, serializer};
use restwell_serializers::{Input, Mode, parse_one, validate};

use crate::blog::{Category, Post, Tag, User, category, post, tag, user, user_key};
use crate::database::{Database, read, refused, shown};
use crate::schema::{post_tags, posts, tags};

#[serializer(model = Tag)]
struct TagSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
}

#[serializer(model = Category, read_only)]
struct CategoryBrief {
    name: String,
}

#[serializer(model = Post)]
struct ByKey {
    #[field(required = false)]
    title: String,
    #[field(related, required = false)]
    author: User,
    #[field(related)]
    category: Option<Category>,
    #[field(related, required = false)]
    tags: Vec<Tag>,
}

#[serializer(model = Post)]
struct BySlug {
    #[field(related, slug = username, source = author, required = false)]
    writer: User,
    #[field(related, slug = slug)]
    category: Option<Category>,
    #[field(related, slug = name, required = false, name = "labels")]
    tags: Vec<Tag>,
}

#[serializer(model = Post)]
struct AsData {
    #[field(related, as = data)]
    category: Option<CategoryBrief>,
    #[field(related, slug = name, as = data, required = false)]
    tags: Vec<TagSerializer>,
}

/// A tag that only some see.
#[derive(Model, Clone, Debug)]
#[model(table = tags, scope = short_names)]
struct ShortTag {
    id: i64,
    name: String,
}

/// A post with such tags.
#[derive(Model, Clone, Debug)]
#[model(table = posts,
        many_to_many(tags: ShortTag, through = post_tags, source = post_id, target = tag_id))]
struct Note {
    id: i64,
}

#[serializer(model = Note)]
struct NoteSerializer {
    #[field(related)]
    tags: Vec<ShortTag>,
}

fn short_names(_: &Context) -> restwell_db::Q<ShortTag> {
    ShortTag::F.name.in_(["go"])
}

fn rows(cx: &mut Context) -> Post {
    user(cx, 1, "ann");
    user(cx, 2, "bob");
    category(cx, "News");
    category(cx, "Sport");
    for name in ["rust", "go", "c"] {
        tag(cx, name);
    }
    post(cx, "Old", user_key(1), Some(1))
}

fn check<I: Input>(cases: &[(&str, &str)]) {
    let database = Database::new();
    let mut cx = database.context();
    rows(&mut cx);
    for (members, expected) in cases {
        let found = refused::<I>(&mut cx, &format!("{{{members}}}"));
        assert_eq!(found, format!("{{{expected}}}"), "{members}");
    }
}

const ANN: &str = "00000000-0000-0000-0000-000000000001";

#[test]
fn a_key_of_one_row() {
    check::<ByKeyInput>(&[
        (r#""category":1"#, ""),
        (r#""category":"2""#, ""),
        (r#""category":2.0"#, ""),
        (r#""category":null"#, ""),
        (r#""category":"""#, ""),
        (
            r#""author":null"#,
            r#""author":["This field may not be null."]"#,
        ),
        (
            r#""author":"""#,
            r#""author":["This field may not be null."]"#,
        ),
        (
            r#""category":99"#,
            r#""category":["Invalid pk \"99\" - object does not exist."]"#,
        ),
        (
            r#""category":-1"#,
            r#""category":["Invalid pk \"-1\" - object does not exist."]"#,
        ),
        (
            r#""category":18446744073709551615"#,
            r#""category":["Invalid pk \"18446744073709551615\" - object does not exist."]"#,
        ),
        (
            r#""category":"99999999999999999999999""#,
            r#""category":["Invalid pk \"99999999999999999999999\" - object does not exist."]"#,
        ),
        (
            r#""category":"x""#,
            r#""category":["Incorrect type. Expected pk value, received str."]"#,
        ),
        (
            r#""category":true"#,
            r#""category":["Incorrect type. Expected pk value, received bool."]"#,
        ),
        (
            r#""category":1.5"#,
            r#""category":["Incorrect type. Expected pk value, received float."]"#,
        ),
        (
            r#""category":[1]"#,
            r#""category":["Incorrect type. Expected pk value, received list."]"#,
        ),
        (
            r#""category":{"id":1}"#,
            r#""category":["Incorrect type. Expected pk value, received dict."]"#,
        ),
        (
            r#""author":5"#,
            r#""author":["Incorrect type. Expected pk value, received int."]"#,
        ),
        (
            r#""author":"00000000-0000-0000-0000-000000000009""#,
            r#""author":["Invalid pk \"00000000-0000-0000-0000-000000000009\" - object does not exist."]"#,
        ),
        (
            r#""author":"ann""#,
            r#""author":["Incorrect type. Expected pk value, received str."]"#,
        ),
        (r#""author":"00000000-0000-0000-0000-000000000001""#, ""),
    ]);
}

#[test]
fn a_huge_integer_is_no_key() {
    let huge = "1".repeat(30);
    let expected =
        r#""category":["Invalid pk \"111111111111111100000000000000\" - object does not exist."]"#;
    check::<ByKeyInput>(&[(&format!("\"category\":{huge}"), expected)]);
}

#[test]
fn keys_of_many_rows() {
    check::<ByKeyInput>(&[
        (r#""tags":[]"#, ""),
        (r#""tags":[1,"2",2,1]"#, ""),
        (
            r#""tags":null"#,
            r#""tags":["This field may not be null."]"#,
        ),
        (
            r#""tags":"1""#,
            r#""tags":["Expected a list of items but got type \"str\"."]"#,
        ),
        (
            r#""tags":{"a":1}"#,
            r#""tags":["Expected a list of items but got type \"dict\"."]"#,
        ),
        (
            r#""tags":[1,9,true,null,"x",8]"#,
            concat!(
                r#""tags":{"1":["Invalid pk \"9\" - object does not exist."],"#,
                r#""2":["Incorrect type. Expected pk value, received bool."],"#,
                r#""3":["This field may not be null."],"#,
                r#""4":["Incorrect type. Expected pk value, received str."],"#,
                r#""5":["Invalid pk \"8\" - object does not exist."]}"#
            ),
        ),
        (
            r#""tags":[1,9,2,8]"#,
            concat!(
                r#""tags":{"1":["Invalid pk \"9\" - object does not exist."],"#,
                r#""3":["Invalid pk \"8\" - object does not exist."]}"#
            ),
        ),
    ]);
}

#[test]
fn slugs() {
    check::<BySlugInput>(&[
        (
            r#""writer":"ann","category":"news","labels":["rust","go"]"#,
            "",
        ),
        (r#""category":null,"labels":[]"#, ""),
        (
            r#""category":"nowhere""#,
            r#""category":["Object with slug=nowhere does not exist."]"#,
        ),
        (
            r#""writer":5"#,
            r#""writer":["Object with username=5 does not exist."]"#,
        ),
        (r#""writer":true"#, r#""writer":["Invalid value."]"#),
        (r#""writer":[]"#, r#""writer":["Invalid value."]"#),
        (r#""writer":{}"#, r#""writer":["Invalid value."]"#),
        (
            r#""writer":"a\u0000""#,
            r#""writer":["Null characters are not allowed."]"#,
        ),
        (
            r#""labels":["rust","x",null,[]]"#,
            concat!(
                r#""labels":{"1":["Object with name=x does not exist."],"#,
                r#""2":["This field may not be null."],"3":["Invalid value."]}"#
            ),
        ),
        (
            r#""labels":["rust","x","go","y"]"#,
            concat!(
                r#""labels":{"1":["Object with name=x does not exist."],"#,
                r#""3":["Object with name=y does not exist."]}"#
            ),
        ),
    ]);
}

#[test]
fn wrong_types_and_missing_rows_are_reported_together_with_the_rest() {
    check::<ByKeyInput>(&[(
        r#""tags":[9],"category":true,"author":"x","title":[]"#,
        concat!(
            r#""title":["Not a valid string."],"#,
            r#""author":["Incorrect type. Expected pk value, received str."],"#,
            r#""category":["Incorrect type. Expected pk value, received bool."],"#,
            r#""tags":{"0":["Invalid pk \"9\" - object does not exist."]}"#
        ),
    )]);
}

fn change<I: Input<Model = Post>>(cx: &mut Context, row: &Post, body: &str) -> Post {
    let read = read::<I>(cx, body, Some(row), Mode::PartialUpdate).expect("JSON");
    let rows = Post::objects();
    let change = read.expect("a sound body").for_row(rows, row.id, None);
    change.save(cx).expect("a change")
}

#[test]
fn what_is_named_is_stored_and_shown_again() {
    let database = Database::new();
    let mut cx = database.context();
    let row = rows(&mut cx);
    let body = r#"{"category":2,"author":"00000000-0000-0000-0000-000000000002","tags":[3,1,3]}"#;
    let row = change::<ByKeyInput>(&mut cx, &row, body);
    assert_eq!(
        shown::<ByKey>(&mut cx, std::slice::from_ref(&row), "").0,
        r#"[{"title":"Old","author":"00000000-0000-0000-0000-000000000002","category":2,"tags":[1,3]}]"#
    );
    drop(cx);
    let mut cx = database.context();
    assert_eq!(
        shown::<BySlug>(&mut cx, std::slice::from_ref(&row), "").0,
        r#"[{"writer":"bob","category":"sport","labels":["rust","c"]}]"#
    );
    assert_eq!(
        shown::<AsData>(&mut cx, std::slice::from_ref(&row), "").0,
        r#"[{"category":{"name":"Sport"},"tags":[{"id":1,"name":"rust"},{"id":3,"name":"c"}]}]"#
    );
    let row = change::<AsDataInput>(&mut cx, &row, r#"{"category":null,"tags":["go"]}"#);
    let row = change::<BySlugInput>(&mut cx, &row, r#"{"writer":"ann"}"#);
    drop(cx);
    let mut cx = database.context();
    assert_eq!(
        shown::<ByKey>(&mut cx, std::slice::from_ref(&row), "").0,
        format!(r#"[{{"title":"Old","author":"{ANN}","category":null,"tags":[2]}}]"#)
    );
    let row = change::<ByKeyInput>(&mut cx, &row, r#"{"tags":[],"title":"New"}"#);
    drop(cx);
    let mut cx = database.context();
    assert_eq!(
        shown::<ByKey>(&mut cx, &[row], "tags").0,
        r#"[{"tags":[]}]"#
    );
}

#[test]
fn a_batch_costs_one_query_for_each_related_field() {
    let database = Database::new();
    for size in [1, 25, 100] {
        let mut cx = database.context();
        if size == 1 {
            rows(&mut cx);
        }
        let before = cx.statements();
        let body = |i: usize| {
            let body = format!(
                "{{\"author\":\"{ANN}\",\"category\":{},\"tags\":[{},1,2]}}",
                i % 3 + 1,
                i % 4 + 1
            );
            parse_one::<ByKeyInput>(body.as_bytes()).expect("JSON")
        };
        let drafts: Vec<_> = (0..size).map(body).collect();
        let instances = vec![None; size];
        let outcomes = validate(drafts, &instances, Mode::Create, &mut cx).expect("a database");
        assert_eq!(cx.statements() - before, 3, "{size} rows");
        let wrong = |i: usize| i % 3 == 2 || i % 4 == 3;
        for (i, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_err(), wrong(i), "row {i}");
        }
    }
}

#[test]
fn nothing_is_asked_when_nothing_is_named() {
    let database = Database::new();
    let mut cx = database.context();
    cx.connection()
        .expect("a connection")
        .batch_execute("")
        .expect("nothing");
    let before = cx.statements();
    let read = read::<ByKeyInput>(
        &mut cx,
        r#"{"tags":[],"category":null}"#,
        None,
        Mode::Create,
    );
    assert!(read.expect("JSON").is_ok());
    assert_eq!(cx.statements() - before, 0);
}

#[test]
fn a_row_outside_the_scope_does_not_exist() {
    check::<NoteSerializerInput>(&[
        (r#""tags":[2]"#, ""),
        (
            r#""tags":[1,2]"#,
            r#""tags":{"0":["Invalid pk \"1\" - object does not exist."]}"#,
        ),
    ]);
}

#[test]
fn many_missing_rows_are_cut_short() {
    let database = Database::new();
    let mut cx = database.context();
    let keys: Vec<String> = (1..=10_000).map(|key| key.to_string()).collect();
    let body = format!("{{\"tags\":[{}]}}", keys.join(","));
    let read = read::<ByKeyInput>(&mut cx, &body, None, Mode::Create).expect("JSON");
    let errors: FieldErrors = read.expect_err("missing rows");
    assert_eq!(errors.len(), 100);
}
