use chrono::TimeDelta;
use restwell::ManualClock;
use restwell::auth::{Jwt, KeyRing, SigningKey};
use restwell::prelude::*;
use restwell_testing::{TestResponse, clock_at, on_both_databases, race};
use serde_json::{Value, json};

use crate::application::{Application, JWT_SECRET, PASSWORD, User, started, tokens};

fn refresh(app: &Application, token: &str) -> TestResponse {
    app.client()
        .post("/auth/token/refresh/", &json!({"refresh": token}))
}

/// The body without what is different in every answer.
fn lasting(answer: &TestResponse) -> Value {
    let mut body = answer.json();
    for name in ["timestamp", "request_id"] {
        body[name] = Value::Null;
    }
    body
}

on_both_databases! {
    with started;

    fn tokens_are_for_their_owner_alone(app) {
        app.register("ada");
        let body = json!({"username": "ada", "password": PASSWORD});
        let answer = app.client().post("/auth/token/", &body).expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.data().as_object().map(serde_json::Map::len), Some(2));
        let (access, token) = tokens(&answer.data());
        assert_eq!(refresh(app, &token).expect(200).header("cache-control"), Some("no-store"));
        app.client().bearer(&access).get("/auth/me/").expect(200);
        app.client().bearer(&token).get("/auth/me/").expect(401);
    }

    fn what_is_missing_is_named(app) {
        let refused = |path: &str, body| app.client().post(path, &body).expect(400).errors();
        let required = json!(["This field is required."]);
        assert_eq!(
            refused("/auth/token/", json!({})),
            json!({"username": required, "password": required})
        );
        assert_eq!(
            refused("/auth/token/", json!({"email": "", "password": ["x"]})),
            json!({"email": ["This field may not be blank."], "password": ["Not a valid string."]})
        );
        for path in ["/auth/token/refresh/", "/auth/logout/"] {
            assert_eq!(refused(path, json!({})), json!({"refresh": required}));
        }
    }

    fn all_who_cannot_log_in_get_the_same_answer(app) {
        app.register("ada");
        app.register("bob");
        app.change("bob", Changes::new().with(User::F.is_active, false));
        let answer = |login: &str, password: &str| {
            let body = json!({"username": login, "password": password});
            let answer = app.client().post("/auth/token/", &body).expect(401);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
            lasting(&answer)
        };
        let unknown = answer("nobody", PASSWORD);
        assert_eq!(unknown["code"], "no_active_account");
        assert_eq!(unknown["message"], "No active account found with the given credentials");
        assert_eq!(answer("ada", "wrong"), unknown);
        assert_eq!(answer("bob", PASSWORD), unknown);
    }

    fn a_fresh_token_can_be_had_while_an_expired_one_is_sent_along(app) {
        app.register("ada");
        let (access, token) = app.log_in("ada");
        app.clock.advance(TimeDelta::minutes(15));
        let ada = app.client().bearer(&access);
        ada.get("/open/").expect(401);
        let body = json!({"refresh": token});
        let (access, token) = tokens(&ada.post("/auth/token/refresh/", &body).expect(200).data());
        app.client().bearer(&access).get("/open/").expect(204);
        ada.post("/auth/logout/", &json!({"refresh": token})).expect(204);
    }

    fn a_used_token_ends_its_login_for_good(app) {
        app.register("ada");
        let (_, old) = app.log_in("ada");
        let (access, next) = tokens(&refresh(app, &old).expect(200).data());
        app.client().bearer(&access).get("/open/").expect(204);
        let answer = refresh(app, &old).expect(401);
        assert_eq!((answer.code().as_str(), answer.message().as_str()), ("token_not_valid", "Token is invalid or expired"));
        assert_eq!(lasting(&refresh(app, &next).expect(401)), lasting(&answer));
        app.client().bearer(&access).get("/open/").expect(401);
        assert_eq!(lasting(&refresh(app, "garbage").expect(401)), lasting(&answer));
    }

    fn of_simultaneous_exchanges_one_succeeds_and_the_login_ends(app) {
        app.register("ada");
        for _ in 0..5 {
            let (_, token) = app.log_in("ada");
            let answers = race(2, |_| refresh(app, &token));
            let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
            assert_eq!((won.len(), lost.len()), (1, 1), "{answers:?}");
            assert_eq!(lost[0].status, 401);
            let (_, next) = tokens(&won[0].data());
            refresh(app, &next).expect(401);
        }
    }

    fn a_login_is_left(app) {
        app.register("ada");
        let ((access, token), (others, other)) = (app.log_in("ada"), app.log_in("ada"));
        for _ in 0..2 {
            app.client().post("/auth/logout/", &json!({"refresh": token})).expect(204);
        }
        refresh(app, &token).expect(401);
        let left = app.client().bearer(&access).get("/open/").expect(401);
        assert_eq!((left.code(), left.message()), ("token_not_valid".into(), "Given token not valid for any token type".into()));
        assert_eq!(left.header("www-authenticate"), Some("Bearer realm=\"api\""));
        app.client().bearer(&others).get("/open/").expect(204);
        refresh(app, &other).expect(200);
        app.client().post("/auth/logout/", &json!({"refresh": "garbage"})).expect(401);
    }

    fn all_logins_are_left_together(app) {
        app.register("ada");
        app.register("bob");
        let ((access, token), (others, other), (his, bobs)) = (app.log_in("ada"), app.log_in("ada"), app.log_in("bob"));
        app.client().post("/auth/logout/all/", &json!({})).expect(401);
        app.client().bearer(&access).post("/auth/logout/all/", &json!({})).expect(204);
        refresh(app, &token).expect(401);
        refresh(app, &other).expect(401);
        for ended in [&access, &others] {
            app.client().bearer(ended).get("/open/").expect(401);
        }
        app.client().bearer(&his).get("/open/").expect(204);
        refresh(app, &bobs).expect(200);
    }

    fn no_token_but_the_librarys_own_is_good_on_any_route(app) {
        app.register("ada");
        let ada = app.user("ada").key();
        let key = |secret: &str| SigningKey::hs256(&secret.into()).expect("a key");
        let issued = |key: SigningKey, clock: &ManualClock| {
            Jwt::new(KeyRing::new(key)).issue_access(&ada, clock).expect("a token").as_str().to_owned()
        };
        let at = |time: &str| clock_at(&format!("2026-01-15T{time}Z"));
        let good = issued(key(JWT_SECRET), &app.clock);
        let [_, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else {
            panic!("not a token: {good}");
        };
        // {"alg":"none","typ":"JWT"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let (_, refresh) = app.log_in("ada");
        for (what, token) in [
            ("alg none", format!("{none}.{claims}.")),
            ("alg none, signed", format!("{none}.{claims}.{signature}")),
            ("a refresh token", refresh),
            ("expired", issued(key(JWT_SECRET), &at("10:14:59"))),
            ("not yet valid", issued(key(JWT_SECRET), &at("10:30:05"))),
            ("another key", issued(key("the secret of quite another application"), &app.clock)),
            ("an unknown kid", issued(key(JWT_SECRET).with_id("2025-12"), &app.clock)),
        ] {
            for path in ["/open/", "/auth/me/"] {
                let answer = app.client().bearer(&token).get(path);
                assert_eq!(answer.status, 401, "{what}: {answer:?}");
                assert_eq!(answer.code(), "token_not_valid", "{what}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""), "{what}");
            }
        }
        app.client().bearer(&good).get("/open/").expect(204);
        app.client().bearer(&good).get("/auth/me/").expect(200);
        let rows = User::objects().filter(User::F.username.eq("ada"));
        rows.delete(&mut app.db.context()).expect("a deletion");
        let answer = app.client().bearer(&good).get("/open/").expect(401);
        assert_eq!(answer.message(), "User inactive or deleted.");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
    }

    fn bad_credentials_are_refused_on_public_routes_too(app) {
        app.register("ada");
        let (access, _) = app.log_in("ada");
        app.client().get("/open/").expect(204);
        app.client().bearer(&access).get("/open/").expect(204);
        app.client().header("authorization", "Digest abc").get("/open/").expect(204);
        let answer = app.client().bearer("garbage").get("/open/").expect(401);
        assert_eq!(answer.message(), "Given token not valid for any token type");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
        app.change("ada", Changes::new().with(User::F.is_active, false));
        let answer = app.client().bearer(&access).get("/open/").expect(401);
        assert_eq!(answer.message(), "User inactive or deleted.");
    }
}
