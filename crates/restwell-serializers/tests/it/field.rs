//! What each kind of field accepts and refuses, with DRF's words and codes.

use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::Mode;

use crate::database::{Database, read, shown};
use crate::sample::{Sample, SampleSerializer, SampleSerializerInput as Input, WHOLE};

/// What becomes of `value` in the member `name`: its JSON when it is shown again, or the code and
/// the words with which it is refused.
fn outcome(cx: &mut Context, name: &str, value: &str) -> String {
    let body = format!("{{\"{name}\":{value}}}");
    let sample = {
        let whole = read::<Input>(cx, WHOLE, None, Mode::Create).expect("JSON");
        whole.expect("a whole body").save(cx).expect("a row")
    };
    let read = read::<Input>(cx, &body, Some(&sample), Mode::PartialUpdate).expect("JSON");
    let change = match read {
        Ok(change) => change,
        Err(errors) => {
            let all: Vec<String> = errors
                .iter()
                .map(|error| {
                    assert_eq!(error.path.pointer(), format!("/{name}"), "{body}");
                    format!("{}: {}", error.code, error.message)
                })
                .collect();
            return all.join(" | ");
        }
    };
    let rows = restwell_db::Model::objects();
    let row: Sample = change
        .for_row(rows, sample.id, None)
        .save(cx)
        .expect("a change that can be stored");
    let (json, _) = shown::<SampleSerializer>(cx, &[row], name);
    json.strip_prefix(&format!("[{{\"{name}\":"))
        .and_then(|json| json.strip_suffix("}]"))
        .expect("one member")
        .to_owned()
}

