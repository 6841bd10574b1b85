//! How the lines of a stream are received: what is refused before they come, and how fast, how many
//! and how long they may be.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use restwell_testing::{Client, TestDatabase, TestResponse, on_both_databases};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, started, started_as, started_with};

const BULK: &str = "/api/v1/posts/bulk/";
const LINES: &str =
    "{\"title\": \"One\", \"body\": \"x\"}\n{\"title\": \"Two\", \"body\": \"x\"}\n";

/// The head of a stream, with these headers besides.
fn head(blog: &Blog, name: &str, path: &str, headers: &str) -> String {
    let token = blog.token(name);
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n{headers}\r\n"
    )
}

/// What a stream is answered of which nothing but the head is ever sent.
fn announce(blog: &Blog, name: &str, path: &str, headers: &str) -> TestResponse {
    let headers = if headers.contains("Content-Length") {
        headers.to_owned()
    } else {
        format!("{headers}Content-Length: 1000\r\n")
    };
    let heard = blog
        .anonymous()
        .raw(head(blog, name, path, &headers).as_bytes());
    TestResponse::parse(&heard).unwrap_or_else(|| panic!("no answer to {path} {headers}"))
}

fn send(blog: &Blog, name: &str, path: &str) -> TestResponse {
    let client = blog
        .user(name)
        .header("Content-Type", "application/x-ndjson");
    client.send("POST", path, Some(LINES.as_bytes()))
}

fn count(blog: &Blog) -> Value {
    blog.editor().get(POSTS).expect(200).data()["count"].clone()
}

/// Few requests a minute.
fn throttled(db: TestDatabase) -> Blog {
    started_with(db, &[("THROTTLE_USER", "4/min")])
}

/// Bodies have a second for each piece, 5,000 bytes in each second, and one place.
fn narrow(db: TestDatabase) -> Blog {
    started_as(db, &[], |api| {
        let api = api.body_timeout(Duration::from_secs(1)).body_rate(5_000);
        api.bodies_in_files(1)
    })
}

/// A stream of this many bytes, of which nothing is sent but the head.
fn begin(blog: &Blog, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(blog.address()).expect("a connection");
    let head = head(
        blog,
        "editor",
        BULK,
        &format!("Content-Length: {length}\r\n"),
    );
    stream.write_all(head.as_bytes()).expect("a head");
    stream
}

fn heard(stream: &mut TcpStream) -> TestResponse {
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard);
    TestResponse::parse(&heard).expect("an answer")
}

on_both_databases! {
    with started;

    fn what_is_wrong_beside_the_body_is_told_before_it(blog) {
        let long = format!("Idempotency-Key: {}\r\n", "k".repeat(256));
        let field = |name: &str, message: &str| json!({name: [message]});
        for (query, errors) in [
            ("mode=all", field("mode", "Must be atomic or partial.")),
            ("dry_run=", field("dry_run", "Must be false or true.")),
            ("dry_run=true&dry_run=true", field("dry_run", "This parameter may stand only once.")),
        ] {
            let refused = announce(blog, "editor", &format!("{BULK}?{query}"), "").expect(400);
            assert_eq!(refused.errors(), errors);
        }
        for query in ["modus=x", "fields=nothing", "on_conflict=update", "mode=%ff"] {
            announce(blog, "editor", &format!("{BULK}?{query}"), "").expect(400);
        }
        for (headers, status, code) in [
            (&*long, 400, "invalid_idempotency_key"),
            ("Idempotency-Key: a\r\nIdempotency-Key: b\r\n", 400, "invalid_idempotency_key"),
            ("Content-Encoding: gzip\r\n", 415, "unsupported_content_encoding"),
            ("Content-Length: 1073741825\r\n", 413, "payload_too_large"),
            ("Accept: text/html\r\n", 406, "not_acceptable"),
        ] {
            let refused = announce(blog, "editor", BULK, headers).expect(status);
            assert_eq!(refused.code(), code, "{headers}");
        }
        announce(blog, "reader", BULK, "").expect(403);
        announce(blog, "author", &format!("{BULK}?mode=all"), "").expect(403);
        assert_eq!(count(blog), 0);
        send(blog, "editor", BULK).expect(201);
        assert_eq!(count(blog), 2);
    }

    fn the_collection_takes_lines_as_it_takes_an_array(blog) {
        let made = send(blog, "editor", POSTS).expect(201);
        assert_eq!(made.message(), "2 posts created successfully");
        assert_eq!(made.data()[1]["title"], "Two");
        let told = send(blog, "editor", &format!("{POSTS}?mode=partial&dry_run=true")).expect(207);
        assert_eq!(told.data()["succeeded"], 2);
        announce(blog, "editor", &format!("{POSTS}?mode=all"), "").expect(400);
        // Who may make one post alone may make one of JSON.
        assert_eq!(send(blog, "author", POSTS).expect(415).code(), "unsupported_media_type");
        send(blog, "reader", POSTS).expect(403);
        assert_eq!(count(blog), 2);
    }

    fn a_dry_run_leaves_the_key_to_the_request_that_does_it(blog) {
        let posts = json!([{"title": "One", "body": "x"}]);
        let keyed = blog.editor().header("Idempotency-Key", "one");
        let rehearsal = format!("{BULK}?dry_run=true");
        let kept = || blog.db.rows("idempotency_keys").len();
        for _ in 0..2 {
            let answer = keyed.post(&rehearsal, &posts).expect(200);
            assert_eq!((answer.header("idempotent-replayed"), kept()), (None, 0));
        }
        let lines = keyed.header("Content-Type", "application/x-ndjson");
        lines.send("POST", &rehearsal, Some(LINES.as_bytes())).expect(200);
        assert_eq!(kept(), 0);
        let made = keyed.post(BULK, &posts).expect(201);
        assert_eq!(kept(), 1);
        assert_eq!(keyed.post(&rehearsal, &posts).expect(200).header("idempotent-replayed"), None);
        let again = keyed.post(&format!("{BULK}?"), &posts).expect(201);
        assert_eq!(again.text(), made.text());
        keyed.post(&format!("{BULK}?dry_run=false"), &posts).expect(422);
        assert_eq!(count(blog), 1);
    }
}

