//! `POST /posts/bulk/` of newline-delimited JSON.

use restwell_testing::{Client, TestResponse, on_both_databases};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, keys, started};

const BULK: &str = "/api/v1/posts/bulk/";

fn client(blog: &Blog, name: &str) -> Client {
    blog.user(name)
        .header("Content-Type", "application/x-ndjson")
}

fn send(blog: &Blog, query: &str, body: &str) -> TestResponse {
    let path = format!("{BULK}{query}");
    client(blog, "editor").send("POST", &path, Some(body.as_bytes()))
}

fn count(blog: &Blog) -> Value {
    blog.editor().get(POSTS).expect(200).data()["count"].clone()
}

/// So many lines.
fn lines(count: usize) -> Vec<String> {
    let post = |number| json!({"title": format!("Number {number}"), "body": "Some text."});
    (0..count).map(|number| post(number).to_string()).collect()
}

on_both_databases! {
    with started;

    fn lines_become_rows_part_by_part(blog) {
        let tag = blog.tag("tea");
        let mut lines = lines(2_500);
        lines[2_499] = json!({"title": "The last", "body": "x", "tags": [tag], "slug": "last"}).to_string();
        let answer = send(blog, "", &lines.join("\n")).expect(201);
        assert_eq!(answer.data(), json!({"succeeded": 2_500, "failed": 0, "results": []}));
        assert_eq!(answer.json()["message"], "2500 posts created successfully");
        assert!(answer.statements() < 40, "{} statements", answer.statements());
        assert_eq!(count(blog), 2_500);
        let data = blog.editor().get(&format!("{POSTS}?title__icontains=last")).data();
        assert_eq!(data["results"][0]["tags"][0]["id"], tag);
        let entries = blog.admin().get("/api/v1/audit/?entity=posts").expect(200).data();
        assert_eq!(entries["count"], 2_500);
    }

    fn one_bad_line_undoes_all(blog) {
        let before = blog.db.rows("audit_log");
        let mut lines = lines(1_500);
        lines[1_200] = "{\"title\": \"\", \"body\": \"x\"}".to_owned();
        lines[1_300] = "{\"title\": ".to_owned();
        let answer = send(blog, "", &lines.join("\n")).expect(400);
        let errors = answer.errors();
        assert_eq!(keys(&errors), ["1200", "1300"]);
        assert_eq!(errors["1200"], json!({"title": ["This field may not be blank."]}));
        assert_eq!(count(blog), 0);
        assert_eq!(blog.db.rows("audit_log"), before);
    }

    fn sound_lines_become_rows_beside_others(blog) {
        let mut lines = lines(1_500);
        lines[3] = "[]".to_owned();
        lines[1_200] = "{\"title\": ".to_owned();
        lines[1_300] = json!({"title": "x", "body": "x", "slug": "number-2"}).to_string();
        let body = format!("\r\n{}\r\n\n \n", lines.join("\r\n"));
        let data = send(blog, "?mode=partial", &body).expect(207).data();
        assert_eq!([&data["succeeded"], &data["failed"]], [&json!(1_497), &json!(3)]);
        let results = data["results"].as_array().expect("results");
        let places: Vec<_> = results.iter().map(|row| row["index"].as_u64()).collect();
        assert_eq!(places, [Some(3), Some(1_200), Some(1_300)]);
        assert_eq!(results[1]["code"], "parse_error");
        assert_eq!(results[2]["errors"], json!({"slug": ["post with this slug already exists."]}));
        assert_eq!(count(blog), 1_497);
        let data = send(blog, "?mode=partial&dry_run=true", &lines.join("\n")).expect(207).data();
        assert_eq!(data["succeeded"], 1_497);
        assert_eq!(count(blog), 1_497);
    }

    fn many_failures_are_counted_and_the_first_told(blog) {
        let body = "{}\n".repeat(3_000);
        let data = send(blog, "?mode=partial", &body).expect(207).data();
        assert_eq!([&data["succeeded"], &data["failed"]], [&json!(0), &json!(3_000)]);
        assert_eq!(data["results"].as_array().map(Vec::len), Some(1_000));
    }

    fn a_stream_is_for_who_may_send_it(blog) {
        let body = lines(3).join("\n");
        for (name, status) in [("reader", 403), ("author", 403), ("admin", 201)] {
            client(blog, name).send("POST", BULK, Some(body.as_bytes())).expect(status);
        }
        let nobody = blog.anonymous().header("Content-Type", "application/x-ndjson");
        nobody.send("POST", BULK, Some(body.as_bytes())).expect(401);
        let bad = client(blog, "editor").bearer("bad");
        bad.send("POST", BULK, Some(body.as_bytes())).expect(401);
        assert_eq!(count(blog), 3);
    }

    fn what_is_no_stream_of_rows_is_refused(blog) {
        for body in ["", "\n\n \r\n"] {
            let errors = send(blog, "", body).expect(400).errors();
            assert_eq!(errors, json!({"non_field_errors": ["This list may not be empty."]}));
        }
        let array = send(blog, "", "[{\"title\": \"x\", \"body\": \"x\"}]").expect(400).errors();
        assert_eq!(keys(&array), ["0"]);
        let long = format!("{{\"title\": \"{}\"}}", "x".repeat(1_100_000));
        assert_eq!(send(blog, "", &long).expect(413).code(), "payload_too_large");
        let utf8 = client(blog, "editor").send("POST", BULK, Some(b"{\"title\": \"\xff\"}\n"));
        assert_eq!(keys(&utf8.expect(400).errors()), ["0"]);
        send(blog, "?mode=all", "{}").expect(400);
        let elsewhere = client(blog, "editor");
        elsewhere.send("POST", POSTS, Some(b"{}")).expect(415);
        elsewhere.send("PATCH", BULK, Some(b"{}")).expect(415);
        elsewhere.send("POST", "/api/v1/tags/", Some(b"{}")).expect(415);
        assert_eq!(count(blog), 0);
    }
}
