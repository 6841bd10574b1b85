//! Processes that end between what they do and the answer.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use restwell_db::PoolOptions;
use restwell_testing::{Client, TestResponse, clock_at, on_both_databases};
use serde_json::json;

use crate::app::{App, Counts, DIES_AFTER, DIES_BEFORE, NOW, serve, started};

const DATABASE: &str = "RESTWELL_TEST_DATABASE";
const SERVING: &str = "serving on ";

/// What the other processes run: they are this test alone, told to serve.
#[test]
fn serves_when_told_to() {
    let Ok(url) = env::var(DATABASE) else {
        return;
    };
    let pool = PoolOptions::default()
        .open(url.parse().expect("a URL"))
        .expect("a database");
    let counts = Counts {
        mortal: true,
        ..Counts::default()
    };
    let server = serve(&pool, &clock_at(NOW), &counts);
    println!("\n{SERVING}{}", server.url());
    // Until the process that started this one has gone.
    let _ = std::io::stdin().read(&mut [0]);
}

struct Process {
    child: Child,
    client: Client,
}

impl Process {
    fn start(app: &App) -> Self {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "crashes::serves_when_told_to", "--nocapture"])
            .env(DATABASE, app.db.url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("another process");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let url = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(SERVING).map(str::to_owned))
            .expect("a server that starts");
        Self {
            child,
            client: Client::new(&url),
        }
    }

    /// Sends a note, and returns when the process has ended over it.
    fn end_over(mut self, text: &str) {
        let body = json!({ "text": text }).to_string();
        let request = format!(
            "POST /notes/ HTTP/1.1\r\nhost: localhost\r\nauthorization: Token ann\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nidempotency-key: a-key\r\n\
             \r\n{body}",
            body.len()
        );
        assert_eq!(self.client.raw(request.as_bytes()), b"");
        self.child.wait().expect("the end of the process");
    }
}

/// The note again. PostgreSQL may take a moment to notice that the process has gone.
fn send_again(app: &App, text: &str) -> TestResponse {
    for _ in 0..100 {
        let answer = app
            .with_key("a-key")
            .post("/notes/", &json!({ "text": text }));
        if answer.status != 409 {
            return answer.expect(201);
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the key stays in use");
}

on_both_databases! {
    with started;

    fn before_the_commit_nothing_was_done(app) {
        Process::start(app).end_over(DIES_BEFORE);
        let answer = send_again(app, DIES_BEFORE);
        assert_eq!(answer.header("idempotent-replayed"), None);
        assert_eq!((app.texts().len(), app.claims(), app.writes()), (1, 1, 1));
    }

    fn after_the_commit_the_answer_is_there(app) {
        Process::start(app).end_over(DIES_AFTER);
        assert_eq!((app.texts().len(), app.claims()), (1, 1));
        let answer = send_again(app, DIES_AFTER);
        assert_eq!(answer.header("idempotent-replayed"), Some("true"));
        assert_eq!(answer.data()["text"], DIES_AFTER);
        assert_eq!((app.texts().len(), app.claims(), app.writes()), (1, 1, 0));
    }
}
