//! Bodies of every evil kind: a clear refusal, and nothing stored.

use restwell_testing::{TestResponse, assert_enveloped, on_both_databases};
use serde_json::json;

use crate::blog::{Blog, POSTS, started};

const LIMIT: usize = 2_621_440;

/// What the author gets for `body` under this media type. Nothing is stored.
fn send(blog: &Blog, media_type: &str, body: &[u8]) -> TestResponse {
    let client = blog.author().header("Content-Type", media_type);
    let response = client.send("POST", POSTS, Some(body));
    assert_eq!(blog.editor().get(POSTS).data()["count"], 0, "{response:?}");
    response
}

fn sound() -> Vec<u8> {
    json!({"title": "A title", "body": "x"})
        .to_string()
        .into_bytes()
}

/// A request of the author's, as bytes.
fn raw(blog: &Blog, headers: &str, body: &[u8]) -> TestResponse {
    let token = blog.token("author");
    let mut request = format!(
        "POST {POSTS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n{headers}\r\n"
    )
    .into_bytes();
    request.extend_from_slice(body);
    let received = blog.anonymous().raw(&request);
    TestResponse::parse(&received)
        .unwrap_or_else(|| panic!("no whole answer: {}", String::from_utf8_lossy(&received)))
}

fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in body.chunks(size) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

