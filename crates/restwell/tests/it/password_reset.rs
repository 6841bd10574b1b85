use std::sync::mpsc::TryRecvError;

use chrono::TimeDelta;
use restwell::auth::{Mailer, PasswordHasher, PasswordResetMail};
use restwell::prelude::*;
use restwell_testing::{TestResponse, on_both_databases, race};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::application::{Application, PASSWORD, User, started};
use crate::browser::Browser;
use crate::mails::Post;

const ASK: &str = "/auth/password/reset/";
const CONFIRM: &str = "/auth/password/reset/confirm/";
const NEW: &str = "difference engine";

fn ask(app: &Application, address: &str) -> Value {
    let answer = app
        .client()
        .post(ASK, &json!({"email": address}))
        .expect(202);
    let mut body = answer.json();
    for name in ["timestamp", "request_id"] {
        body[name] = Value::Null;
    }
    body
}

/// The token that is mailed to who asks with this address.
fn token(app: &Application, address: &str) -> String {
    ask(app, address);
    let mail = app.mails.next();
    mail.token.expose_secret().to_owned()
}

fn confirm(app: &Application, token: &str, new: &str) -> TestResponse {
    app.client()
        .post(CONFIRM, &json!({"token": token, "new_password": new}))
}

fn refused(answer: TestResponse) {
    let errors = answer.expect(400).errors();
    assert_eq!(
        errors,
        json!({"token": ["The token is invalid, was used or has expired."]})
    );
}

fn log_in(app: &Application, password: &str) -> u16 {
    let body = json!({"username": "ada", "password": password});
    app.client().post("/auth/token/", &body).status
}

on_both_databases! {
    with started;

    fn who_forgot_the_password_gets_a_new_one_by_mail(app) {
        app.register("ada");
        let browser = Browser::logged_in(app, "ada");
        let (_, refresh) = app.log_in("ada");
        ask(app, "ADA@Example.org");
        let mail = app.mails.next();
        assert_eq!((mail.address.as_str(), mail.username.as_str()), ("ada@example.org", "ada"));
        assert_eq!(mail.expires_at.to_rfc3339(), "2026-01-15T11:30:00+00:00");
        let token = mail.token.expose_secret();
        assert!(!format!("{mail:?}").contains(token));
        confirm(app, token, NEW).expect(204);
        assert_eq!((log_in(app, PASSWORD), log_in(app, NEW)), (401, 200));
        assert_eq!(browser.user(), None);
        app.client().post("/auth/token/refresh/", &json!({"refresh": refresh})).expect(401);
        refused(confirm(app, token, "yet another engine"));
    }

    fn nobody_learns_whether_an_address_is_known(app) {
        for name in ["ada", "bob", "eve"] {
            app.register(name);
        }
        app.change("bob", Changes::new().with(User::F.is_active, false));
        app.change("eve", Changes::new().with(User::F.password, PasswordHasher::UNUSABLE));
        let known = ask(app, "ada@example.org");
        app.mails.next();
        let long = format!("{}@example.org", "x".repeat(2_000));
        for address in ["nobody@example.org", "bob@example.org", "eve@example.org", "ada", "%", "no address", &long] {
            assert_eq!(ask(app, address), known, "{address}");
        }
        assert!(matches!(app.mails.now(), Err(TryRecvError::Empty)));
        let required = json!({"email": ["This field is required."]});
        assert_eq!(app.client().post(ASK, &json!({})).expect(400).errors(), required);
    }

    fn the_answer_does_not_wait_for_the_mail(app) {
        app.register("ada");
        let held = app.mails.hold();
        for _ in 0..3 {
            ask(app, "ada@example.org");
        }
        assert!(matches!(app.mails.now(), Err(TryRecvError::Empty)));
        drop(held);
        for _ in 0..3 {
            app.mails.next();
        }
    }

    fn a_token_is_of_no_use_any_more(app) {
        app.register("ada");
        let address = "ada@example.org";
        let expired = token(app, address);
        app.clock.advance(TimeDelta::hours(1));
        refused(confirm(app, &expired, NEW));
        let before_a_login = token(app, address);
        app.clock.advance(TimeDelta::seconds(1));
        let (access, _) = app.log_in("ada");
        refused(confirm(app, &before_a_login, NEW));
        let before_a_change = token(app, address);
        let body = json!({"old_password": PASSWORD, "new_password": NEW});
        app.client().bearer(&access).post("/auth/password/", &body).expect(204);
        refused(confirm(app, &before_a_change, PASSWORD));
        let to_another_address = token(app, address);
        app.change("ada", Changes::new().with(User::F.email, "new@example.org"));
        refused(confirm(app, &to_another_address, PASSWORD));
        let of_the_inactive = token(app, "new@example.org");
        app.change("ada", Changes::new().with(User::F.is_active, false));
        refused(confirm(app, &of_the_inactive, PASSWORD));
        assert!(app.user("ada").password.starts_with("$argon2id$"));
    }

    fn a_token_cannot_be_made_up(app) {
        app.register("ada");
        let good = token(app, "ada@example.org");
        let swapped: String = good.chars().rev().collect();
        let browser = Browser::logged_in(app, "ada");
        let signed_for_other = browser.cookie(crate::browser::SESSION);
        let fresh = token(app, "ada@example.org");
        for bad in ["garbage", &swapped, &fresh[1..], &signed_for_other] {
            refused(confirm(app, bad, NEW));
        }
        confirm(app, &fresh, NEW).expect(204);
    }

    fn a_weak_password_is_refused_and_leaves_the_token(app) {
        app.register("ada");
        let token = token(app, "ada@example.org");
        let errors = confirm(app, &token, "1234").expect(400).errors();
        assert_eq!(errors["new_password"].as_array().map(Vec::len), Some(3), "{errors}");
        confirm(app, &token, NEW).expect(204);
        let required = json!(["This field is required."]);
        assert_eq!(
            app.client().post(CONFIRM, &json!({})).expect(400).errors(),
            json!({"token": required, "new_password": required})
        );
    }

    fn of_simultaneous_uses_one_succeeds(app) {
        app.register("ada");
        for round in 0..3 {
            let token = token(app, "ada@example.org");
            let answers = race(3, |i| confirm(app, &token, &format!("{NEW} {round} {i}")));
            let won = answers.iter().filter(|answer| answer.status == 204).count();
            assert_eq!(won, 1, "{answers:?}");
        }
    }
}

impl Mailer for Post {
    fn send_password_reset(
        &self,
        mail: PasswordResetMail,
    ) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.deliver(mail);
        // Neither an error nor a panic keeps the next one from being sent.
        Err("the sender is told, and nobody else".into())
    }
}
