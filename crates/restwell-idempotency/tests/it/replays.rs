//! The same request again.

use restwell_testing::{TestResponse, on_both_databases};
use serde_json::json;

use crate::app::started;

/// The headers that are the answer's own, not the connection's.
fn headers(answer: &TestResponse) -> Vec<Option<String>> {
    [
        "content-type",
        "location",
        "allow",
        "vary",
        "ratelimit",
        "x-likes",
    ]
    .map(|name| answer.header(name).map(str::to_owned))
    .to_vec()
}

on_both_databases! {
    with started;

    fn the_answer_is_given_again_byte_by_byte(app) {
        let client = app.with_key("8e03978e-40d5");
        let body = json!({"text": "once"});
        let first = client.header("x-request-id", "one").post("/notes/", &body).expect(201);
        let second = client.header("x-request-id", "two").post("/notes/", &body).expect(201);
        assert_eq!(first.text(), second.text());
        assert_eq!(headers(&first), headers(&second));
        assert!(first.header("location").is_some_and(|url| url.ends_with("/notes/1/")));
        assert_eq!(first.header("idempotent-replayed"), None);
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        assert_eq!(first.header("x-request-id"), Some("one"));
        assert_eq!(second.header("x-request-id"), Some("two"));
        assert_eq!(app.texts(), ["once"]);
        assert_eq!((app.writes(), app.effects()), (1, 1));
    }

    fn both_forms_of_a_path_and_of_a_key_are_the_same(app) {
        let body = json!({"text": "once"});
        app.with_key("\"a-key\"").post("/notes/", &body).expect(201);
        app.with_key("a-key").post("/notes", &body).expect(201);
        assert_eq!(app.texts(), ["once"]);
    }

    fn an_action_is_done_once(app) {
        let note = app.with_key("make").post("/notes/", &json!({"text": "a note"})).data();
        let path = format!("/notes/{}/like/", note["id"]);
        let liked = app.with_key("like").post(&path, &json!({})).expect(200);
        let again = app.with_key("like").post(&path, &json!({})).expect(200);
        assert_eq!(liked.text(), again.text());
        assert_eq!(again.data()["likes"], 1);
        assert_eq!(again.header("x-likes"), Some("1"));
        assert_eq!(app.with_key("more").post(&path, &json!({})).data()["likes"], 2);
        assert_eq!(app.user("ann").post(&path, &json!({})).data()["likes"], 3);
    }

    fn an_answer_without_a_body_is_kept_too(app) {
        let ping = app.with_key("ping");
        ping.post("/ping/", &json!({})).expect(204);
        let again = ping.post("/ping/", &json!({})).expect(204);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(app.texts(), ["2"]);
    }

    fn a_long_answer_is_kept_whole(app) {
        let text = "x".repeat(2_000_000);
        let body = json!({"text": text});
        let first = app.with_key("a-key").post("/echo/", &body).expect(200);
        let again = app.with_key("a-key").post("/echo/", &body).expect(200);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert!(first.text().len() > 2 * text.len());
        assert_eq!(first.text(), again.text());
    }

    fn another_body_or_query_is_another_request(app) {
        let client = app.with_key("a-key");
        client.post("/notes/", &json!({"text": "one"})).expect(201);
        for (path, text) in [("/notes/", "two"), ("/notes/?fields=id", "one")] {
            let refused = client.post(path, &json!({"text": text})).expect(422);
            assert_eq!(refused.code(), "idempotency_key_reused");
        }
        assert_eq!(app.texts(), ["one"]);
    }

    fn what_the_key_costs_is_bounded(app) {
        let plain = app.user("ann").post("/notes/", &json!({"text": "plain"})).expect(201);
        let keyed = app.with_key("a-key");
        let first = keyed.post("/notes/", &json!({"text": "keyed"})).expect(201);
        let again = keyed.post("/notes/", &json!({"text": "keyed"})).expect(201);
        let lock = u64::from(app.db.url().starts_with("postgres"));
        assert_eq!(first.statements(), plain.statements() + 2 + lock);
        assert_eq!(again.statements(), 2 + lock);
    }

    fn where_no_key_is_accepted_it_means_nothing(app) {
        let client = app.with_key("a-key");
        client.post("/careless/", &json!({"text": "one"})).expect(201);
        client.post("/careless/", &json!({"text": "two"})).expect(201);
        client.put("/notes/1/", &json!({"text": "three"})).expect(200);
        client.put("/notes/1/", &json!({"text": "four"})).expect(200);
        client.get("/notes/1/").expect(200);
        assert_eq!(app.claims(), 0);
    }
}