on_both_databases! {
    with started;

    fn malformed_json_is_refused(blog) {
        for body in [
            &b"{"[..],
            b"}",
            b"{\"title\": }",
            b"{\"title\": \"x\",}",
            b"{'title': 'x'}",
            b"nonsense",
            b"{}{}",
            b"{} x",
            b"[1,]",
            b"\"",
            b"nul",
            b"NaN",
            b"Infinity",
            b"{\"title\": NaN}",
            b"{\"title\": 01}",
            b"{title: 1}",
            b"\xef\xbb\xbf{}",
            b"\x00",
            b"{\"title\": \"a\nb\"}",
            b"-",
            b"{\"title\": \"\\x\"}",
            b"{\"title\": \"\\ud800\"}",
            b"{\"title\": \"\\u12\"}",
        ] {
            let response = send(blog, "application/json", body);
            assert_eq!(
                response.status,
                400,
                "{:?}: {response:?}",
                String::from_utf8_lossy(body)
            );
            assert_eq!(response.code(), "parse_error");
            assert!(
                response.message().starts_with("JSON parse error - "),
                "{response:?}"
            );
        }
    }

    fn bad_utf8_is_refused(blog) {
        for body in [
            &b"\xff"[..],
            b"{\"title\": \"\xff\"}",
            b"{\"title\": \"\xc3\"}",
            b"{\"\xff\": 1}",
            b"{\"title\": \"\xed\xa0\x80\"}",
            b"{\"unknown\": \"\xff\"}",
        ] {
            let response = send(blog, "application/json", body).expect(400);
            assert_eq!(response.code(), "parse_error");
        }
    }

    fn deep_json_is_refused(blog) {
        const DEPTH: usize = 100_000;
        for (open, close) in [
            ("[", "]"),
            ("{\"a\":", "}"),
            ("{\"title\":[", "]}"),
            ("[{\"a\":", "}]"),
        ] {
            for whole in [
                open.repeat(DEPTH),
                open.repeat(DEPTH) + "1" + &close.repeat(DEPTH),
            ] {
                let response = send(blog, "application/json", whole.as_bytes()).expect(400);
                assert_eq!(response.code(), "parse_error");
            }
        }
        let hidden = format!(
            "{{\"title\": \"x\", \"body\": \"x\", \"unknown\": {}1{}}}",
            "[".repeat(DEPTH),
            "]".repeat(DEPTH)
        );
        send(blog, "application/json", hidden.as_bytes()).expect(400);
    }

    fn huge_numbers_are_no_failure(blog) {
        for number in [
            "1e400",
            "-1e400",
            "99999999999999999999999999999999",
            &"9".repeat(100_000),
            "1e-400",
            "0.1e308",
        ] {
            for name in ["category", "tags", "status", "version"] {
                let body = format!("{{\"title\": \"x\", \"{name}\": {number}}}");
                send(blog, "application/json", body.as_bytes()).expect(400);
            }
        }
    }

    fn another_media_type_is_refused(blog) {
        for media_type in [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "json",
            "application/json; charset=utf-16",
            "application/json; charset=bz2",
        ] {
            let response = send(blog, media_type, &sound()).expect(415);
            assert_eq!(
                response.message(),
                format!("Unsupported media type \"{media_type}\" in request.")
            );
        }
        let client = blog.author();
        let response = client.send("POST", POSTS, Some(&sound())).expect(415);
        assert_eq!(
            response.message(),
            "Unsupported media type \"\" in request."
        );
    }

    fn json_may_say_that_it_is_utf8(blog) {
        for media_type in [
            "application/json; charset=utf-8",
            "Application/JSON;charset=\"UTF-8\"",
            "application/json ; x=y",
        ] {
            let client = blog.author().header("Content-Type", media_type);
            client.send("POST", POSTS, Some(&sound())).expect(201);
        }
    }

    fn a_body_that_is_too_long_is_refused(blog) {
        let body = format!("{{\"title\": \"x\", \"body\": \"{}\"}}", "x".repeat(LIMIT));
        let response = send(blog, "application/json", body.as_bytes()).expect(413);
        assert_eq!(response.code(), "payload_too_large");
    }

    fn a_body_at_the_limit_is_read(blog) {
        let frame = "{\"title\": \"x\", \"body\": \"\"}".len();
        let body = format!(
            "{{\"title\": \"x\", \"body\": \"{}\"}}",
            "x".repeat(LIMIT - frame)
        );
        let client = blog.author().header("Content-Type", "application/json");
        client
            .send("POST", POSTS, Some(body.as_bytes()))
            .expect(201);
    }

    fn a_body_that_only_says_it_is_long_is_refused(blog) {
        let response = raw(blog, &format!("Content-Length: {}\r\n", LIMIT + 1), b"{").expect(413);
        assert_enveloped(&response);
    }

    fn a_chunked_body_is_read(blog) {
        let response = raw(
            blog,
            "Transfer-Encoding: chunked\r\n",
            &chunked(&sound(), 7),
        )
        .expect(201);
        assert_eq!(response.data()["title"], "A title");
    }

    fn a_chunked_body_that_is_too_long_is_refused(blog) {
        let body = chunked(&vec![b' '; LIMIT + 2_000_000], 65_536);
        let response = raw(blog, "Transfer-Encoding: chunked\r\n", &body).expect(413);
        assert_enveloped(&response);
        assert_eq!(response.code(), "payload_too_large");
    }

    fn broken_chunks_are_refused(blog) {
        for body in [
            &b"zz\r\n{}\r\n0\r\n\r\n"[..],
            b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
            b"-1\r\n{}\r\n0\r\n\r\n",
        ] {
            let response = raw(blog, "Transfer-Encoding: chunked\r\n", body);
            assert!((400..500).contains(&response.status), "{response:?}");
        }
        assert_eq!(blog.editor().get(POSTS).data()["count"], 0);
    }

    fn a_body_in_a_compression_is_no_json(blog) {
        for encoding in ["gzip", "br", "deflate", "nonsense"] {
            let client = blog
                .author()
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding);
            let response = client.send("POST", POSTS, Some(b"\x1f\x8b\x08\x00\x00"));
            assert!((400..500).contains(&response.status), "{response:?}");
        }
    }

    fn bodies_of_reads_are_passed_over(blog) {
        let client = blog.anonymous().header("Content-Type", "application/json");
        client.send("GET", POSTS, Some(b"{nonsense")).expect(200);
        client.send("HEAD", POSTS, None).expect(200);
        client.send("OPTIONS", POSTS, Some(b"nonsense")).expect(200);
    }

    fn what_is_no_http_gets_a_4xx_or_nothing(blog) {
        for bytes in [
            &b"nonsense\r\n\r\n"[..],
            b"GET\r\n\r\n",
            b"GET /api/v1/posts/ HTTP/9.9\r\n\r\n",
            b"GET /api/v1/posts/\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET /api/v1/posts/ HTTP/1.1\r\nBad Header: x\r\n\r\n",
            b"GET /api/v1/posts/%zz/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            b"GET /api/v1/posts/?a=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            b"GET /api/v1/posts/?%ff=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            b"POST /api/v1/posts/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            let received = blog.anonymous().raw(bytes);
            if let Some(response) = TestResponse::parse(&received) {
                let sent = String::from_utf8_lossy(bytes);
                assert!((400..500).contains(&response.status), "{sent:?}: {response:?}");
            }
        }
        blog.anonymous().get(POSTS).expect(200);
    }
}
