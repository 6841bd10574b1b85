//! What claims a key, and what does not.

use restwell_idempotency::IdempotencyKeys;
use restwell_permissions::allow_any;
use restwell_testing::{TestDatabase, TestResponse, on_both_databases, race};
use restwell_views::{Api, BuildError, Reply, Router, View};
use serde_json::json;

use crate::app::{Notes, started};

on_both_databases! {
    with started;

    fn a_key_of_another_user_is_another_key(app) {
        for (name, text) in [("ann", "of ann"), ("bob", "of bob")] {
            let client = app.user(name).header("idempotency-key", "a-key");
            let made = client.post("/notes/", &json!({"text": text})).expect(201);
            assert_eq!(made.data()["text"], text);
        }
        assert_eq!(app.texts(), ["of ann", "of bob"]);
    }

    fn a_key_belongs_to_a_path(app) {
        let client = app.with_key("a-key");
        let note = client.post("/notes/", &json!({"text": "one"})).expect(201).data();
        client.post("/ping/", &json!({"text": "one"})).expect(204);
        let like = format!("/notes/{}/like/", note["id"]);
        client.post(&like, &json!({"text": "one"})).expect(200);
        assert_eq!(app.claims(), 3);
    }

    fn who_may_not_write_claims_nothing(app) {
        let body = json!({"text": "a note"});
        let key = |client: restwell_testing::Client| client.header("idempotency-key", "a-key");
        key(app.anonymous()).post("/notes/", &body).expect(401);
        key(app.user("hasty")).post("/notes/", &body).expect(429);
        key(app.user("ann")).send("POST", "/notes/?a=%zz", Some(b"{}")).expect(400);
        key(app.user("ann")).delete("/notes/").expect(405);
        assert_eq!(app.claims(), 0);
        // A throttled request is not given the answer of an earlier one either.
        key(app.user("ann")).post("/notes/", &body).expect(201);
        key(app.user("hasty")).post("/notes/", &body).expect(429);
    }

    fn failures_are_not_kept(app) {
        let client = app.with_key("a-key");
        client.post("/notes/", &json!({"text": ""})).expect(400);
        client.send("POST", "/notes/", Some(b"{}")).expect(415);
        let json = client.header("content-type", "application/json");
        json.send("POST", "/notes/", Some(b"{")).expect(400);
        json.send("POST", "/notes/", Some(&[b' '; 3_000_000])).expect(413);
        client.post("/notes/99/like/", &json!({})).expect(404);
        client.post("/notes/", &json!({"text": "broken"})).expect(500);
        client.post("/notes/", &json!({"text": "panic"})).expect(500);
        assert_eq!((app.claims(), app.texts().len(), app.effects()), (0, 0, 0));
        // The key is free for the request as it should have been.
        client.post("/notes/", &json!({"text": "right"})).expect(201);
        assert_eq!(app.texts(), ["right"]);
        // What the database refuses is undone with its claim.
        let other = app.with_key("other");
        other.post("/notes/", &json!({"text": "right"})).expect(400);
        other.post("/notes/", &json!({"text": "left"})).expect(201);
        assert_eq!(app.claims(), 2);
    }

    fn a_malformed_key_is_named(app) {
        let body = json!({"text": "a note"});
        for key in ["", "\"\"", "a b", "a\tb", "a,b", "\"", "\"a\";b=c", "é", &"x".repeat(256)] {
            let refused = app.with_key(key).post("/notes/", &body).expect(400);
            assert_eq!(refused.code(), "invalid_idempotency_key");
            assert!(refused.message().contains("Idempotency-Key"));
        }
        assert_eq!((app.claims(), app.writes()), (0, 0));
        // Neither does it matter where no key is accepted.
        app.with_key("a b").post("/careless/", &body).expect(201);
    }

    fn a_key_stands_once(app) {
        for second in ["a-key", "another"] {
            let request = format!(
                "POST /notes/ HTTP/1.1\r\nhost: localhost\r\nauthorization: Token ann\r\n\
                 content-type: application/json\r\ncontent-length: 14\r\n\
                 idempotency-key: a-key\r\nidempotency-key: {second}\r\n\r\n{{\"text\":\"one\"}}"
            );
            let answer = app.anonymous().raw(request.as_bytes());
            let answer = TestResponse::parse(&answer).expect("an answer").expect(400);
            assert_eq!(answer.code(), "invalid_idempotency_key");
        }
        assert_eq!((app.claims(), app.writes()), (0, 0));
    }
}

#[test]
fn a_transaction_that_is_run_again_claims_its_key_again() {
    let app = started(TestDatabase::postgres());
    let client = app.with_key("a-key");
    let made = client
        .post("/notes/", &json!({"text": "undone"}))
        .expect(201);
    let again = client
        .post("/notes/", &json!({"text": "undone"}))
        .expect(201);
    assert_eq!(made.text(), again.text());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!((app.writes(), app.effects(), app.texts().len()), (2, 1, 1));
}

#[test]
fn schemas_of_one_database_have_keys_of_their_own() {
    let apps = [(); 2].map(|()| started(TestDatabase::postgres()));
    let statuses = race(2, |i| {
        let client = apps[i].with_key("a-key");
        client.post("/notes/", &json!({"text": "slow"})).status
    });
    assert_eq!(statuses, [201, 201]);
}

#[test]
fn keys_need_a_transaction() {
    let db = TestDatabase::sqlite();
    let view = View::new("view", allow_any()).post(|_| Ok(Reply::no_content()));
    let view = view.without_transaction().idempotent();
    let api = Api::builder(db.pool()).idempotency(IdempotencyKeys::new());
    let error = api.routes(Router::new().view("view", view)).build();
    let error = error.expect_err("an application that cannot start");
    assert!(matches!(error, BuildError::KeysWithoutTransaction(route) if route == "view"));
}

#[test]
fn keys_need_a_place_to_be_kept() {
    let db = TestDatabase::sqlite();
    let api = Api::builder(db.pool()).routes(Router::new().register("notes", Notes));
    let error = api.build().expect_err("an application that cannot start");
    assert!(matches!(error, BuildError::NoIdempotencyStore(_)));
    assert_eq!(
        error.to_string(),
        "the route notes-like accepts idempotency keys, which are kept nowhere; give the \
         application `.idempotency(IdempotencyKeys::new())`"
    );
}
