//! One key, many requests at once.

use restwell_testing::{TestDatabase, on_both_databases, race};
use serde_json::json;

use crate::app::started;

on_both_databases! {
    with started;

    fn of_a_hundred_requests_one_is_done(app) {
        let client = app.with_key("a-key");
        let answers = race(100, |_| client.post("/notes/", &json!({"text": "once"})));
        let done: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(!done.is_empty());
        assert!(done.iter().all(|answer| answer.text() == done[0].text()));
        let replayed = |answer: &&&restwell_testing::TestResponse| {
            answer.header("idempotent-replayed").is_some()
        };
        assert_eq!(done.iter().filter(replayed).count(), done.len() - 1);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!((answer.status, answer.code().as_str()), (409, "idempotency_key_in_use"));
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
        assert_eq!((app.texts().len(), app.writes(), app.effects()), (1, 1, 1));
    }

    fn different_keys_are_not_in_each_others_way(app) {
        let answers = race(20, |i| {
            let client = app.with_key(&format!("key-{i}"));
            client.post("/notes/", &json!({"text": format!("note {i}")})).status
        });
        assert_eq!(answers, [201; 20]);
        assert_eq!(app.claims(), 20);
    }
}

#[test]
fn while_a_request_is_answered_the_key_is_in_use() {
    let app = started(TestDatabase::postgres());
    let client = app.with_key("a-key");
    let answers = race(2, |i| {
        std::thread::sleep(std::time::Duration::from_millis(100 * i as u64));
        client.post("/notes/", &json!({"text": "slow"})).status
    });
    assert_eq!(answers, [201, 409]);
    let again = client.post("/notes/", &json!({"text": "slow"})).expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}
