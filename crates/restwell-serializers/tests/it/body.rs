//! Bodies of every shape, hostile ones too.

use restwell_core::Error;
use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::{Mode, parse_many, parse_one};

use crate::blog::{Post, Status};
use crate::database::{Database, read, refused};
use crate::sample::Sample;

#[serializer(model = Post)]
struct Open {
    #[field(read_only)]
    id: i64,
    title: String,
    status: Status,
    #[field(required = false)]
    views: i32,
    #[field(read_only, name = "version")]
    version: i64,
    #[field(write_only, no_column)]
    labels: Option<Vec<String>>,
}

#[serializer(model = Sample, unknown = "refuse")]
struct Closed {
    #[field(read_only)]
    id: i64,
    text: String,
}

const SOUND: &str = r#""title":"T","status":"draft""#;

fn errors_of(cx: &mut Context, body: &str) -> String {
    refused::<OpenInput>(cx, body)
}

fn parse_error(body: &[u8]) -> Error {
    parse_one::<OpenInput>(body).expect_err("no JSON")
}

#[test]
fn a_body_that_is_no_object() {
    let database = Database::new();
    let mut cx = database.context();
    for (body, found) in [
        ("[]", "list"),
        ("[{\"title\":1}]", "list"),
        ("5", "int"),
        ("-5", "int"),
        ("1.5", "float"),
        ("true", "bool"),
        ("\"text\"", "str"),
        ("18446744073709551615", "int"),
    ] {
        assert_eq!(
            errors_of(&mut cx, body),
            format!(
                "{{\"non_field_errors\":[\"Invalid data. Expected a dictionary, but got {found}.\"]}}"
            )
        );
    }
    assert_eq!(
        errors_of(&mut cx, "null"),
        r#"{"non_field_errors":["No data provided"]}"#
    );
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let database = Database::new();
    let mut cx = database.context();
    let required = r#"{"title":["This field is required."],"status":["This field is required."]}"#;
    for body in ["", "  \r\n\t", "{}"] {
        assert_eq!(errors_of(&mut cx, body), required);
    }
}

#[test]
fn what_is_not_json_is_an_error_of_the_whole() {
    for body in [
        "{",
        "{\"title\"",
        "{\"title\":",
        "{\"title\":}",
        "{\"title\":\"a\",}",
        "{title:1}",
        "tru",
        "{} x",
        "{}{}",
        "'a'",
        "{\"views\":NaN}",
        "{\"views\":01}",
        "{\"views\":1e400}",
        "{\"views\":-}",
        "{\"title\":\"a\nb\"}",
        "{\"title\":\"\\x\"}",
        "{\"title\":\"\\ud800\"}",
        "{\"title\":\"\\udc00\\ud800\"}",
        "\u{feff}{}",
        "{\"\\ud800\":1}",
        "[1,]",
        "{\"labels\":[1}",
    ] {
        let error = parse_error(body.as_bytes());
        assert_eq!(
            (error.status(), error.code()),
            (400, "parse_error"),
            "{body}"
        );
        assert!(
            error.message().starts_with("JSON parse error - "),
            "{error}"
        );
    }
}

#[test]
fn what_is_not_utf8_is_an_error_of_the_whole() {
    for body in [
        &b"\xff"[..],
        b"{\"title\":\"\xff\"}",
        b"{\"\xc0\x80\":1}",
        b"{\"title\":\"\xed\xa0\x80\"}",
        b"{\"unknown\":\"\xf8\"}",
    ] {
        let error = parse_error(body);
        assert_eq!((error.status(), error.code()), (400, "parse_error"));
    }
}

#[test]
fn a_parse_error_does_not_repeat_the_body() {
    let error = parse_error(b"{\"title\":\"secret\" \"other\"");
    assert!(!error.message().contains("secret"), "{error}");
}