pub(crate) fn check(name: &str, cases: &[(&str, &str)]) {
    let database = Database::new();
    let mut cx = database.context();
    let wrong: Vec<String> = cases
        .iter()
        .map(|(value, expected)| (value, outcome(&mut cx, name, value), expected))
        .filter(|(_, outcome, expected)| outcome != *expected)
        .map(|(value, outcome, expected)| format!("{name} {value}: {outcome} and not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each of `values` is refused with `message`.
pub(crate) fn refuse(name: &str, values: &[&str], message: &str) {
    let cases: Vec<(&str, &str)> = values.iter().map(|value| (*value, message)).collect();
    check(name, &cases);
}

pub(crate) const NULL: &str = "null: This field may not be null.";

#[test]
fn a_text() {
    check(
        "text",
        &[
            (r#""abc""#, r#""abc""#),
            (r#""  a b  ""#, r#""a b""#),
            (
                r#""é\u2028\"\\\n\u0001""#,
                "\"é\u{2028}\\\"\\\\\\n\\u0001\"",
            ),
            (r#""\ud83d\ude00""#, r#""😀""#),
            ("7", r#""7""#),
            ("-7", r#""-7""#),
            ("18446744073709551615", r#""18446744073709551615""#),
            ("1.0", r#""1.0""#),
            ("1.25", r#""1.25""#),
            ("null", NULL),
            (r#""""#, "blank: This field may not be blank."),
            (r#""  \t\n ""#, "blank: This field may not be blank."),
            (
                r#""a\u0000b""#,
                "null_characters_not_allowed: Null characters are not allowed.",
            ),
        ],
    );
    let not_a_string = ["true", "false", "[]", "[1]", "{}", r#"{"a":[1,{}]}"#];
    refuse("text", &not_a_string, "invalid: Not a valid string.");
}

#[test]
fn a_text_that_keeps_its_space() {
    let database = Database::new();
    let mut cx = database.context();
    let title =
        |cx: &mut Context, body: &str| match read::<VerbatimInput>(cx, body, None, Mode::Create)
            .expect("JSON")
        {
            Ok(read) => read.get(Sample::F.text).expect("a text"),
            Err(errors) => errors.to_json().to_string(),
        };
    assert_eq!(title(&mut cx, r#"{"text":" a "}"#), " a ");
    assert_eq!(title(&mut cx, r#"{"text":"  "}"#), "  ");
    assert_eq!(
        title(&mut cx, r#"{"text":""}"#),
        r#"{"text":["This field may not be blank."]}"#
    );
    assert_eq!(title(&mut cx, r#"{"text":"a","maybe_text":""}"#), "a");
}

#[serializer(model = Sample)]
struct Verbatim {
    #[field(trim = false)]
    text: String,
    #[field(allow_blank)]
    maybe_text: Option<String>,
}

#[test]
fn an_integer() {
    const INVALID: &str = "invalid: A valid integer is required.";
    check(
        "medium",
        &[
            ("7", "7"),
            ("-7", "-7"),
            (r#""7""#, "7"),
            (r#"" 7 ""#, "7"),
            (r#""-7""#, "-7"),
            (r#""1.0""#, "1"),
            (r#""1.""#, "1"),
            ("1.0", "1"),
            ("-0.0", "0"),
            ("2147483647", "2147483647"),
            ("-2147483648", "-2147483648"),
            (
                "2147483648",
                "max_value: Ensure this value is less than or equal to 2147483647.",
            ),
            (
                "-2147483649",
                "min_value: Ensure this value is greater than or equal to -2147483648.",
            ),
            ("null", NULL),
        ],
    );
    let invalid = [
        "1.5",
        r#""1.5""#,
        "true",
        "false",
        "[]",
        "{}",
        r#""""#,
        r#""abc""#,
        r#""1e3""#,
        r#""0x10""#,
        r#"".0""#,
        r#""--1""#,
        r#""١""#,
        r#""NaN""#,
    ];
    refuse("medium", &invalid, INVALID);
    let long = format!("\"{}\"", "1".repeat(1_001));
    refuse(
        "medium",
        &[&long],
        "max_string_length: String value too large.",
    );
}

#[test]
fn an_integer_beyond_its_range() {
    let huge = "1".repeat(30);
    for (name, least, most) in [
        ("small", "-32768", "32767"),
        ("large", "-9223372036854775808", "9223372036854775807"),
    ] {
        let above = format!("max_value: Ensure this value is less than or equal to {most}.");
        let below = format!("min_value: Ensure this value is greater than or equal to {least}.");
        check(name, &[(most, most), (least, least)]);
        let text = format!("\"{huge}\"");
        refuse(
            name,
            &["9223372036854775808", &huge, &text, "1e300"],
            &above,
        );
        let (number, text) = (format!("-{huge}"), format!("\"-{huge}\""));
        refuse(name, &["-9223372036854775809", &number, &text], &below);
    }
}

#[test]
fn a_float() {
    check(
        "float",
        &[
            ("1.5", "1.5"),
            ("1", "1.0"),
            (r#"" 1.5 ""#, "1.5"),
            (r#""1e3""#, "1000.0"),
            ("1e-7", "1e-7"),
            ("18446744073709551615", "1.8446744073709552e19"),
            ("null", NULL),
        ],
    );
    let invalid = [
        "true",
        "[]",
        "{}",
        r#""""#,
        r#""abc""#,
        r#""NaN""#,
        r#""inf""#,
        r#""-Infinity""#,
        r#""1e400""#,
    ];
    refuse("float", &invalid, "invalid: A valid number is required.");
    let long = format!("\"{}\"", "1".repeat(1_001));
    refuse(
        "float",
        &[&long],
        "max_string_length: String value too large.",
    );
}

#[test]
fn a_boolean() {
    let on = [
        "true",
        "1",
        "1.0",
        r#""true""#,
        r#""TRUE""#,
        r#""t""#,
        r#""Y""#,
        r#""yes""#,
    ];
    let off = [
        "false",
        "0",
        "0.0",
        r#""False""#,
        r#""f""#,
        r#""n""#,
        r#""NO""#,
        r#""off""#,
    ];
    let on: Vec<(&str, &str)> = on.iter().map(|value| (*value, "true")).collect();
    let off: Vec<(&str, &str)> = off.iter().map(|value| (*value, "false")).collect();
    check("flag", &on);
    check("flag", &off);
    check(
        "flag",
        &[
            (r#""on""#, "true"),
            (r#""1""#, "true"),
            (r#""0""#, "false"),
            ("null", NULL),
        ],
    );
    let invalid = ["2", "1.5", r#""""#, r#""maybe""#, r#""null""#, "[]", "{}"];
    refuse("flag", &invalid, "invalid: Must be a valid boolean.");
    let null: Vec<(&str, &str)> = ["null", r#""""#, r#""null""#, r#""Null""#, r#""NULL""#]
        .iter()
        .map(|value| (*value, "null"))
        .collect();
    check("maybe_flag", &null);
    check("maybe_flag", &[(r#""n""#, "false")]);
}

#[test]
fn a_uuid() {
    let uuid = r#""0f0e0d0c-0b0a-0908-0706-050403020100""#;
    check(
        "uuid",
        &[
            (uuid, uuid),
            (r#""0F0E0D0C-0B0A-0908-0706-050403020100""#, uuid),
            (r#""0f0e0d0c0b0a09080706050403020100""#, uuid),
            (r#""urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100""#, uuid),
            ("5", r#""00000000-0000-0000-0000-000000000005""#),
            ("null", NULL),
        ],
    );
    let invalid = [
        "-5",
        "true",
        "1.5",
        "[]",
        "{}",
        r#""""#,
        r#""5""#,
        r#""0f0e0d0c-0b0a-0908-0706-05040302010""#,
        r#""0g0e0d0c-0b0a-0908-0706-050403020100""#,
    ];
    refuse("uuid", &invalid, "invalid: Must be a valid UUID.");
}

#[test]
fn a_decimal() {
    check(
        "amount",
        &[
            (r#""1.1""#, r#""1.10""#),
            (r#"" 12.34 ""#, r#""12.34""#),
            ("12.34", r#""12.34""#),
            ("7", r#""7.00""#),
            (r#""0""#, r#""0.00""#),
            (r#""-0.05""#, r#""-0.05""#),
            (r#""1e1""#, r#""10.00""#),
            (
                r#""123.45""#,
                "max_digits: Ensure that there are no more than 4 digits in total.",
            ),
            (
                r#""0.001""#,
                "max_decimal_places: Ensure that there are no more than 2 decimal places.",
            ),
            (
                r#""1.100""#,
                "max_decimal_places: Ensure that there are no more than 2 decimal places.",
            ),
            (
                "123",
                "max_whole_digits: Ensure that there are no more than 2 digits before the decimal \
                 point.",
            ),
            (
                r#""1e3""#,
                "max_whole_digits: Ensure that there are no more than 2 digits before the decimal \
                 point.",
            ),
            (
                r#""1e400""#,
                "max_digits: Ensure that there are no more than 4 digits in total.",
            ),
            ("null", NULL),
        ],
    );
    let invalid = [
        "true",
        "[]",
        "{}",
        r#""""#,
        r#""abc""#,
        r#""NaN""#,
        r#""Infinity""#,
        r#""-sNaN""#,
        r#""1e999999999999""#,
        r#""1e-99999999999999999999""#,
        r#""e5""#,
        r#""1.2.3""#,
        r#""١""#,
    ];
    refuse("amount", &invalid, "invalid: A valid number is required.");
    let long = format!("\"{}\"", "1".repeat(1_001));
    refuse(
        "amount",
        &[&long],
        "max_string_length: String value too large.",
    );
    check(
        "maybe_amount",
        &[
            (r#""1.1000""#, r#""1.1000""#),
            (r#""1e-9""#, r#""0.000000001""#),
        ],
    );
}

#[serializer(model = Sample, read_only)]
struct Price {
    #[field(decimal_places = 3)]
    amount: bigdecimal::BigDecimal,
    #[field(decimal_places = 1)]
    maybe_amount: Option<bigdecimal::BigDecimal>,
}

#[test]
fn a_decimal_is_shown_with_its_places() {
    let database = Database::new();
    let mut cx = database.context();
    let whole = read::<Input>(&mut cx, WHOLE, None, Mode::Create).expect("JSON");
    let mut row = whole.expect("a whole body").save(&mut cx).expect("a row");
    let (json, _) = shown::<Price>(&mut cx, std::slice::from_ref(&row), "");
    assert_eq!(json, r#"[{"amount":"1.500","maybe_amount":null}]"#);
    row.maybe_amount = "1.25".parse().ok();
    let (json, _) = shown::<Price>(&mut cx, &[row], "maybe_amount");
    assert_eq!(json, r#"[{"maybe_amount":"1.2"}]"#);
}

#[test]
fn any_json() {
    check(
        "json",
        &[
            (
                r#"{"z":1,"a":[1.5,"x",null,true]}"#,
                r#"{"z":1,"a":[1.5,"x",null,true]}"#,
            ),
            (r#""text""#, r#""text""#),
            ("5", "5"),
            ("false", "false"),
            ("[]", "[]"),
            ("null", NULL),
            (
                r#"{"a":["b\u0000"]}"#,
                "null_characters_not_allowed: Null characters are not allowed.",
            ),
            (
                r#"{"a\u0000":1}"#,
                "null_characters_not_allowed: Null characters are not allowed.",
            ),
        ],
    );
    check("maybe_json", &[("null", "null"), ("{}", "{}")]);
}

#[test]
fn a_choice() {
    check(
        "level",
        &[
            (r#""low""#, r#""low""#),
            (
                r#""zzz""#,
                r#"invalid_choice: "zzz" is not a valid choice."#,
            ),
            (
                r#""Low""#,
                r#"invalid_choice: "Low" is not a valid choice."#,
            ),
            (r#""""#, r#"invalid_choice: "" is not a valid choice."#),
            ("5", r#"invalid_choice: "5" is not a valid choice."#),
            ("true", r#"invalid_choice: "True" is not a valid choice."#),
            ("[]", r#"invalid_choice: "[…]" is not a valid choice."#),
            ("null", NULL),
        ],
    );
    check(
        "maybe_level",
        &[("null", "null"), (r#""high""#, r#""high""#)],
    );
}

#[test]
fn what_may_be_null() {
    for name in [
        "maybe_number",
        "maybe_float",
        "maybe_text",
        "maybe_uuid",
        "maybe_moment",
        "maybe_day",
        "maybe_time",
        "maybe_amount",
    ] {
        check(name, &[("null", "null")]);
    }
    check(
        "maybe_text",
        &[
            (r#""""#, "blank: This field may not be blank."),
            (r#""a""#, r#""a""#),
        ],
    );
    check(
        "maybe_number",
        &[(r#""""#, "invalid: A valid integer is required.")],
    );
}
