//! What clients see of rows.

use chrono::{DateTime, Utc};
use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::{FieldKind, Mask, Mode, Representation, represent_one};

use crate::blog::{
    Category, Comment, Post, Profile, Status, Tag, User, category, comment, post, tag, user,
    user_key,
};
use crate::database::{Database, all, read, shown};
use crate::sample::{Sample, SampleSerializer, SampleSerializerInput, WHOLE};

#[serializer(model = User, read_only)]
pub(crate) struct UserBrief {
    pub(crate) id: uuid::Uuid,
    pub(crate) username: String,
}

#[serializer(model = Tag)]
pub(crate) struct TagSerializer {
    #[field(read_only)]
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// A post in full.
#[serializer(model = Post)]
pub(crate) struct PostSerializer {
    #[field(read_only)]
    pub(crate) id: i64,
    /// What it is about.
    #[validate(length(min = 3, max = 200))]
    pub(crate) title: String,
    #[field(name = "text", source = body)]
    pub(crate) contents: String,
    #[field(default = Status::Draft)]
    pub(crate) status: Status,
    #[field(nested, read_only)]
    pub(crate) author: UserBrief,
    #[field(source = author.email)]
    pub(crate) author_email: String,
    #[field(related)]
    pub(crate) category: Option<Category>,
    #[field(related, slug = slug, source = category, read_only)]
    pub(crate) category_slug: Option<Category>,
    #[field(related, as = data, required = false)]
    pub(crate) tags: Vec<TagSerializer>,
    #[field(related, source = tags, read_only)]
    pub(crate) tag_ids: Vec<Tag>,
    #[field(count = comments)]
    pub(crate) comment_count: i64,
    #[field(method = excerpt, needs(body))]
    pub(crate) excerpt: String,
    #[field(write_only, no_column)]
    pub(crate) notify: Option<bool>,
    #[field(default_with = slug)]
    pub(crate) slug: String,
    #[field(read_only)]
    pub(crate) created_at: DateTime<Utc>,
}

fn excerpt(post: &Post, _: &Context) -> String {
    post.body.chars().take(3).collect()
}

fn slug(input: &PostSerializerInput, _: &mut Context) -> restwell_core::Result<String> {
    Ok(input
        .title
        .value()
        .map(|title| title.to_lowercase())
        .unwrap_or_default())
}

#[test]
fn a_page_is_shown_with_its_relations() {
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    let news = category(&mut cx, "News");
    let rust = tag(&mut cx, "rust");
    let first = post(&mut cx, "First", user_key(1), Some(news.id));
    post(&mut cx, "Second", user_key(1), None);
    comment(&mut cx, first.id, user_key(1), "Yes.");
    Post::relation_tags()
        .set(&mut cx, &first.id, &[rust.id])
        .expect("a link");
    let mut cx = database.context();
    let rows = all::<Post>(&mut cx);
    let (text, statements) = shown::<PostSerializer>(&mut cx, &rows, "");
    assert_eq!(
        text,
        concat!(
            r#"[{"id":1,"title":"First","text":"Text.","status":"draft","#,
            r#""author":{"id":"00000000-0000-0000-0000-000000000001","username":"ann"},"#,
            r#""author_email":"ann@example.org","category":1,"category_slug":"news","#,
            r#""tags":[{"id":1,"name":"rust"}],"tag_ids":[1],"comment_count":1,"excerpt":"Tex","#,
            r#""slug":"first","created_at":"2026-01-15T10:30:00.123456Z"},"#,
            r#"{"id":2,"title":"Second","text":"Text.","status":"draft","#,
            r#""author":{"id":"00000000-0000-0000-0000-000000000001","username":"ann"},"#,
            r#""author_email":"ann@example.org","category":null,"category_slug":null,"#,
            r#""tags":[],"tag_ids":[],"comment_count":0,"excerpt":"Tex","#,
            r#""slug":"second","created_at":"2026-01-15T10:30:00.123456Z"}]"#
        )
    );
    assert_eq!(
        statements, 4,
        "authors, categories, tags and counts, each once"
    );
}

#[serializer(model = Profile, read_only)]
struct ProfileBrief {
    motto: Option<String>,
}

#[serializer(model = User, read_only)]
struct UserWithProfile {
    username: String,
    #[field(nested)]
    profile: Option<ProfileBrief>,
    #[field(source = profile.motto)]
    motto: Option<String>,
}

#[serializer(model = Comment, read_only)]
struct CommentSerializer {
    body: String,
    #[field(nested)]
    author: UserWithProfile,
}

#[serializer(model = Post, read_only)]
struct Thread {
    id: i64,
    #[field(nested)]
    author: UserWithProfile,
    #[field(nested)]
    category: Option<Section>,
    #[field(nested)]
    comments: Vec<CommentSerializer>,
    #[field(nested, source = tags)]
    labels: Vec<TagSerializer>,
    #[field(source = category.name)]
    section: Option<String>,
    #[field(count = tags)]
    tag_count: i64,
    #[field(method = length)]
    length: i64,
    #[field(method = now, needs())]
    now: DateTime<Utc>,
}

#[serializer(model = Category, read_only)]
struct Section {
    name: String,
    #[field(count = posts)]
    posts: i64,
}

fn length(post: &Post, _: &Context) -> i64 {
    i64::try_from(post.body.len() + post.title.len()).unwrap_or_default()
}

fn now(_: &Post, cx: &Context) -> DateTime<Utc> {
    cx.now()
}

fn threads(database: &Database, count: u128) {
    let mut cx = database.context();
    let tags: Vec<i64> = ["a", "b", "c"].map(|name| tag(&mut cx, name).id).to_vec();
    let sections: Vec<i64> = ["X", "Y"].map(|name| category(&mut cx, name).id).to_vec();
    for number in 0..count {
        let author = user(&mut cx, number, &format!("user{number}")).id;
        let section = sections
            .get(usize::try_from(number % 3).expect("small"))
            .copied();
        let row = post(&mut cx, &format!("Post {number}"), author, section);
        comment(&mut cx, row.id, author, "First.");
        comment(&mut cx, row.id, user_key(0), "Second.");
        Post::relation_tags()
            .set(
                &mut cx,
                &row.id,
                &tags[..usize::try_from(number % 4).expect("small")],
            )
            .expect("links");
    }
    database.execute(
        "INSERT INTO profiles (user_id, motto) SELECT id, 'I am ' || username FROM users \
         WHERE username <> 'user1'",
    );
}

#[test]
fn what_is_nested_in_nested_costs_the_same_for_a_page_of_any_size() {
    for count in [1, 25, 100] {
        let database = Database::new();
        threads(&database, count);
        let mut cx = database.context();
        let rows = all::<Post>(&mut cx);
        let (text, statements) = shown::<Thread>(&mut cx, &rows, "");
        // author and its profile; category and its posts; comments, their authors and their
        // profiles; tags; tag_count
        assert_eq!(statements, 9, "{count} rows");
        let first = concat!(
            r#"[{"id":1,"#,
            r#""author":{"username":"user0","profile":{"motto":"I am user0"},"motto":"I am user0"},"#,
        );
        assert!(text.starts_with(first), "{text}");
        assert_eq!(text.matches("\"body\":\"First.\"").count(), rows.len());
    }
}

#[test]
fn what_is_nested_is_shown_at_its_place() {
    let database = Database::new();
    threads(&database, 3);
    let mut cx = database.context();
    let rows = all::<Post>(&mut cx);
    let (text, _) = shown::<Thread>(&mut cx, &rows[1..], "");
    assert_eq!(
        text,
        concat!(
            r#"[{"id":2,"author":{"username":"user1","profile":null,"motto":null},"#,
            r#""category":{"name":"Y","posts":1},"#,
            r#""comments":[{"body":"First.","author":{"username":"user1","profile":null,"motto":null}},"#,
            r#"{"body":"Second.","author":{"username":"user0","profile":{"motto":"I am user0"},"motto":"I am user0"}}],"#,
            r#""labels":[{"id":1,"name":"a"}],"section":"Y","tag_count":1,"length":11,"#,
            r#""now":"2026-01-15T10:30:00.123456Z"},"#,
            r#"{"id":3,"author":{"username":"user2","profile":{"motto":"I am user2"},"motto":"I am user2"},"#,
            r#""category":null,"#,
            r#""comments":[{"body":"First.","author":{"username":"user2","profile":{"motto":"I am user2"},"motto":"I am user2"}},"#,
            r#"{"body":"Second.","author":{"username":"user0","profile":{"motto":"I am user0"},"motto":"I am user0"}}],"#,
            r#""labels":[{"id":1,"name":"a"},{"id":2,"name":"b"}],"section":null,"tag_count":2,"length":11,"#,
            r#""now":"2026-01-15T10:30:00.123456Z"}]"#,
        )
    );
}

#[test]
fn fields_that_are_not_wanted_cost_nothing() {
    let database = Database::new();
    threads(&database, 2);
    let mut cx = database.context();
    let rows = all::<Post>(&mut cx);
    for (fields, expected, statements) in [
        ("id", r#"[{"id":1},{"id":2}]"#, 0),
        (
            "now,id",
            r#"[{"id":1,"now":"2026-01-15T10:30:00.123456Z"},{"id":2,"now":"2026-01-15T10:30:00.123456Z"}]"#,
            0,
        ),
        ("length", r#"[{"length":11},{"length":11}]"#, 0),
        ("tag_count", r#"[{"tag_count":0},{"tag_count":1}]"#, 1),
        (
            "section, tag_count",
            r#"[{"section":"X","tag_count":0},{"section":"Y","tag_count":1}]"#,
            2,
        ),
        (
            "labels",
            r#"[{"labels":[]},{"labels":[{"id":1,"name":"a"}]}]"#,
            1,
        ),
    ] {
        let found = shown::<Thread>(&mut cx, &rows, fields);
        assert_eq!(
            (found.0.as_str(), found.1),
            (expected, statements),
            "{fields}"
        );
    }
    assert_eq!(shown::<Thread>(&mut cx, &[], "").0, "[]");
    assert_eq!(shown::<Thread>(&mut cx, &[], "").1, 0);
}

#[test]
fn only_the_columns_of_the_wanted_fields_are_read() {
    let columns = |fields: &str| -> Vec<&str> {
        let mask = Mask::parse(fields, Thread::FIELDS, Mask::ALL).expect("fields");
        let set = Thread::columns(mask);
        let columns = <Post as restwell_db::Model>::META.columns.iter();
        columns
            .filter(|column| set.contains(column.index))
            .map(|column| column.name)
            .collect()
    };
    assert_eq!(columns("id"), ["id"]);
    assert_eq!(columns("now"), ["id"]);
    assert_eq!(columns("comments,tag_count,labels"), ["id"]);
    assert_eq!(
        columns("author,section"),
        ["id", "author_id", "category_id"]
    );
    assert_eq!(columns("length").len(), 12);
    let some = PostSerializer::columns(
        Mask::parse("excerpt,text,tags", PostSerializer::FIELDS, Mask::ALL).expect("fields"),
    );
    assert!(some.contains(Post::F.body.column().index));
    assert!(!some.contains(Post::F.title.column().index));
}

#[test]
fn an_unknown_field_is_refused_with_the_known_ones() {
    let error =
        Mask::parse("id,bdoy", CommentSerializer::FIELDS, Mask::ALL).expect_err("no such field");
    assert_eq!((error.status(), error.code()), (400, "validation_error"));
    let error =
        Mask::parse("bdoy", CommentSerializer::FIELDS, Mask::ALL).expect_err("no such field");
    assert_eq!(
        error.fields().to_json().to_string(),
        r#"{"fields":["Unknown field \"bdoy\". Did you mean \"body\"? The fields are: body, author."]}"#
    );
}

#[test]
fn one_row_is_an_object() {
    let database = Database::new();
    threads(&database, 1);
    let mut cx = database.context();
    let rows = all::<Tag>(&mut cx);
    let mut out = b"data: ".to_vec();
    represent_one::<TagSerializer>(&rows[0], Mask::ALL, &mut cx, &mut out).expect("a row");
    assert_eq!(out, br#"data: {"id":1,"name":"a"}"#);
}

#[test]
fn every_kind_of_column_has_its_json() {
    let database = Database::new();
    let mut cx = database.context();
    let whole = read::<SampleSerializerInput>(&mut cx, WHOLE, None, Mode::Create).expect("JSON");
    let row: Sample = whole.expect("a whole body").save(&mut cx).expect("a row");
    let stored = all::<Sample>(&mut cx);
    let expected = concat!(
        r#"[{"id":1,"flag":true,"small":1,"medium":2,"large":3,"float":1.5,"text":"t","#,
        r#""uuid":"00000000-0000-0000-0000-000000000007","moment":"2024-01-02T03:04:05Z","#,
        r#""day":"2024-01-02","time":"03:04:00","amount":"1.50","json":{"b":[1,null],"a":"x"},"#,
        r#""level":"low","maybe_flag":null,"maybe_number":null,"maybe_float":null,"#,
        r#""maybe_text":null,"maybe_uuid":null,"maybe_moment":null,"maybe_day":null,"#,
        r#""maybe_time":null,"maybe_amount":null,"maybe_json":null,"maybe_level":null}]"#,
    );
    assert_eq!(shown::<SampleSerializer>(&mut cx, &[row], "").0, expected);
    assert_eq!(shown::<SampleSerializer>(&mut cx, &stored, "").0, expected);
}

#[test]
fn the_kinds_of_fields_have_drfs_names() {
    let kinds: Vec<&str> = Thread::FIELDS
        .iter()
        .map(|field| field.kind.name())
        .collect();
    assert_eq!(
        kinds,
        [
            "integer",
            "nested object",
            "nested object",
            "nested object",
            "nested object",
            "string",
            "integer",
            "field",
            "field"
        ]
    );
    let kinds: Vec<&str> = SampleSerializer::FIELDS[..14]
        .iter()
        .map(|field| field.kind.name())
        .collect();
    assert_eq!(
        kinds,
        [
            "integer", "boolean", "integer", "integer", "integer", "float", "string", "uuid",
            "datetime", "date", "time", "decimal", "field", "choice"
        ]
    );
    assert_eq!(
        SampleSerializer::FIELDS[13].kind,
        FieldKind::Choice(&["low", "high"])
    );
    assert!(
        Thread::FIELDS
            .iter()
            .all(|field| field.read_only || !field.required || field.name == "id")
    );
}
