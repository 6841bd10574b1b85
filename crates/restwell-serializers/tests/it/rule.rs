//! `#[validate(…)]` and the functions of single fields.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;
use restwell_core::Result;
use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::{Invalid, Mode};
use validator::ValidationError;

use crate::blog::Post;
use crate::database::{Database, read, refused};
use crate::sample::Sample;

static PLATE: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[A-Z]{2}-[0-9]+$").expect("a regex"));
const LEAST: u64 = 2;

#[serializer(model = Post)]
struct Rules {
    #[field(write_only, no_column, required = false)]
    #[validate(length(min = LEAST, max = 5))]
    length: String,
    #[field(write_only, no_column, required = false)]
    #[validate(length(equal = 3, message = "Three letters."))]
    exact: String,
    #[field(write_only, no_column, required = false)]
    #[validate(length(min = 1, max = 2))]
    list: Vec<String>,
    #[field(write_only, no_column)]
    #[validate(range(min = 0, max = 10))]
    range: Option<i32>,
    #[field(write_only, no_column)]
    #[validate(range(min = 0.5))]
    float: Option<f64>,
    #[field(write_only, no_column)]
    #[validate(range(max = "1.5".parse().expect("a number")))]
    decimal: Option<bigdecimal::BigDecimal>,
    #[field(write_only, no_column)]
    #[validate(range(min = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day")))]
    day: Option<NaiveDate>,
    #[field(write_only, no_column)]
    #[validate(email)]
    email: Option<String>,
    #[field(write_only, no_column)]
    #[validate(url)]
    url: Option<String>,
    #[field(write_only, no_column)]
    #[validate(ip)]
    ip: Option<String>,
    #[field(write_only, no_column)]
    #[validate(slug)]
    slug: Option<String>,
    #[field(write_only, no_column)]
    #[validate(regex(path = PLATE))]
    plate: Option<String>,
    #[field(write_only, no_column)]
    #[validate(contains(pattern = "@"), does_not_contain(pattern = " "))]
    handle: Option<String>,
    #[field(write_only, no_column)]
    password: Option<String>,
    #[field(write_only, no_column)]
    #[validate(must_match(other = password))]
    again: Option<String>,
    #[field(write_only, no_column)]
    #[validate(custom(function = even), custom(function = small, message = "Too big."))]
    number: Option<i64>,
    #[field(write_only, no_column, name = "Wire", validate(shout, no_x))]
    #[validate(length(max = 4))]
    function: Option<String>,
    #[field(write_only, no_column)]
    #[validate(email(message = "No address."))]
    own: Option<String>,
}

fn even(number: &i64) -> Result<(), ValidationError> {
    if number % 2 == 0 {
        return Ok(());
    }
    let error = ValidationError::new("odd");
    Err(error.with_message("Not even.".into()))
}

fn small(number: &i64) -> Result<(), ValidationError> {
    if *number < 10 {
        return Ok(());
    }
    Err(ValidationError::new("big"))
}

fn shout(text: &mut String, _: &Context) -> Result<(), Invalid> {
    *text = text.to_uppercase();
    Ok(())
}

fn no_x(text: &mut str, cx: &Context) -> Result<(), Invalid> {
    if text.contains('X') {
        let message = format!("No X in {}.", cx.now().format("%Y"));
        return Err(Invalid::new("has_x", message));
    }
    Ok(())
}

fn check(cases: &[(&str, &str)]) {
    let database = Database::new();
    let mut cx = database.context();
    for (members, expected) in cases {
        let found = refused::<RulesInput>(&mut cx, &format!("{{{members}}}"));
        assert_eq!(found, format!("{{{expected}}}"), "{members}");
    }
}

