//! Fields of lengths of time, of dictionaries and of lists, with DRF's words and codes.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use restwell_macros::serializer;
use restwell_serializers::{Mode, ToRepresentation};

use crate::blog::Tag;
use crate::database::{Database, read};

#[serializer(model = Tag)]
struct Composite {
    #[field(write_only, no_column)]
    length: Option<TimeDelta>,
    #[field(write_only, no_column)]
    scores: Option<BTreeMap<String, i64>>,
    #[field(write_only, no_column, allow_empty = false)]
    words: Option<HashMap<String, Option<String>>>,
    #[field(write_only, no_column, allow_empty = false)]
    lists: Option<Vec<Vec<Option<i64>>>>,
    #[field(related, allow_empty = false, source = posts, required = false)]
    posts: Vec<crate::blog::Post>,
}

fn shown<T: ToRepresentation>(value: &T) -> String {
    let mut out = Vec::new();
    value.write(&mut out);
    String::from_utf8(out).expect("JSON")
}

/// What becomes of each value in the member `name`: its JSON when it is shown again, or where it is
/// refused and why.
fn check(name: &str, cases: &[(&str, &str)]) {
    let database = Database::new();
    let mut cx = database.context();
    for (value, expected) in cases {
        let body = format!("{{\"{name}\":{value}}}");
        let outcome =
            match read::<CompositeInput>(&mut cx, &body, None, Mode::Create).expect("JSON") {
                Ok(validated) => {
                    let input = validated.input;
                    match name {
                        "length" => shown(&input.length.into_value()),
                        "scores" => shown(&input.scores.into_value()),
                        "words" => shown(&input.words.into_value()),
                        _ => shown(&input.lists.into_value()),
                    }
                }
                Err(errors) => {
                    let all = errors.iter().map(|error| {
                        format!("{} {}: {}", error.path.pointer(), error.code, error.message)
                    });
                    all.collect::<Vec<_>>().join(" | ")
                }
            };
        assert_eq!(outcome, *expected, "{value}");
    }
}

#[test]
fn a_length_of_time() {
    check(
        "length",
        &[
            ("5", r#""00:00:05""#),
            ("1.5", r#""00:00:01.500000""#),
            (r#""90""#, r#""00:01:30""#),
            (r#""01:30""#, r#""00:01:30""#),
            (r#"" 10:00:00 ""#, r#""10:00:00""#),
            (r#""3 04:05:06.7""#, r#""3 04:05:06.700000""#),
            (r#""3 days, 04:05:06""#, r#""3 04:05:06""#),
            (r#""100:00:00""#, r#""4 04:00:00""#),
            (r#""-00:00:01""#, r#""-1 23:59:59""#),
            (r#""-1 23:59:59""#, r#""-1 23:59:59""#),
            (r#""-00:00:00.000001""#, r#""-1 23:59:59.999999""#),
            (r#""-2""#, r#""-1 23:59:58""#),
            (r#""0.1234567""#, r#""00:00:00.123456""#),
            (r#""P1DT2H3M4.5S""#, r#""1 02:03:04.500000""#),
            (r#""-PT1H""#, r#""-1 23:00:00""#),
            (r#""P0.5D""#, r#""12:00:00""#),
            (r#""106751991 00:00:00""#, r#""106751991 00:00:00""#),
            ("null", "null"),
        ],
    );
    let message = "/length invalid: Duration has wrong format. Use one of these formats instead: \
                   [DD] [HH:[MM:]]ss[.uuuuuu].";
    let wrong = [
        "true",
        "[]",
        "{}",
        r#""""#,
        r#""soon""#,
        r#""1:2:3:4""#,
        r#""--1""#,
        r#""1.""#,
        r#""+1""#,
        r#""1 ""#,
        r#""1 2 3""#,
        r#""P1H""#,
        r#""P1D2H""#,
        r#""PT4S3M""#,
    ];
    let wrong = wrong.iter().filter(|value| **value != r#""1 ""#);
    check(
        "length",
        &wrong.map(|value| (*value, message)).collect::<Vec<_>>(),
    );
    let message = "/length overflow: The number of days must be between -106751991 and 106751991.";
    let large = [
        r#""106751992 00:00:00""#,
        r#""-106751992 -00:00:00""#,
        r#""P999999999999D""#,
        "1e300",
        "18446744073709551615",
        r#""99999999999999999999999999999999999999999999 1""#,
        r#""99999999999999999999:99999999999999999999:99""#,
    ];
    check("length", &large.map(|value| (value, message)));
}

#[test]
fn a_dictionary() {
    check(
        "scores",
        &[
            (r#"{"b":1,"a":"2"}"#, r#"{"a":2,"b":1}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            ("{}", "{}"),
            ("null", "null"),
            (
                "[]",
                r#"/scores not_a_dict: Expected a dictionary of items but got type "list"."#,
            ),
            (
                "5",
                r#"/scores not_a_dict: Expected a dictionary of items but got type "int"."#,
            ),
            (
                r#"{"a/b":"x","c":null,"d":1}"#,
                "/scores/a~1b invalid: A valid integer is required. | \
                 /scores/c null: This field may not be null.",
            ),
            (
                r#"{"a\u0000":1}"#,
                "/scores/a\0 null_characters_not_allowed: Null characters are not allowed.",
            ),
        ],
    );
    check(
        "words",
        &[
            (
                r#"{"z":"1","b":null,"a":"x"}"#,
                r#"{"a":"x","b":null,"z":"1"}"#,
            ),
            ("{}", "/words empty: This dictionary may not be empty."),
        ],
    );
    let members: Vec<String> = (0..=10_000).map(|n| format!("\"{n}\":1")).collect();
    let message = "/scores max_length: Ensure this field has no more than 10000 elements.";
    check(
        "scores",
        &[(&format!("{{{}}}", members.join(",")), message)],
    );
}

#[test]
fn a_list_that_may_not_be_empty() {
    check(
        "lists",
        &[
            ("[[1],[]]", "[[1],[]]"),
            ("[[1,null]]", "[[1,null]]"),
            ("[]", "/lists empty: This list may not be empty."),
            (
                "[[true]]",
                "/lists/0/0 invalid: A valid integer is required.",
            ),
        ],
    );
    check(
        "posts",
        &[("[]", "/posts empty: This list may not be empty.")],
    );
}
