//! What is logged of a request is in a span with its id and its user.

use std::io;
use std::sync::{LazyLock, Mutex};

use restwell::prelude::*;
use restwell::{Api, Key, View};
use restwell_testing::{TestDatabase, TestServer, on_both_databases, race};
use serde_json::{Value, json};

use crate::staff::Keys;

/// Every line of this module, as JSON. The subscriber is that of the process: the lines are written
/// on threads of the server.
static LINES: LazyLock<&'static Mutex<Vec<u8>>> = LazyLock::new(|| {
    let lines: &'static Mutex<Vec<u8>> = Box::leak(Box::default());
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter(concat!("error,", module_path!(), "=info"))
        .with_writer(move || Writer(lines))
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("no other subscriber");
    lines
});

struct Writer(&'static Mutex<Vec<u8>>);

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines about `mark`.
fn lines(mark: &str) -> Vec<Value> {
    let bytes = LINES.lock().expect("no panic").clone();
    let text = String::from_utf8(bytes).expect("text");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines
        .filter(|line: &Value| line["fields"]["mark"] == mark)
        .collect()
}

/// Says who asks, in the answer and in the log, twice.
fn whoami(cx: &mut Context) -> Result<Reply> {
    let user = cx.principal().key().map(Key::to_string);
    let mark = cx
        .request()
        .headers
        .get("x-mark")
        .unwrap_or_default()
        .to_owned();
    tracing::info!(mark, expected = user, "asked");
    let of_effect = user.clone();
    cx.on_commit(move || tracing::info!(mark, expected = of_effect, "answered"));
    Ok(Reply::json(&json!({"user": user})))
}

fn started(db: TestDatabase) -> TestServer {
    LazyLock::force(&LINES);
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .routes(Router::new().view("whoami", View::new("whoami", allow_any()).post(whoami)))
        .build()
        .expect("an api");
    TestServer::start(&api)
}

on_both_databases! {
    with started;

    fn a_thousand_alternating_requests_are_logged_under_their_own_user(server) {
        const AT_ONCE: usize = 50;
        const ROUNDS: usize = 20;
        let mark = uuid::Uuid::new_v4().to_string();
        let client = server.client().header("X-Mark", &mark);
        race(AT_ONCE, |thread| {
            for round in 0..ROUNDS {
                let user = (thread + round) % 5;
                let id = format!("{thread}-{round}-{user}");
                let asked = client.clone().header("X-Request-ID", &id);
                let (asked, expected) = match user {
                    0 => (asked, Value::Null),
                    user => (asked.bearer(&user.to_string()), json!(user.to_string())),
                };
                let answer = asked.post("/whoami/", &json!({})).expect(200);
                assert_eq!(answer.data()["user"], expected);
            }
        });
        let lines = lines(&mark);
        assert_eq!(lines.len(), 2 * AT_ONCE * ROUNDS);
        for line in lines {
            let span = &line["span"];
            assert_eq!(span["name"], "request", "{line}");
            assert_eq!(span.get("user"), line["fields"].get("expected"), "{line}");
            let id = span["request_id"].as_str().expect("an id");
            let user = span["user"].as_str().unwrap_or("0");
            assert!(id.ends_with(&format!("-{user}")), "{line}");
        }
    }
}
