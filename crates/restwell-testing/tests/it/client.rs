//! The client sends what it is told to send, and nothing else.

use restwell_testing::{TestResponse, on_both_databases};
use serde_json::json;

use crate::app::{NOW, notes};

on_both_databases! {
    with notes;

    fn every_verb_arrives_with_its_body(app) {
        let client = app.client();
        let body = json!({"a": [1, "ü"]});
        for (method, response) in [
            ("POST", client.post("/echo/", &body)),
            ("PUT", client.put("/echo/", &body)),
            ("PATCH", client.patch("/echo/", &body)),
            ("DELETE", client.delete_with("/echo/", &body)),
            ("GET", client.send_json("GET", "/echo/", &body)),
        ] {
            let echo = response.expect(200).data();
            assert_eq!(echo["method"], method);
            assert_eq!(echo["body"], body.to_string());
            assert_eq!(echo["content_type"], "application/json");
        }
        let echo = client.delete("/echo/").expect(200).data();
        assert_eq!(echo["body"], "");
        assert!(echo["content_type"].is_null());
        assert!(client.options("/echo/").expect(200).data()["name"].is_string());
    }

    fn head_has_no_body(app) {
        let response = app.client().head("/echo/").expect(200);
        assert_eq!(response.body, b"");
        assert_eq!(response.header("content-type"), Some("application/json"));
    }

    fn unknown_methods_arrive(app) {
        let response = app.client().send("BREW", "/notes/", None).expect(405);
        assert_eq!(response.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    }

    fn headers_are_those_of_the_client_alone(app) {
        let client = app.client().bearer("one").bearer("two");
        let echo = client.get("/echo/").data();
        assert_eq!(echo["authorization"], "Bearer two");
        assert!(echo["accept_encoding"].is_null());
        let echo = client.without_header("authorization").get("/echo/").data();
        assert!(echo["authorization"].is_null());
        let response = client.header("X-Request-ID", "mine").get("/echo/");
        assert_eq!(response.json()["request_id"], "mine");
    }

    fn parameters_are_encoded(app) {
        let hostile = "a&b=c d+e%\"ü\n#";
        let echo = app.client().get_with("/echo/?format=json", &[("q", hostile)]).expect(200).data();
        assert_eq!(echo["q"], hostile);
    }

    fn redirects_are_answers(app) {
        let response = app.server.client().get("/elsewhere/").expect(302);
        assert_eq!(response.header("location"), Some("/notes/"));
    }

    fn failures_are_read_from_the_envelope(app) {
        let response = app.client().get("/nowhere/").expect(404);
        assert_eq!(response.code(), "not_found");
        assert_eq!(response.message(), "Not found.");
        assert_eq!(response.errors(), json!({}));
        assert!(response.data().is_null());
    }

    fn time_stands_still(app) {
        assert_eq!(app.client().get("/echo/").json()["timestamp"], NOW);
    }

    fn bytes_arrive_as_they_are(app) {
        let request = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
                        3\r\nabc\r\n1\r\n\xff\r\n0\r\n\r\n";
        let received = app.client().raw(request);
        let response = TestResponse::parse(&received).expect("a whole answer").expect(200);
        assert_eq!(response.data()["body"], "abc\u{fffd}");
    }
}

#[test]
fn half_an_answer_is_none() {
    let whole = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";
    for length in 0..whole.len() {
        assert!(TestResponse::parse(&whole[..length]).is_none());
    }
    assert_eq!(TestResponse::parse(whole).expect("all of it").status, 404);
}