#[test]
fn lengths() {
    check(&[
        (r#""length":"ab""#, ""),
        (r#""length":"ééééé""#, ""),
        (
            r#""length":" a ""#,
            r#""length":["Ensure this field has at least 2 characters."]"#,
        ),
        (
            r#""length":"abcdef""#,
            r#""length":["Ensure this field has no more than 5 characters."]"#,
        ),
        (r#""exact":"ab""#, r#""exact":["Three letters."]"#),
        (r#""exact":"abcd""#, r#""exact":["Three letters."]"#),
        (r#""exact":"abc","list":["a"]"#, ""),
        (
            r#""list":[]"#,
            r#""list":["Ensure this field has at least 1 elements."]"#,
        ),
        (
            r#""list":["a","b","c"]"#,
            r#""list":["Ensure this field has no more than 2 elements."]"#,
        ),
    ]);
}

#[test]
fn ranges() {
    check(&[
        (
            r#""range":0,"float":0.5,"decimal":"1.5","day":"2024-01-01""#,
            "",
        ),
        (r#""range":10"#, ""),
        (
            r#""range":-1"#,
            r#""range":["Ensure this value is greater than or equal to 0."]"#,
        ),
        (
            r#""range":11"#,
            r#""range":["Ensure this value is less than or equal to 10."]"#,
        ),
        (
            r#""float":0.25"#,
            r#""float":["Ensure this value is greater than or equal to 0.5."]"#,
        ),
        (
            r#""decimal":"1.51""#,
            r#""decimal":["Ensure this value is less than or equal to 1.5."]"#,
        ),
        (
            r#""day":"2023-12-31""#,
            r#""day":["Ensure this value is greater than or equal to 2024-01-01."]"#,
        ),
    ]);
}

#[test]
fn forms_of_text() {
    check(&[
        (
            concat!(
                r#""email":"a.b+c@example.org","url":"https://example.org/a?b#c","ip":"::1","#,
                r#""slug":"a-B_9","plate":"AB-12","handle":"@me""#
            ),
            "",
        ),
        (
            r#""email":"a@""#,
            r#""email":["Enter a valid email address."]"#,
        ),
        (r#""url":"example""#, r#""url":["Enter a valid URL."]"#),
        (
            r#""ip":"1.2.3.400""#,
            r#""ip":["Enter a valid IPv4 or IPv6 address."]"#,
        ),
        (
            r#""slug":"a b""#,
            r#""slug":["Enter a valid \"slug\" consisting of letters, numbers, underscores or hyphens."]"#,
        ),
        (
            r#""plate":"ab-1""#,
            r#""plate":["This value does not match the required pattern."]"#,
        ),
        (
            r#""handle":"m e""#,
            r#""handle":["This value must contain \"@\".","This value must not contain \" \"."]"#,
        ),
        (r#""own":"x""#, r#""own":["No address."]"#),
    ]);
}

#[test]
fn rules_see_values_alone() {
    check(&[(
        concat!(
            r#""range":null,"float":null,"decimal":null,"email":null,"url":null,"ip":null,"#,
            r#""slug":null,"plate":null,"handle":null,"again":null,"number":null,"Wire":null"#
        ),
        "",
    )]);
}

#[test]
fn a_field_that_must_match_another() {
    check(&[
        (r#""password":"a","again":"a""#, ""),
        (
            r#""password":"a","again":"b""#,
            r#""again":["This value must be the same as password."]"#,
        ),
    ]);
}

#[test]
fn functions_follow_when_the_rules_find_nothing() {
    check(&[
        (r#""number":4"#, ""),
        (r#""number":13"#, r#""number":["Not even.","Too big."]"#),
        (r#""Wire":"abc""#, ""),
        (r#""Wire":"xyz""#, r#""Wire":["No X in 2026."]"#),
        (
            r#""Wire":"xxxxx""#,
            r#""Wire":["Ensure this field has no more than 4 characters."]"#,
        ),
        (r#""Wire":[]"#, r#""Wire":["Not a valid string."]"#),
    ]);
    let database = Database::new();
    let mut cx = database.context();
    let read = read::<RulesInput>(&mut cx, r#"{"Wire":"abc"}"#, None, Mode::Create);
    let read = read.expect("JSON").expect("a sound body");
    assert_eq!(read.input.function.value().map(String::as_str), Some("ABC"));
}

#[test]
fn codes_are_drfs() {
    let database = Database::new();
    let mut cx = database.context();
    let body = r#"{"length":"a","list":["a","b","c"],"range":-1,"decimal":9,"email":"x","slug":"ö",
        "password":"1","again":"2","number":13,"Wire":"x"}"#;
    let errors = read::<RulesInput>(&mut cx, body, None, Mode::Create);
    let errors = errors.expect("JSON").expect_err("errors");
    let codes: Vec<&str> = errors.iter().map(|error| error.code.as_ref()).collect();
    assert_eq!(
        codes,
        [
            "min_length",
            "max_length",
            "min_value",
            "max_value",
            "invalid",
            "invalid",
            "must_match",
            "odd",
            "big",
            "has_x"
        ]
    );
}

#[serializer(model = Sample, write_only)]
struct WriteOnly {
    text: String,
}

#[test]
fn a_serializer_can_only_read() {
    let database = Database::new();
    let mut cx = database.context();
    assert_eq!(refused::<WriteOnlyInput>(&mut cx, r#"{"text":"a"}"#), "{}");
}
