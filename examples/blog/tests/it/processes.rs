//! Two processes of the blog that share a Redis.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use restwell_testing::{Client, TestDatabase, race};
use uuid::Uuid;

const LISTENING: &str = "Listening on ";

struct Process {
    child: Child,
    client: Client,
    /// A process whose output nobody takes may stop.
    _output: BufReader<ChildStdout>,
}

impl Process {
    fn start(db: &TestDatabase, redis: &str, name: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_blog"))
            .current_dir(env::temp_dir())
            .envs([("DATABASE_URL", db.url()), ("REDIS_URL", redis)])
            .envs([("PORT", "0"), ("SERVICE_NAME", name), ("LOG_LEVEL", "warn")])
            .envs([("THROTTLE_ANON", "20/hour"), ("THROTTLE_USER", "off")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let lines = output.by_ref().lines().map_while(Result::ok);
        let url = lines
            .filter_map(|line| line.strip_prefix(LISTENING).map(str::to_owned))
            .next()
            .expect("a server that starts");
        Self {
            child,
            client: Client::new(&url),
            _output: output,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn of_200_requests_at_once_to_two_processes_exactly_20_pass() {
    let Ok(redis) = env::var("REDIS_URL") else {
        panic!("REDIS_URL is not set: run the tests with `cargo xtask test`");
    };
    let (db, name) = (TestDatabase::sqlite(), Uuid::new_v4().to_string());
    // One after the other, so that the database is filled once.
    let processes = [(); 2].map(|()| Process::start(&db, &redis, &name));
    let statuses = race(200, |n| processes[n % 2].client.get("/api/v1/tags/").status);
    let count = |status| statuses.iter().filter(|own| **own == status).count();
    assert_eq!((count(200), count(429)), (20, 180));
    for process in &processes {
        process.client.get("/health/live/").expect(200);
        let refused = process.client.get("/api/v1/posts/").expect(429);
        assert!(refused.header("retry-after").is_some());
    }
}
