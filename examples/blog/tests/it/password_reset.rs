//! A new password for who forgot theirs.

use std::io::Write;
use std::sync::{Arc, Mutex};

use blog::settings::Environment;
use blog::users::LogMailer;
use restwell::auth::Mailer;
use restwell_testing::on_both_databases;
use secrecy::ExposeSecret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::blog::{PASSWORD, started};

const ASK: &str = "/api/v1/auth/password/reset/";
const CONFIRM: &str = "/api/v1/auth/password/reset/confirm/";

/// Log lines, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test has failed here").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

on_both_databases! {
    with started;

    fn a_token_by_mail_sets_a_new_password(blog) {
        let ask = |email: &str| blog.anonymous().post(ASK, &json!({"email": email})).expect(202).message();
        assert_eq!(ask("author@example.com"), ask("nobody@example.com"));
        let mail = blog.reset_mail("author");
        let token = mail.token.expose_secret();
        let body = json!({"token": token, "new_password": "difference-engine"});
        blog.anonymous().post(CONFIRM, &body).expect(204);
        blog.anonymous().post(CONFIRM, &body).expect(400);
        let log_in = |password: &str| {
            let body = json!({"username": "author", "password": password});
            blog.anonymous().post("/api/v1/auth/token/", &body).status
        };
        assert_eq!((log_in(PASSWORD), log_in("difference-engine")), (401, 200));
    }

    fn the_logs_of_production_have_no_token(blog) {
        let logged = |environment| {
            let lines = Lines::default();
            let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
            let mail = blog.reset_mail("author");
            let token = mail.token.expose_secret().to_owned();
            tracing::subscriber::with_default(subscriber, || {
                LogMailer::new(environment).send_password_reset(mail).expect("logged");
            });
            let lines = lines.0.lock().expect("no test has failed here").clone();
            let lines = String::from_utf8(lines).expect("text");
            assert!(lines.contains("author"), "{lines}");
            lines.contains(&token)
        };
        assert!(logged(Environment::Development));
        assert!(!logged(Environment::Production));
    }
}
