use chrono::TimeDelta;
use restwell::auth::{Session, delete_expired_logins};
use restwell::prelude::*;
use restwell_testing::{TestResponse, on_both_databases};
use serde_json::json;

use crate::application::{Application, PASSWORD, User, started};
use crate::browser::{Browser, CSRF, PATH, SESSION};

const NEW: &str = "difference engine";

fn forbidden(answer: &TestResponse, reason: &str) {
    let said = (answer.status, answer.code(), answer.message());
    let expected = (
        403,
        "permission_denied".to_owned(),
        format!("CSRF Failed: {reason}"),
    );
    assert_eq!(said, expected, "{answer:?}");
}

fn sessions(app: &Application) -> i64 {
    Session::objects()
        .count(&mut app.db.context())
        .expect("counted")
}

on_both_databases! {
    with started;

    fn a_browser_logs_in_and_out(app) {
        app.register("ada");
        let browser = Browser::new(app);
        let before = browser.get(PATH).expect(200);
        assert_eq!(before.data()["is_authenticated"], false);
        assert_eq!(before.data()["csrf_token"], browser.cookie(CSRF));
        browser.log_in("ada", PASSWORD).expect(204);
        assert_eq!(browser.user(), Some("ada".into()));
        let after = browser.get(PATH).expect(200);
        assert_eq!(after.data()["is_authenticated"], true);
        assert_eq!(after.data()["csrf_token"], browser.cookie(CSRF));
        browser.post("/posts/", &json!({})).expect(204);
        let stolen = browser.cookie(SESSION);
        browser.delete(PATH).expect(204);
        assert!(browser.cookies.borrow().is_empty());
        assert_eq!(browser.user(), None);
        browser.set_cookie(SESSION, &stolen);
        assert_eq!((browser.user(), sessions(app)), (None, 0));
        assert_eq!(app.user("ada").last_login.map(|at| at.to_rfc3339()).as_deref(), Some("2026-01-15T10:30:00+00:00"));
    }

    fn the_cookies_are_for_this_host_and_its_scripts_read_one(app) {
        app.register("ada");
        let browser = Browser::new(app);
        browser.get(PATH);
        let answer = browser.log_in("ada", PASSWORD).expect(204);
        let cookies: Vec<&str> = answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect();
        let attributes = |cookie: &str| cookie.split_once(';').expect("attributes").1.trim().to_owned();
        assert_eq!(cookies.len(), 2);
        assert!(cookies[0].starts_with("__Host-sessionid=") && cookies[1].starts_with("__Host-csrftoken="));
        assert_eq!(attributes(cookies[0]), "Path=/; Max-Age=1209600; SameSite=Lax; HttpOnly; Secure");
        assert_eq!(attributes(cookies[1]), "Path=/; Max-Age=1209600; SameSite=Lax; Secure");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(browser.plain().get("/open/").header("vary").is_some_and(|vary| vary.contains("Cookie")));
    }

    fn all_who_cannot_log_in_get_the_same_answer(app) {
        app.register("ada");
        app.register("bob");
        app.change("bob", Changes::new().with(User::F.is_active, false));
        for (name, password) in [("nobody", PASSWORD), ("ada", "wrong"), ("bob", PASSWORD)] {
            let browser = Browser::new(app);
            browser.get(PATH);
            let answer = browser.log_in(name, password).expect(401);
            assert_eq!(answer.code(), "no_active_account");
            assert_eq!((answer.header("set-cookie"), answer.header("www-authenticate")), (None, Some("Session")));
        }
        assert_eq!(sessions(app), 0);
    }

    fn a_login_needs_the_token_of_its_browser(app) {
        app.register("ada");
        let body = json!({"username": "ada", "password": PASSWORD});
        let browser = Browser::new(app);
        forbidden(&browser.plain().header("origin", &browser.origin).post(PATH, &body), "CSRF cookie not set.");
        browser.get(PATH);
        let of_another = Browser::new(app);
        of_another.get(PATH);
        let script = browser.script().header("x-csrftoken", &of_another.cookie(CSRF));
        forbidden(&script.post(PATH, &body), "CSRF token from the 'X-Csrftoken' HTTP header incorrect.");
        let evil = browser.script().header("origin", "https://evil.example");
        forbidden(&evil.post(PATH, &body), "Origin checking failed - https://evil.example does not match any trusted origins.");
        assert_eq!(sessions(app), 0);
    }

    fn what_changes_something_needs_the_token_of_its_session(app) {
        app.register("ada");
        let browser = Browser::logged_in(app, "ada");
        let script = browser.script();
        let token = browser.cookie(CSRF);
        forbidden(&script.without_header("x-csrftoken").post("/posts/", &json!({})), "CSRF token missing.");
        forbidden(&script.without_header("origin").post("/posts/", &json!({})), "Referer checking failed - no Referer.");
        script.without_header("origin").header("referer", &format!("{}/page/", browser.origin)).post("/posts/", &json!({})).expect(204);
        let incorrect = "CSRF token from the 'X-Csrftoken' HTTP header incorrect.";
        forbidden(&script.header("x-csrftoken", &token.to_lowercase()).post("/posts/", &json!({})), incorrect);
        // Even when somebody could set both: neither a token without a session nor one of another's.
        app.register("eve");
        let (nobody, eve) = (Browser::new(app), Browser::logged_in(app, "eve"));
        nobody.get(PATH);
        for other in [nobody.cookie(CSRF), eve.cookie(CSRF), "x".to_owned()] {
            browser.set_cookie(CSRF, &other);
            forbidden(&browser.script().post("/posts/", &json!({})), incorrect);
        }
        browser.cookies.borrow_mut().remove(CSRF);
        forbidden(&browser.script().header("x-csrftoken", &token).post("/posts/", &json!({})), "CSRF cookie not set.");
        for method in ["PATCH", "PUT", "DELETE"] {
            let answer = browser.plain().send_json(method, "/auth/me/", &json!({"email": "stolen@example.org"}));
            assert_eq!(answer.status, 403, "{answer:?}");
        }
        assert_eq!(app.user("ada").email, "ada@example.org");
        assert_eq!(browser.user(), Some("ada".into()));
    }

    fn other_schemes_need_no_token(app) {
        app.register("ada");
        let (access, _) = app.log_in("ada");
        app.client().bearer(&access).post("/posts/", &json!({})).expect(204);
        let browser = Browser::logged_in(app, "ada");
        browser.plain().bearer(&access).post("/posts/", &json!({})).expect(204);
    }

    fn a_session_is_never_one_that_the_browser_brought(app) {
        app.register("ada");
        app.register("eve");
        let (victim, attacker) = (Browser::new(app), Browser::logged_in(app, "eve"));
        let planted = attacker.cookie(SESSION);
        victim.set_cookie(SESSION, &planted);
        victim.get(PATH).expect(200);
        victim.log_in("ada", PASSWORD).expect(204);
        assert_ne!(victim.cookie(SESSION), planted);
        assert_eq!((victim.user(), attacker.user()), (Some("ada".into()), None));
        let first = victim.cookie(SESSION);
        victim.log_in("ada", PASSWORD).expect(204);
        assert_ne!(victim.cookie(SESSION), first);
        victim.set_cookie(SESSION, &first);
        assert_eq!((victim.user(), sessions(app)), (None, 1));
    }

    fn a_session_ends_at_its_time(app) {
        app.register("ada");
        let browser = Browser::logged_in(app, "ada");
        app.clock.advance(TimeDelta::weeks(2) - TimeDelta::microseconds(1));
        assert_eq!(browser.user(), Some("ada".into()));
        let clear = |app: &Application| delete_expired_logins(&mut app.db.context_at(app.clock.clone())).expect("cleared");
        assert_eq!(clear(app), 0);
        app.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(browser.user(), None);
        assert_eq!((clear(app), sessions(app)), (1, 0));
    }

    fn a_forged_cookie_is_nobody(app) {
        app.register("ada");
        let browser = Browser::logged_in(app, "ada");
        let good = browser.cookie(SESSION);
        let swapped: String = good.chars().rev().collect();
        for forged in ["", "garbage", &swapped, &good[1..], &format!("{good}A")] {
            browser.set_cookie(SESSION, forged);
            assert_eq!(browser.user(), None, "{forged}");
            browser.plain().get("/open/").expect(204);
        }
        // Signed here, and for something else.
        browser.set_cookie(SESSION, &browser.cookie(CSRF));
        assert_eq!(browser.user(), None);
    }

    fn an_inactive_or_deleted_user_is_out_at_once(app) {
        app.register("ada");
        let browser = Browser::logged_in(app, "ada");
        app.change("ada", Changes::new().with(User::F.is_active, false));
        assert_eq!(browser.user(), None);
        app.change("ada", Changes::new().with(User::F.is_active, true));
        assert_eq!(browser.user(), Some("ada".into()));
        let rows = User::objects().filter(User::F.username.eq("ada"));
        rows.delete(&mut app.db.context()).expect("deleted");
        assert_eq!(browser.user(), None);
    }

    fn a_new_password_ends_the_other_sessions_and_logins(app) {
        app.register("ada");
        app.register("bob");
        let (here, there, bob) = (Browser::logged_in(app, "ada"), Browser::logged_in(app, "ada"), Browser::logged_in(app, "bob"));
        let (_, refresh) = app.log_in("ada");
        let wrong = json!({"old_password": "wrong", "new_password": NEW});
        here.post("/auth/password/", &wrong).expect(400);
        assert_eq!(there.user(), Some("ada".into()));
        let body = json!({"old_password": PASSWORD, "new_password": NEW});
        here.post("/auth/password/", &body).expect(204);
        assert_eq!((here.user(), there.user(), bob.user()), (Some("ada".into()), None, Some("bob".into())));
        app.client().post("/auth/token/refresh/", &json!({"refresh": refresh})).expect(401);
    }

    fn a_logout_everywhere_ends_all_sessions(app) {
        app.register("ada");
        app.register("bob");
        let (here, there, bob) = (Browser::logged_in(app, "ada"), Browser::logged_in(app, "ada"), Browser::logged_in(app, "bob"));
        here.post("/auth/logout/all/", &json!({})).expect(204);
        assert_eq!((here.user(), there.user(), bob.user()), (None, None, Some("bob".into())));
    }
}
