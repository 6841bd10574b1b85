use chrono::TimeDelta;
use restwell::auth::StoredToken;
use restwell::prelude::*;
use restwell_testing::{Client, TestResponse, on_both_databases, race};
use serde_json::{Value, json};

use crate::application::{Application, User, started};

const TOKENS: &str = "/auth/tokens/";

/// The new user with this name, logged in.
fn user(app: &Application, name: &str) -> Client {
    app.register(name);
    app.client().bearer(&app.log_in(name).0)
}

/// A new API token of `owner`: what the answer says, and a client that presents it.
fn token(app: &Application, owner: &Client, body: &Value) -> (Value, Client) {
    let made = owner.post(TOKENS, body).expect(201).data();
    let client = presenting(app, made["token"].as_str().expect("a token"));
    (made, client)
}

fn presenting(app: &Application, token: &str) -> Client {
    app.client()
        .header("authorization", &format!("Token {token}"))
}

fn refused(answer: &TestResponse) {
    assert_eq!(
        (answer.status, answer.message().as_str()),
        (401, "Invalid token.")
    );
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"api\"")
    );
}

fn stored(app: &Application) -> StoredToken {
    StoredToken::objects()
        .get(&mut app.db.context())
        .expect("a token")
}

on_both_databases! {
    with started;

    fn a_token_is_shown_once_and_stands_for_its_user(app) {
        let ada = user(app, "ada");
        let (made, program) = token(app, &ada, &json!({"name": "backup"}));
        let id = made["id"].as_str().expect("an id");
        let secret = made["token"].as_str().expect("a token");
        assert!(secret.starts_with(&format!("app_{id}_")), "{made}");
        assert_eq!(program.get("/auth/me/").expect(200).data()["username"], "ada");
        assert_eq!(ada.get(TOKENS).expect(200).results(), [json!({
            "id": id, "name": "backup", "created_at": "2026-01-15T10:30:00Z",
            "expires_at": null, "last_used_at": "2026-01-15T10:30:00Z",
        })]);
        let row = stored(app);
        let secret = secret.rsplit('_').next().expect("a secret");
        assert!(!format!("{row:?}").contains(secret), "the secret is stored: {row:?}");
    }

    fn a_token_ends_at_its_time(app) {
        let ada = user(app, "ada");
        let body = json!({"name": "short", "expires_at": "2026-01-15T11:30:00Z"});
        let (_, program) = token(app, &ada, &body);
        app.clock.advance(TimeDelta::minutes(60) - TimeDelta::microseconds(1));
        program.get("/open/").expect(204);
        app.clock.advance(TimeDelta::microseconds(1));
        refused(&program.get("/open/"));
    }

    fn a_token_ends_when_it_is_deleted_or_its_user_is_out(app) {
        let ada = user(app, "ada");
        let (made, program) = token(app, &ada, &json!({"name": "one"}));
        let (_, other) = token(app, &ada, &json!({"name": "two"}));
        let path = format!("{TOKENS}{}/", made["id"].as_str().expect("an id"));
        ada.delete(&path).expect(204);
        ada.delete(&path).expect(404);
        refused(&program.get("/open/"));
        other.get("/open/").expect(204);
        app.change("ada", Changes::new().with(User::F.is_active, false));
        assert_eq!(other.get("/open/").expect(401).message(), "User inactive or deleted.");
    }

    fn tokens_of_others_do_not_exist(app) {
        let (ada, eve) = (user(app, "ada"), user(app, "eve"));
        let (made, program) = token(app, &ada, &json!({"name": "mine"}));
        let path = format!("{TOKENS}{}/", made["id"].as_str().expect("an id"));
        assert_eq!(eve.get(TOKENS).expect(200).data()["count"], 0);
        eve.delete(&path).expect(404);
        app.client().get(TOKENS).expect(401);
        app.client().post(TOKENS, &json!({"name": "x"})).expect(401);
        app.client().delete(&path).expect(401);
        program.get("/open/").expect(204);
    }

    fn a_token_makes_and_deletes_no_tokens(app) {
        let (made, program) = token(app, &user(app, "ada"), &json!({"name": "leaked"}));
        program.get(TOKENS).expect(403);
        program.post(TOKENS, &json!({"name": "heir"})).expect(403);
        let path = format!("{TOKENS}{}/", made["id"].as_str().expect("an id"));
        program.delete(&path).expect(403);
        assert_eq!(StoredToken::objects().count(&mut app.db.context()).expect("counted"), 1);
    }

    fn the_body_names_a_token_and_nothing_else(app) {
        let ada = user(app, "ada");
        let errors = |body| ada.post(TOKENS, &body).expect(400).errors();
        assert_eq!(errors(json!({})), json!({"name": ["This field is required."]}));
        assert_eq!(
            errors(json!({"name": "x".repeat(101), "expires_at": "2026-01-15T10:30:00Z"})),
            json!({
                "name": ["Ensure this field has no more than 100 characters."],
                "expires_at": ["Name a time in the future."],
            })
        );
        let eve = app.register("eve")["id"].clone();
        let body = json!({"name": "x", "id": "0", "user_key": eve, "digest": "0", "token": "app_0_0", "last_used_at": "2026-01-15T10:30:00Z"});
        let (made, _) = token(app, &ada, &body);
        assert_eq!(made["last_used_at"], Value::Null);
        let row = stored(app);
        assert_eq!(row.user_key, app.user("ada").id.to_string());
        assert_ne!((row.id.as_str(), row.digest.as_str()), ("0", "0"));
    }

    fn of_many_tokens_made_at_once_no_more_are_made_than_there_can_be(app) {
        let ada = user(app, "ada");
        let missing = 3;
        for name in 0..StoredToken::MOST - missing {
            ada.post(TOKENS, &json!({"name": name.to_string()})).expect(201);
        }
        let mut statuses = race(12, |at| ada.post(TOKENS, &json!({"name": at.to_string()})).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [vec![201; 3], vec![409; 9]].concat());
        let rows = StoredToken::objects().count(&mut app.db.context()).expect("a count");
        assert_eq!(rows, StoredToken::MOST);
    }

    fn there_are_no_more_tokens_than_a_list_can_show(app) {
        let ada = user(app, "ada");
        for name in 0..StoredToken::MOST {
            ada.post(TOKENS, &json!({"name": name.to_string()})).expect(201);
        }
        assert_eq!(ada.post(TOKENS, &json!({"name": "more"})).expect(409).code(), "too_many_tokens");
        token(app, &user(app, "bob"), &json!({"name": "another's"}));
    }

    fn what_is_no_token_is_refused_on_public_routes_too(app) {
        let ada = user(app, "ada");
        let (made, _) = token(app, &ada, &json!({"name": "x"}));
        let (other, _) = token(app, &ada, &json!({"name": "y"}));
        let text = |made: &Value| made["token"].as_str().expect("a token").to_owned();
        let (good, other) = (text(&made), text(&other));
        let mixed = format!("{}{}", &good[..good.len() - 64], &other[other.len() - 64..]);
        let unknown = good.replacen(made["id"].as_str().expect("an id"), "0123456789abcdef", 1);
        for bad in ["garbage", &mixed, &unknown, &good.to_uppercase(), &good[..good.len() - 1]] {
            refused(&presenting(app, bad).get("/open/"));
        }
        for (header, message) in [
            ("Token", "Invalid token header. No credentials provided."),
            ("Token a b", "Invalid token header. Token string should not contain spaces."),
        ] {
            let answer = app.client().header("authorization", header).get("/open/").expect(401);
            assert_eq!(answer.message(), message);
        }
        app.client().bearer(&good).get("/open/").expect(401);
    }

    fn the_last_use_is_noted_once_a_minute(app) {
        let (_, program) = token(app, &user(app, "ada"), &json!({"name": "busy"}));
        let used = || {
            let answer = program.get("/auth/me/").expect(200);
            let last = stored(app).last_used_at.expect("used").to_rfc3339();
            (answer.statements(), last)
        };
        let first = "2026-01-15T10:30:00+00:00".to_owned();
        assert_eq!(used(), (3, first.clone()));
        assert_eq!(used(), (2, first.clone()));
        app.clock.advance(TimeDelta::seconds(59));
        assert_eq!(used().1, first);
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(used(), (3, "2026-01-15T10:31:00+00:00".to_owned()));
    }

    fn a_use_that_cannot_be_noted_fails_no_request(app) {
        let (_, program) = token(app, &user(app, "ada"), &json!({"name": "x"}));
        app.db.execute("CREATE TABLE whole AS SELECT * FROM api_tokens; DROP TABLE api_tokens; CREATE VIEW api_tokens AS SELECT * FROM (SELECT DISTINCT * FROM whole) AS rows;");
        assert_eq!(program.get("/auth/me/").expect(200).data()["username"], "ada");
    }
}
