//! Query strings of every evil kind: an answer of 200 or a refusal, never a failure.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use restwell_testing::on_both_databases;

use crate::blog::{POSTS, Sample, started};

const NAMES: [&str; 30] = [
    "page",
    "page_size",
    "cursor",
    "limit",
    "offset",
    "status",
    "status__in",
    "author",
    "category",
    "category__isnull",
    "tags",
    "tags__in",
    "views__gte",
    "views__lte",
    "views__range",
    "created_at__gte",
    "created_at__lt",
    "published_at__gte",
    "published_at__lt",
    "published_at__date",
    "title__icontains",
    "search",
    "ordering",
    "fields",
    "format",
    "nonsense",
    "",
    "page[]",
    "__class__",
    "id",
];

const VALUES: [&str; 40] = [
    "",
    "0",
    "1",
    "-1",
    "1.5",
    "1e9",
    "NaN",
    "inf",
    "last",
    "true",
    "null",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999",
    "draft",
    "draft,published",
    ",",
    ",,,",
    "1,2",
    "2,1",
    "1,2,3",
    "2026-01-01",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "-0001-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "00000000-0000-0000-0000-000000000000",
    "%",
    "_",
    "\\",
    "'",
    "\"",
    "title",
];

/// A value: one that is known for trouble, or any text.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(&VALUES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[-+0-9.,eTZ:]{0,24}",
        1 => "[-, a-z_\"'%\\\\]{0,40}",
    ]
}

fn query() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        9 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec((name, value()), 0..5)
}

on_both_databases! {
    with started;

    fn any_parameters_are_served_or_refused(blog) {
        for title in ["a", "b", "c"] {
            blog.add(Sample {
                title,
                ..Sample::default()
            });
        }
        let (anonymous, author) = (blog.anonymous(), blog.author());
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::with_cases(400)
        });
        let outcome = runner.run(&query(), |parameters| {
            let pairs: Vec<(&str, &str)> = parameters
                .iter()
                .map(|(name, value)| (&**name, &**value))
                .collect();
            for client in [&anonymous, &author] {
                let response = client.get_with(POSTS, &pairs);
                prop_assert!([200, 400, 404].contains(&response.status), "{response:?}");
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
    }

    fn each_parameter_takes_or_refuses_each_value(blog) {
        blog.add(Sample::default());
        let client = blog.anonymous();
        for name in NAMES {
            for value in VALUES {
                let response = client.get_with(POSTS, &[(name, value)]);
                assert!([200, 400, 404].contains(&response.status), "{response:?}");
            }
        }
    }

    fn bad_octets_are_refused(blog) {
        for query in [
            "a=%ff",
            "status=%c3",
            "search=%00",
            "%00=1",
            "search=%ed%a0%80",
        ] {
            let response = blog
                .anonymous()
                .get(&format!("{POSTS}?{query}"))
                .expect(400);
            assert_eq!(response.code(), "parse_error");
        }
    }

    fn octets_that_are_not_encoded_right_are_text(blog) {
        for query in ["search=%", "search=%zz", "search=%2", "search=100%25%"] {
            blog.anonymous()
                .get(&format!("{POSTS}?{query}"))
                .expect(200);
        }
    }

    fn floods_are_refused(blog) {
        for query in [
            "a=1&".repeat(201),
            format!("status__in={}", "draft,".repeat(1_001)),
            format!("ordering={}", "title,-title,".repeat(8)),
        ] {
            blog.anonymous()
                .get(&format!("{POSTS}?{query}"))
                .expect(400);
        }
        blog.anonymous()
            .get(&format!("{POSTS}?{}", "&".repeat(5_000)))
            .expect(200);
    }

    fn sql_is_text(blog) {
        blog.add(Sample {
            title: "kept",
            ..Sample::default()
        });
        for sql in [
            "'; DROP TABLE posts; --",
            "1 OR 1=1",
            "' UNION SELECT password FROM users --",
            "title; DELETE FROM posts",
            "$1",
            "?1",
            ":a",
            "{0}",
        ] {
            for name in NAMES {
                let response = blog.anonymous().get_with(POSTS, &[(name, sql)]);
                assert!([200, 400, 404].contains(&response.status), "{response:?}");
                assert!(!response.text().contains("argon2"));
            }
        }
        assert_eq!(blog.anonymous().get(POSTS).expect(200).data()["count"], 1);
    }

    fn a_path_may_have_any_octets(blog) {
        for segment in [
            "%00",
            "%ff",
            "%2e%2e",
            "%2f",
            "..%2f..",
            "%F0%9F%A6%80",
            "%",
            "%zz",
            "a%20b",
            "*",
            "~",
        ] {
            for place in [
                format!("{POSTS}{segment}/"),
                format!("{POSTS}{segment}/comments/"),
                format!("/api/v1/tags/{segment}/"),
            ] {
                let response = blog.anonymous().get(&place);
                assert_eq!(response.status, 404, "{response:?}");
            }
        }
    }
}
