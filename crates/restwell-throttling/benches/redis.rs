//! What a check costs on the Redis of `REDIS_URL`, next to a bare round trip.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpStream;

use criterion::{Criterion, criterion_group, criterion_main};
use restwell_core::{Identity, Method, Principal, Request, Throttle};
use restwell_throttling::{Rate, RedisStore, Throttles};

fn check(c: &mut Criterion) {
    let Ok(url) = std::env::var("REDIS_URL") else {
        panic!("REDIS_URL is not set: run the benches with `cargo xtask services`");
    };
    let mut connection = connect(&url);
    let mut answer = [0; 7];
    c.bench_function("a bare PING", |b| {
        b.iter(|| {
            connection.write_all(b"PING\r\n").expect("sent");
            connection.read_exact(&mut answer).expect("an answer");
        });
    });

    let now = chrono::Utc::now();
    let user = Principal::User(std::sync::Arc::new(Identity::new(7, "ada")));
    let request = Request::new(Method::Get, "/");
    let many = Rate::per_day(4_000_000_000);
    let throttles = Throttles::new()
        .user(many)
        .scope("publish", many)
        .store(RedisStore::new(&url).expect("a store").prefix("bench"));
    for (name, scopes) in [("one rate", &[][..]), ("two rates", &["publish"][..])] {
        c.bench_function(name, |b| {
            b.iter(|| throttles.check(black_box(&request), &user, scopes, now));
        });
    }
}

fn connect(url: &str) -> TcpStream {
    let rest = url.trim_start_matches("redis://");
    let authority = rest.split('/').next().unwrap_or(rest);
    let connection = TcpStream::connect(authority).expect("a Redis that listens");
    connection.set_nodelay(true).expect("a socket");
    connection
}

criterion_group!(benches, check);
criterion_main!(benches);
