//! The store in Redis.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use chrono::Utc;
use restwell_testing::race;
use restwell_throttling::{RedisStore, Store, Verdict, Window};

use crate::app::{redis_url, store, unique};

fn window(key: &str, limit: u32, period: Duration) -> Window {
    Window::new(key, limit, period)
}

fn charge(store: &RedisStore, windows: &[Window]) -> Verdict {
    store
        .charge(windows, Utc::now())
        .expect("a Redis that answers")
}

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn requests_at_once_pass_as_often_as_the_limit_says() {
    let store = store(&redis_url(), &unique("at-once"));
    let windows = [window("a", 20, HOUR), window("b", 1_000, HOUR)];
    let admitted = race(200, |_| charge(&store, &windows).admitted);
    assert_eq!(admitted.iter().filter(|admitted| **admitted).count(), 20);
    assert_eq!(charge(&store, &windows[1..]).usages[0].used, 21);
}

#[test]
fn a_window_opens_again_when_the_first_has_left_it() {
    let store = store(&redis_url(), &unique("reopen"));
    let windows = [window("a", 2, Duration::from_secs(1))];
    assert!(charge(&store, &windows).admitted);
    thread::sleep(Duration::from_millis(300));
    assert!(charge(&store, &windows).admitted);
    let full = charge(&store, &windows);
    assert!(!full.admitted);
    assert!(
        full.usages[0].reset <= Duration::from_millis(700),
        "{full:?}"
    );
    thread::sleep(full.usages[0].reset);
    let again = charge(&store, &windows);
    assert!(again.admitted);
    assert_eq!(again.usages[0].used, 2);
}

#[test]
fn large_limits_keep_few_moments() {
    let test = unique("slots");
    let store = store(&redis_url(), &test);
    let windows = [window("a", 500, HOUR)];
    for _ in 0..500 {
        assert!(charge(&store, &windows).admitted);
    }
    let full = charge(&store, &windows);
    assert!(!full.admitted);
    assert_eq!(full.usages[0].used, 500);
    let key = format!("{{{test}:throttle}}:a");
    assert!(connection().strlen(&key) < 100);
}

#[test]
fn keys_expire_with_their_windows_and_lie_in_one_slot() {
    let test = unique("expiry");
    let store = store(&redis_url(), &test);
    charge(
        &store,
        &[
            window("a", 5, HOUR),
            window("b", 5, Duration::from_secs(60)),
        ],
    );
    let mut redis = connection();
    let [a, b] = ["a", "b"].map(|key| format!("{{{test}:throttle}}:{key}"));
    assert!((3_590_000..=3_600_000).contains(&redis.number("PTTL", &a)));
    assert!((50_000..=60_000).contains(&redis.number("PTTL", &b)));
    // A cluster takes what is in the braces for the whole key.
    assert!(a.starts_with('{') && a.split('}').next() == b.split('}').next());
}

#[test]
fn a_request_costs_one_round_trip() {
    let counter = Counter::before(&redis_url());
    let store = store(&counter.url, &unique("trips"));
    let windows = [
        window("a", 1_000, HOUR),
        window("b", 1_000, HOUR),
        window("c", 50, HOUR),
    ];
    // The first call brings the script to a server that does not know it.
    charge(&store, &windows);
    let before = counter.trips.load(Ordering::SeqCst);
    for _ in 0..100 {
        charge(&store, &windows);
    }
    assert_eq!(counter.trips.load(Ordering::SeqCst) - before, 100);
}

/// Stands before Redis and counts how often something is sent to it.
struct Counter {
    url: String,
    trips: Arc<AtomicUsize>,
}

impl Counter {
    fn before(redis: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let trips = Arc::new(AtomicUsize::new(0));
        let (target, counted) = (authority(redis), trips.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&target).expect("a Redis that listens");
                let _ = server.set_nodelay(true);
                let (mut back, mut sink) = (duplicate(&server), duplicate(&client));
                thread::spawn(move || std::io::copy(&mut back, &mut sink));
                let counted = counted.clone();
                thread::spawn(move || pass(client, server, &counted));
            }
        });
        let url = format!("redis://127.0.0.1:{port}/");
        Self { url, trips }
    }
}

fn duplicate(stream: &TcpStream) -> TcpStream {
    stream.try_clone().expect("another handle")
}

fn pass(mut client: TcpStream, mut server: TcpStream, trips: &AtomicUsize) {
    let mut chunk = [0; 65_536];
    while let Ok(length @ 1..) = client.read(&mut chunk) {
        trips.fetch_add(1, Ordering::SeqCst);
        if server.write_all(&chunk[..length]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

/// Host and port of a URL.
fn authority(url: &str) -> String {
    let rest = url.strip_prefix("redis://").expect("a URL of Redis");
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// As much of a client as these tests need.
struct Connection(TcpStream);

fn connection() -> Connection {
    Connection(TcpStream::connect(authority(&redis_url())).expect("a Redis that listens"))
}

impl Connection {
    fn number(&mut self, command: &str, key: &str) -> i64 {
        write!(self.0, "{command} {key}\r\n").expect("a Redis that listens");
        let mut answer = [0; 64];
        let length = self.0.read(&mut answer).expect("an answer");
        let text = std::str::from_utf8(&answer[..length]).expect("an answer in text");
        let number = text
            .strip_prefix(':')
            .and_then(|text| text.trim().parse().ok());
        number.unwrap_or_else(|| panic!("{command} {key} answers {text:?}"))
    }

    fn strlen(&mut self, key: &str) -> i64 {
        self.number("STRLEN", key)
    }
}
