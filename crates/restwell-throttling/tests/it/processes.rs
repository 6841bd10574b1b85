//! Two processes that share a Redis.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use restwell_testing::{Client, TestServer, race};
use restwell_throttling::Rate;

use crate::app::{api, rateless, redis_url, store, unique};

const PREFIX: &str = "RESTWELL_TEST_PREFIX";
const SERVING: &str = "serving on ";

/// What the other processes run: they are this test alone, told to serve.
#[test]
fn serves_when_told_to() {
    let Ok(prefix) = env::var(PREFIX) else {
        return;
    };
    let throttles = rateless()
        .anon(Rate::per_hour(20))
        .store(store(&redis_url(), &prefix));
    let server = TestServer::start(&api(throttles, |api| api));
    println!("\n{SERVING}{}", server.url());
    // Until the process that started this one has gone.
    let _ = std::io::stdin().read(&mut [0]);
}

struct Process {
    child: Child,
    client: Client,
}

impl Process {
    fn start(prefix: &str) -> Self {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "processes::serves_when_told_to", "--nocapture"])
            .env(PREFIX, prefix)
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
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn of_200_requests_at_once_to_two_processes_exactly_20_pass() {
    let prefix = unique("processes");
    let processes = [Process::start(&prefix), Process::start(&prefix)];
    let statuses = race(200, |n| processes[n % 2].client.get("/open/").status);
    let passed = statuses.iter().filter(|status| **status == 200).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((passed, refused), (20, 180));
}
