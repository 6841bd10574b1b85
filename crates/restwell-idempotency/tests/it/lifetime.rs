//! Answers are kept for a day.

use chrono::TimeDelta;
use restwell_idempotency::delete_expired;
use restwell_testing::on_both_databases;
use serde_json::json;

use crate::app::started;

on_both_databases! {
    with started;

    fn after_a_day_a_key_is_free(app) {
        let client = app.with_key("a-key");
        client.post("/notes/", &json!({"text": "one"})).expect(201);
        app.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
        client.post("/notes/", &json!({"text": "two"})).expect(422);
        app.clock.advance(TimeDelta::seconds(1));
        let made = client.post("/notes/", &json!({"text": "two"})).expect(201);
        let again = client.post("/notes/", &json!({"text": "two"})).expect(201);
        assert_eq!(made.text(), again.text());
        assert_eq!((app.texts().len(), app.claims()), (2, 1));
    }

    fn what_has_expired_is_cleared_away(app) {
        for key in ["one", "two"] {
            app.with_key(key).post("/notes/", &json!({"text": key})).expect(201);
        }
        app.clock.advance(TimeDelta::hours(23));
        app.with_key("three").post("/notes/", &json!({"text": "three"})).expect(201);
        let clear = || delete_expired(&mut app.db.context_at(app.clock.clone())).expect("a number");
        assert_eq!(clear(), 0);
        app.clock.advance(TimeDelta::hours(1));
        assert_eq!((clear(), app.claims()), (2, 1));
        app.with_key("three").post("/notes/", &json!({"text": "three"})).expect(201);
        assert_eq!(app.texts().len(), 3);
    }

    fn a_thousand_at_a_time_are_cleared_away(app) {
        app.db.execute(
            "INSERT INTO idempotency_keys (id, fingerprint, expires_at) \
             WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500) \
             SELECT CAST(n AS TEXT), '', n FROM numbers",
        );
        let cleared = delete_expired(&mut app.db.context_at(app.clock.clone()));
        assert_eq!((cleared.expect("a number"), app.claims()), (2_500, 0));
    }
}
