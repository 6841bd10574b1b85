//! A Redis that goes away and comes back.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use restwell_testing::TestServer;
use restwell_throttling::{Away, Rate, RedisStore, Throttles};
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{api, rateless};
use crate::server::RedisServer;

fn throttles(redis: &RedisServer, away: Away) -> Throttles {
    let timeout = Duration::from_secs(2);
    rateless()
        .anon(Rate::per_hour(2))
        .store(RedisStore::with_timeout(&redis.url(), timeout).expect("a store"))
        .when_away(away)
}

fn serve(throttles: Throttles) -> TestServer {
    TestServer::start(&api(throttles, |api| api))
}

/// Asks until the answer is `status`, and says how it was not.
fn wait_for(server: &TestServer, status: u16) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = server.client().get("/open/");
        if answer.status == status && answer.header("ratelimit").is_some() {
            return;
        }
        assert!(Instant::now() < deadline, "{answer:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_open_throttle_counts_nothing_while_redis_is_away_and_goes_on_after() {
    let mut redis = RedisServer::start();
    let server = serve(throttles(&redis, Away::Open));
    let client = server.client();
    client.get("/open/").expect(200);
    client.get("/open/").expect(200);
    client.get("/open/").expect(429);
    redis.stop();
    for _ in 0..5 {
        assert_eq!(client.get("/open/").expect(200).header("ratelimit"), None);
    }
    redis.start_again();
    wait_for(&server, 429);
}

#[test]
fn a_closed_throttle_refuses_while_redis_is_away_and_goes_on_after() {
    let mut redis = RedisServer::start();
    let server = serve(throttles(&redis, Away::Closed));
    let client = server.client();
    client.get("/open/").expect(200);
    redis.stop();
    for _ in 0..5 {
        let refused = client.get("/open/").expect(503);
        assert_eq!(refused.code(), "unavailable");
        assert!(refused.header("retry-after").is_some());
    }
    client.get("/up/health/live/").expect(200);
    redis.start_again();
    wait_for(&server, 200);
}

#[test]
fn a_redis_that_is_away_at_the_start_is_used_when_it_is_there() {
    let mut redis = RedisServer::start();
    redis.stop();
    let server = serve(throttles(&redis, Away::Open));
    server.client().get("/open/").expect(200);
    redis.start_again();
    wait_for(&server, 200);
}

#[test]
fn requests_do_not_wait_for_a_redis_that_is_away() {
    let mut redis = RedisServer::start();
    let server = serve(throttles(&redis, Away::Open));
    let client = server.client();
    client.get("/open/").expect(200);
    redis.stop();
    client.get("/open/").expect(200);
    let start = Instant::now();
    for _ in 0..20 {
        client.get("/open/").expect(200);
    }
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn the_log_is_told_once_in_an_interval_and_when_redis_is_back() {
    use restwell_core::{Method, Principal, Request, Throttle};

    let mut redis = RedisServer::start();
    let throttles = throttles(&redis, Away::Open);
    let request = Request::new(Method::Get, "/");
    let check = || throttles.check(&request, &Principal::Anonymous, &[], chrono::Utc::now());
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        check().expect("room");
        redis.stop();
        for _ in 0..50 {
            check().expect("an open throttle");
        }
        redis.start_again();
        while check().expect("room").is_empty() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let written = lines.0.lock().expect("no panic").clone();
    let written = String::from_utf8(written).expect("text");
    let count = |text| written.matches(text).count();
    assert_eq!(count("the store of the throttles is away"), 1, "{written}");
    assert_eq!(count("the store of the throttles is back"), 1, "{written}");
}
