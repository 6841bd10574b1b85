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

/// What the answer to an array of these rows is.
fn send_array(blog: &Blog, query: &str, lines: &[String]) -> TestResponse {
    let body = format!("[{}]", lines.join(","));
    let client = blog.editor().header("Content-Type", "application/json");
    client.send("POST", &format!("{BULK}{query}"), Some(body.as_bytes()))
}

/// What is told, without what is another's in each row that is made.
fn comparable(answer: &TestResponse) -> (u16, Value, String, Option<&str>) {
    let mut data = answer.data();
    let rows = if data.is_array() {
        &mut data
    } else {
        &mut data["results"]
    };
    for row in rows.as_array_mut().into_iter().flatten() {
        let row = if row["index"].is_null() {
            row
        } else {
            &mut row["data"]
        };
        if let Some(row) = row.as_object_mut() {
            assert!(row["id"].take().is_string());
        }
    }
    let applied = answer.header("preference-applied");
    (answer.status, data, answer.message(), applied)
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
        let length = answer.header("content-length").map(str::to_owned);
        assert_eq!(length, Some(answer.body.len().to_string()));
        assert_eq!(answer.json()["message"], "2500 posts created successfully");
        assert!(answer.statements() < 40, "{} statements", answer.statements());
        let data = answer.data();
        let titles: Vec<&str> = data.as_array().expect("rows").iter()
            .map(|row| row["title"].as_str().expect("a title"))
            .collect();
        let sent = (0..2_499).map(|number| format!("Number {number}"));
        assert_eq!(titles, sent.chain(["The last".to_owned()]).collect::<Vec<_>>());
        assert_eq!(data[2_499]["tags"][0]["id"], tag);
        assert_eq!(count(blog), 2_500);
        let last = data[2_499]["id"].as_str().expect("a key");
        let read = blog.editor().get(&format!("{POSTS}{last}/")).expect(200);
        assert_eq!(read.data(), data[2_499]);
        let entries = blog.admin().get("/api/v1/audit/?entity=posts").expect(200).data();
        assert_eq!(entries["count"], 2_500);
    }

    fn a_stream_is_answered_as_an_array_is(blog) {
        let (tag, category) = (blog.tag("tea"), blog.category("Drinks"));
        let mut lines = lines(600);
        lines[7] = json!({"title": "All", "body": "x", "tags": [tag], "category": category}).to_string();
        let sound = lines.join("\n");
        let same = |query: &str, lines: &[String], status| {
            let streamed = send(blog, query, &lines.join("\n")).expect(status);
            let array = send_array(blog, query, lines).expect(status);
            assert_eq!(comparable(&streamed), comparable(&array), "{query}");
        };
        // What is undone leaves the slugs for the second.
        same("?dry_run=true", &lines, 200);
        same("?dry_run=true&fields=id,title,tags", &lines, 200);
        same("?dry_run=true&mode=partial", &lines, 207);
        lines[5] = "{}".to_owned();
        lines[300] = json!({"title": "x", "body": "x", "tags": [tag + 1]}).to_string();
        lines[599] = json!({"title": "x", "body": "x", "slug": "number-2"}).to_string();
        same("?dry_run=true&mode=partial", &lines, 207);
        same("?mode=partial&fields=nothing", &lines, 400);
        assert_eq!(count(blog), 0);
        let minimal = client(blog, "editor").header("Prefer", "return=minimal");
        let answer = minimal.send("POST", BULK, Some(sound.as_bytes())).expect(201);
        assert_eq!((answer.data(), answer.message()), (Value::Null, "600 posts created successfully".into()));
        assert_eq!(answer.header("preference-applied"), Some("return=minimal"));
        assert_eq!(count(blog), 600);
    }

    fn what_a_part_costs_does_not_depend_on_its_rows(blog) {
        let statements = |count, query: &str| {
            let lines = lines(count);
            send(blog, &format!("?dry_run=true{query}"), &lines.join("\n")).statements()
        };
        for query in ["", "&mode=partial"] {
            let of_one = statements(1_000, query);
            assert_eq!(of_one, statements(100, query));
            let of_part = statements(2_000, query) - of_one;
            assert_eq!(statements(4_000, query), of_one + 3 * of_part);
            assert!(of_part <= 15, "{of_part} statements for each part");
        }
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
        let mut lines = lines(2_500);
        lines[3] = "[]".to_owned();
        lines[1_200] = "{\"title\": ".to_owned();
        lines[1_300] = json!({"title": "x", "body": "x", "slug": "number-2"}).to_string();
        lines[2_499] = "{}".to_owned();
        let body = format!("\r\n{}\r\n\n \n", lines.join("\r\n"));
        let data = send(blog, "?mode=partial&dry_run=true", &body).expect(207).data();
        assert_eq!((&data["succeeded"], &data["results"][0]["status"]), (&json!(2_496), &json!(200)));
        assert_eq!(count(blog), 0);
        let data = send(blog, "?mode=partial", &body).expect(207).data();
        assert_eq!([&data["succeeded"], &data["failed"]], [&json!(2_496), &json!(4)]);
        let results = data["results"].as_array().expect("results");
        assert_eq!(results.len(), 2_500);
        for (place, result) in results.iter().enumerate() {
            assert_eq!(result["index"], place);
            if [3, 1_200, 1_300, 2_499].contains(&place) {
                assert_eq!((&result["status"], &result["data"]), (&json!(400), &Value::Null));
            } else {
                assert_eq!(result["status"], 201);
                assert_eq!(result["data"]["title"], format!("Number {place}"));
            }
        }
        assert_eq!(results[1_200]["code"], "parse_error");
        assert_eq!(results[1_300]["errors"], json!({"slug": ["post with this slug already exists."]}));
        assert_eq!(count(blog), 2_496);
    }

    fn minimal_results_are_without_the_rows(blog) {
        let mut lines = lines(1_500);
        lines[1_200] = "{}".to_owned();
        let minimal = client(blog, "editor").header("Prefer", "return=minimal");
        let path = format!("{BULK}?mode=partial");
        let answer = minimal.send("POST", &path, Some(lines.join("\n").as_bytes())).expect(207);
        assert_eq!(answer.header("preference-applied"), Some("return=minimal"));
        let results = answer.data()["results"].take();
        assert_eq!(results.as_array().map(Vec::len), Some(1_500));
        assert_eq!(results[1_499], json!({"index": 1_499, "status": 201}));
        assert_eq!(results[1_200]["errors"]["title"], json!(["This field is required."]));
    }

    fn each_of_many_failures_is_told(blog) {
        let body = "{}\n".repeat(3_000);
        let data = send(blog, "?mode=partial", &body).expect(207).data();
        assert_eq!([&data["succeeded"], &data["failed"]], [&json!(0), &json!(3_000)]);
        let results = data["results"].as_array().expect("results");
        assert_eq!(results.len(), 3_000);
        assert_eq!((&results[2_999]["index"], &results[2_999]["status"]), (&json!(2_999), &json!(400)));
    }

    fn an_answer_too_long_to_be_kept_undoes_all(blog) {
        let lines = lines(3_000).join("\n");
        let keyed = client(blog, "editor").header("Idempotency-Key", "many");
        let refused = keyed.send("POST", BULK, Some(lines.as_bytes())).expect(400);
        assert_eq!(refused.code(), "answer_too_long");
        assert_eq!(count(blog), 0);
        // Nothing was done, so the key is free.
        let minimal = keyed.header("Prefer", "return=minimal");
        let answer = minimal.send("POST", BULK, Some(lines.as_bytes())).expect(201);
        let again = minimal.send("POST", BULK, Some(lines.as_bytes())).expect(201);
        assert_eq!((again.header("idempotent-replayed"), again.text()), (Some("true"), answer.text()));
        assert_eq!(count(blog), 3_000);
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

    fn what_is_wrong_with_a_line_names_it(blog) {
        let sound = lines(1).remove(0);
        for (line, told) in [
            ("{\"title\": }", "Line 4: JSON parse error - expected value at column 11"),
            ("{\"title\"", "Line 4: JSON parse error - EOF while parsing an object at column 8"),
            ("{} {}", "Line 4: JSON parse error - trailing characters at column 4"),
        ] {
            let body = format!("\n{sound}\r\n  \n{line}\n{sound}\n");
            let errors = send(blog, "", &body).expect(400).errors();
            assert_eq!(errors, json!({"1": {"non_field_errors": [told]}}));
            let data = send(blog, "?mode=partial&dry_run=true", &body).expect(207).data();
            assert_eq!((&data["results"][1]["index"], &data["results"][1]["message"]), (&json!(1), &json!(told)));
            assert_eq!(data["results"][1]["errors"], errors["1"]);
        }
        let long = format!("\n\n{{\"title\": \"{}\"}}", "x".repeat(1_100_000));
        let told = send(blog, "", &long).expect(413).message();
        assert_eq!(told, "Line 3 of the request body is longer than 1048576 bytes.");
        let utf8 = client(blog, "editor").send("POST", BULK, Some(b"\n{\"title\": \"\xff\"}\n"));
        let told = json!(["Line 2: JSON parse error - invalid UTF-8 at byte 11"]);
        assert_eq!(utf8.expect(400).errors()["0"]["non_field_errors"], told);
    }

    fn blank_lines_neither_end_a_stream_nor_count(blog) {
        let blank = ["\n", "\r\n", " \t \r\n"].map(|line| line.repeat(1_200_000 / line.len()));
        for (number, blank) in blank.iter().enumerate() {
            let line = |name: &str| {
                json!({"title": format!("{name} {number}"), "body": "x"}).to_string()
            };
            let body = format!("{blank}{}\r\n{blank}{}\n{blank}", line("First"), line("Second"));
            let data = send(blog, "", &body).expect(201).data();
            let titles = [&data[0]["title"], &data[1]["title"], &data[2]["title"]];
            let names = ["First", "Second"].map(|name| json!(format!("{name} {number}")));
            assert_eq!(titles, [&names[0], &names[1], &Value::Null]);
            let partial = send(blog, "?mode=partial&dry_run=true", &body).expect(207).data();
            assert_eq!([&partial["succeeded"], &partial["failed"]], [&json!(2), &json!(0)]);
            let errors = send(blog, "", blank).expect(400).errors();
            assert_eq!(errors, json!({"non_field_errors": ["This list may not be empty."]}));
        }
        assert_eq!(count(blog), 6);
        // A part ends where its rows are many bytes, and blank lines are behind it.
        let long = |number| json!({"title": format!("Long {number}"), "body": "x".repeat(600_000)});
        let body = format!("{}\n{}\n{}{}", long(0), long(1), blank[0], long(2));
        let minimal = client(blog, "editor").header("Prefer", "return=minimal");
        let answer = minimal.send("POST", BULK, Some(body.as_bytes())).expect(201);
        assert_eq!(answer.message(), "3 posts created successfully");
    }

    fn a_stream_is_utf_8_and_not_encoded(blog) {
        let line = lines(1).remove(0);
        let send = |name: &str, value: &str| {
            let client = client(blog, "editor").header(name, value);
            client.send("POST", BULK, Some(line.as_bytes()))
        };
        for encoding in ["gzip", "identity, gzip", ""] {
            let refused = send("Content-Encoding", encoding).expect(415);
            assert_eq!(refused.code(), "unsupported_content_encoding", "{encoding}");
            assert_eq!(refused.header("accept-encoding"), Some("identity"));
        }
        for charset in ["latin1", "\"utf-16\"", ""] {
            let media_type = format!("application/x-ndjson; charset={charset}");
            let refused = send("Content-Type", &media_type).expect(415);
            assert_eq!(refused.code(), "unsupported_media_type", "{charset}");
        }
        assert_eq!(count(blog), 0);
        send("Content-Encoding", "Identity").expect(201);
        for media_type in ["application/x-ndjson;charset=\"UTF-8\"", "Application/JSONL; x=y"] {
            send("Content-Type", media_type).expect(201);
        }
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
        elsewhere.send("PATCH", BULK, Some(b"{}")).expect(415);
        elsewhere.send("POST", "/api/v1/tags/", Some(b"{}")).expect(415);
        assert_eq!(count(blog), 0);
    }
}