#[test]
fn depth_is_no_danger() {
    const DEEP: usize = 100_000;
    let database = Database::new();
    let mut cx = database.context();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let opened = open.repeat(DEEP);
        let closed = format!("{opened}1{}", close.repeat(DEEP));
        assert_eq!(parse_error(opened.as_bytes()).code(), "parse_error");
        for name in ["title", "labels", "id", "other", "status", "version"] {
            let error = parse_error(format!("{{\"{name}\":{opened}").as_bytes());
            assert_eq!(error.code(), "parse_error");
            // What is passed over is not read any deeper; what is read has a limit.
            let outcome = read::<OpenInput>(
                &mut cx,
                &format!("{{{SOUND},\"{name}\":{closed}}}"),
                None,
                Mode::Create,
            );
            if let Err(error) = outcome {
                assert_eq!(error.code(), "parse_error");
            }
        }
        let sample = format!("{{\"json\":{closed}}}");
        let error = parse_one::<crate::sample::SampleSerializerInput>(sample.as_bytes());
        assert_eq!(error.expect_err("too deep").code(), "parse_error");
    }
}

#[test]
fn of_a_member_that_stands_twice_the_last_counts() {
    let database = Database::new();
    let mut cx = database.context();
    let twice = format!(r#"{{"views":true,"title":"A",{SOUND},"views":7}}"#);
    let read = read::<OpenInput>(&mut cx, &twice, None, Mode::Create)
        .expect("JSON")
        .expect("a sound body");
    assert_eq!(read.get(Post::F.title).as_deref(), Some("T"));
    assert_eq!(read.get(Post::F.views), Some(7));
    assert_eq!(
        errors_of(&mut cx, &format!(r#"{{{SOUND},"views":7,"views":[1]}}"#)),
        r#"{"views":["A valid integer is required."]}"#
    );
    assert_eq!(
        errors_of(
            &mut cx,
            &format!(r#"{{{SOUND},"labels":[true,{{}}],"labels":["a",[]]}}"#)
        ),
        r#"{"labels":{"1":["Not a valid string."]}}"#
    );
}

#[test]
fn what_is_no_field_is_ignored_or_refused() {
    let database = Database::new();
    let mut cx = database.context();
    let more = r#""id":"x","other":{"a":[1]},"version":3"#;
    let sound = read::<OpenInput>(&mut cx, &format!("{{{SOUND},{more}}}"), None, Mode::Create);
    let sound = sound.expect("JSON").expect("a sound body");
    assert!(!sound.changes().contains(Post::F.id));
    assert_eq!(sound.version(), Some(3));
    assert_eq!(
        refused::<ClosedInput>(
            &mut cx,
            r#"{"other":1,"id":5,"version":3,"text":true,"":0,"other":2}"#
        ),
        concat!(
            r#"{"id":["This field is read-only."],"text":["Not a valid string."],"#,
            r#""other":["Unexpected field."],"version":["Unexpected field."],"":["Unexpected field."]}"#
        )
    );
}

#[test]
fn a_flood_of_unknown_members_is_cut_short() {
    let members: Vec<String> = (0..50_000)
        .map(|i| format!("\"m{i}\":0,\"text\":1"))
        .collect();
    let body = format!("{{{}}}", members.join(","));
    let draft = parse_one::<ClosedInput>(body.as_bytes()).expect("JSON");
    let count = draft.errors.iter().count();
    assert!((1..=100).contains(&count), "{count} errors");
}

#[test]
fn a_long_name_is_shortened() {
    let body = format!("{{\"{}\":1}}", "é".repeat(10_000));
    let draft = parse_one::<ClosedInput>(body.as_bytes()).expect("JSON");
    let json = draft.errors.to_json().to_string();
    assert!(json.len() < 500, "{json}");
}

#[test]
fn a_version_of_the_wrong_type() {
    let database = Database::new();
    let mut cx = database.context();
    assert_eq!(
        errors_of(&mut cx, &format!(r#"{{{SOUND},"version":"x"}}"#)),
        r#"{"version":["A valid integer is required."]}"#
    );
}

#[test]
fn a_list_of_the_wrong_shape() {
    let database = Database::new();
    let mut cx = database.context();
    for (value, found) in [
        ("\"a\"", "str"),
        ("5", "int"),
        ("1.5", "float"),
        ("true", "bool"),
        ("{\"a\":1}", "dict"),
    ] {
        let body = format!("{{{SOUND},\"labels\":{value}}}");
        let draft = parse_one::<OpenInput>(body.as_bytes()).expect("JSON");
        let error = draft.errors.iter().next().expect("an error");
        assert_eq!(error.code, "not_a_list");
        assert_eq!(
            error.message,
            format!("Expected a list of items but got type \"{found}\".")
        );
    }
    assert_eq!(
        errors_of(
            &mut cx,
            &format!(r#"{{{SOUND},"labels":["a",true,"","b",null,["c"]]}}"#)
        ),
        concat!(
            r#"{"labels":{"1":["Not a valid string."],"2":["This field may not be blank."],"#,
            r#""4":["This field may not be null."],"5":["Not a valid string."]}}"#
        )
    );
    let many = vec!["\"a\""; 10_000].join(",");
    assert_eq!(
        errors_of(&mut cx, &format!("{{{SOUND},\"labels\":[{many}]}}")),
        "{}"
    );
    let many = vec!["\"a\""; 10_001].join(",");
    assert_eq!(
        errors_of(&mut cx, &format!("{{{SOUND},\"labels\":[{many}]}}")),
        r#"{"labels":["Ensure this field has no more than 10000 elements."]}"#
    );
}

#[test]
fn a_list_of_rows() {
    let rows = |body: &str| parse_many::<OpenInput>(body.as_bytes(), 2);
    let drafts = rows(r#"[{"title":true},5]"#).expect("a list");
    assert_eq!(
        drafts[0].errors.to_json().to_string(),
        r#"{"title":["Not a valid string."]}"#
    );
    assert_eq!(
        drafts[1].errors.to_json().to_string(),
        r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}"#
    );
    for (body, words) in [
        ("{}", r#"Expected a list of items but got type "dict"."#),
        (" \n", r#"Expected a list of items but got type "dict"."#),
        (
            "null",
            r#"Expected a list of items but got type "NoneType"."#,
        ),
        ("\"a\"", r#"Expected a list of items but got type "str"."#),
        ("[]", "This list may not be empty."),
        ("[{},{},{}]", "Ensure this list has no more than 2 rows."),
    ] {
        let error = rows(body).expect_err("no list of rows");
        let message = &error.fields().iter().next().expect("an error").message;
        assert_eq!((error.status(), message.as_ref()), (400, words), "{body}");
    }
    for body in ["[{},", "[{}]]", "[{}{}]", "[{},{},{}"] {
        assert_eq!(
            rows(body).expect_err("no JSON").code(),
            "parse_error",
            "{body}"
        );
    }
}

#[test]
fn a_body_has_every_error_in_it() {
    let database = Database::new();
    let mut cx = database.context();
    let body = r#"{"labels":[1,[]],"views":"many","title":"a\u0000"}"#;
    let draft = parse_one::<OpenInput>(body.as_bytes()).expect("JSON");
    let outcome = restwell_serializers::validate(vec![draft], &[None], Mode::Create, &mut cx);
    let errors = outcome.expect("a database").remove(0).expect_err("errors");
    assert_eq!(
        errors.fields().details().to_string(),
        concat!(
            r#"[{"pointer":"/title","code":"null_characters_not_allowed","message":"Null characters are not allowed."},"#,
            r#"{"pointer":"/status","code":"required","message":"This field is required."},"#,
            r#"{"pointer":"/views","code":"invalid","message":"A valid integer is required."},"#,
            r#"{"pointer":"/labels/1","code":"invalid","message":"Not a valid string."}]"#
        )
    );
}