on_both_databases! {
    with throttled;

    fn a_stream_counts_once_and_before_its_body(blog) {
        for left in [3, 2, 1] {
            let answer = send(blog, "editor", BULK).expect(201);
            let rates = answer.header("ratelimit").expect("rates");
            assert!(rates.contains(&format!("r={left};")), "{rates}");
        }
        announce(blog, "editor", &format!("{BULK}?mode=all"), "").expect(400);
        let refused = announce(blog, "editor", BULK, "").expect(429);
        assert!(refused.header("retry-after").is_some());
        assert!(refused.header("ratelimit").is_some());
    }
}

on_both_databases! {
    with narrow;

    fn a_body_has_its_rate(blog) {
        // It is never silent for long, and never done.
        let mut slow = begin(blog, 1_000_000);
        let began = Instant::now();
        slow.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
        let (mut chunk, mut answer) = ([0; 4_096], Vec::new());
        while answer.is_empty() && began.elapsed() < Duration::from_secs(20) {
            let _ = slow.write_all(&[b'\n'; 50]);
            if let Ok(length) = slow.read(&mut chunk) {
                answer.extend_from_slice(&chunk[..length]);
            }
        }
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(began.elapsed() > Duration::from_millis(900));
        // It takes longer, and is as fast as it has to be.
        let mut fast = begin(blog, LINES.len() + 20 * 2_000);
        for _ in 0..20 {
            fast.write_all(&[b'\n'; 2_000]).expect("a body that is received");
            sleep(Duration::from_millis(100));
        }
        fast.write_all(LINES.as_bytes()).expect("a body that is received");
        heard(&mut fast).expect(201);
        assert_eq!(count(blog), 2);
    }

    fn only_so_many_bodies_are_in_files(blog) {
        let client = || -> Client {
            let client = blog.unchecked().bearer(&blog.token("editor"));
            client.header("Content-Type", "application/x-ndjson")
        };
        let mut refused = None;
        let mut first = None;
        for _ in 0..60 {
            // It may come too late or find no place itself.
            first = Some(begin(blog, 1_000));
            sleep(Duration::from_millis(100));
            let path = format!("{BULK}?dry_run=true");
            let answer = client().send("POST", &path, Some(LINES.as_bytes()));
            if answer.status == 503 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("a body without a place");
        assert_eq!((&*refused.code(), refused.header("retry-after")), ("unavailable", Some("1")));
        // A body in memory needs none.
        blog.editor().post(BULK, &json!([{"title": "x", "body": "x"}])).expect(201);
        drop(first);
        let mut answer = refused;
        for _ in 0..60 {
            answer = client().send("POST", BULK, Some(LINES.as_bytes()));
            if answer.status != 503 {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        answer.expect(201);
        client().send("POST", BULK, Some(LINES.as_bytes())).expect(201);
        assert_eq!(count(blog), 5);
    }
}
