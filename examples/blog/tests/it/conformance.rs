//! No route answers more than its rule allows, whoever asks and whatever row it is about.

use blog::posts::Status;
use restwell::Method;
use restwell_testing::{Conformance, on_both_databases};
use serde_json::json;
use uuid::Uuid;

use crate::blog::{Blog, Sample, started};

/// The matrix of the roles, with a row for each kind of ownership.
fn matrix(blog: &Blog) -> Conformance<'_> {
    let post = move |author: &'static str, status: Status| {
        move || {
            let sample = Sample {
                author,
                status,
                ..Sample::default()
            };
            key(&blog.add(sample))
        }
    };
    let comment = move |author: &'static str, below: Status| {
        move || blog.comment(author, &post("author", below)())
    };
    let mut conformance = Conformance::of(&blog.api, &blog.db)
        .principal("anonymous", blog.anonymous())
        // Posts show who wrote them to everybody.
        .nests("users")
        .answers_parts_of_its_row("posts-history")
        .body(
            "posts-bulk",
            Method::Post,
            || json!([{"title": "One", "body": "x"}, {"title": "Another", "body": "x"}]),
        )
        .body_of_row(
            "posts-bulk",
            Method::Put,
            |key| json!([{"id": key, "title": "One", "body": "x"}]),
        )
        .body_of_row(
            "posts-bulk",
            Method::Patch,
            |key| json!([{"id": key, "title": "One"}]),
        )
        .body_of_row("posts-bulk", Method::Delete, |key| json!({"ids": [key]}))
        .row("audit_log", "the entry of a tag", || {
            blog.entry_of(blog.tag(&unique())).to_string()
        })
        .row(
            "posts",
            "a published post of the author",
            post("author", Status::Published),
        )
        .row(
            "posts",
            "a draft of the author",
            post("author", Status::Draft),
        )
        .row(
            "posts",
            "an archived post of the author",
            post("author", Status::Archived),
        )
        .row(
            "posts",
            "a published post of another",
            post("second", Status::Published),
        )
        .row("posts", "a draft of another", post("second", Status::Draft))
        .row(
            "comments",
            "a comment of the reader",
            comment("reader", Status::Published),
        )
        .row(
            "comments",
            "a comment of the author",
            comment("author", Status::Published),
        )
        .row(
            "comments",
            "a comment below a draft",
            comment("second", Status::Draft),
        )
        .row("tags", "a tag", || blog.tag(&unique()).to_string())
        .row("categories", "a category", || {
            blog.category(&unique()).to_string()
        })
        .row("api_tokens", "a token of the author", || {
            blog.api_token("author")
        })
        .row("api_tokens", "a token of another", || {
            blog.api_token("second")
        })
        .row("users", "the reader", || blog.key_of("reader").to_string())
        .row("users", "another author", || {
            blog.key_of("second").to_string()
        });
    for name in ["reader", "author", "editor", "admin", "super"] {
        conformance = conformance.principal(name, blog.user(name));
    }
    conformance
}

/// A name that no row has.
fn unique() -> String {
    Uuid::new_v4().simple().to_string()
}

/// The last part of a path.
fn key(path: &str) -> String {
    let parts = path.trim_end_matches('/').rsplit('/');
    parts.map(str::to_owned).next().expect("a key")
}

on_both_databases! {
    with started;

    fn no_route_answers_more_than_its_rule_allows(blog) {
        let report = matrix(blog).run();
        report.assert_sound();
        assert!(report.checked > 500, "{}", report.checked);
    }
}
