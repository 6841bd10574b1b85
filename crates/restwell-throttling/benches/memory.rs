//! What a check costs in memory, in processor time: wall time is noise on a machine with other work.

use std::fs;
use std::hint::black_box;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, criterion_group, criterion_main};
use restwell_core::{Identity, Method, Principal, Request, Throttle};
use restwell_throttling::{Rate, Throttles};

/// The nanoseconds that the thread ran on a processor, which Linux tells.
struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = f64;
    type Value = f64;

    fn start(&self) -> f64 {
        let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let ran = text
            .split_whitespace()
            .next()
            .and_then(|ran| ran.parse().ok());
        ran.expect("Linux keeps /proc/thread-self/schedstat")
    }

    fn end(&self, start: f64) -> f64 {
        self.start() - start
    }

    fn add(&self, one: &f64, other: &f64) -> f64 {
        one + other
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, value: &f64) -> f64 {
        *value
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        const WALL: &WallTime = &WallTime;
        WALL.formatter()
    }
}

fn check(c: &mut Criterion<ProcessorTime>) {
    let now = chrono::Utc::now();
    let user = Principal::User(std::sync::Arc::new(Identity::new(7, "ada")));
    let mut request = Request::new(Method::Get, "/");
    request.client = Some([203, 0, 113, 9].into());

    let throttles = Throttles::new().anon(Rate::per_day(4_000_000_000));
    c.bench_function("one rate, admitted", |b| {
        b.iter(|| throttles.check(black_box(&request), &Principal::Anonymous, &[], now));
    });

    let throttles = Throttles::new()
        .user(Rate::per_day(4_000_000_000))
        .scope("publish", Rate::per_hour(4_000_000_000));
    c.bench_function("two rates, admitted", |b| {
        b.iter(|| throttles.check(black_box(&request), &user, &["publish"], now));
    });

    let throttles = Throttles::new().anon(Rate::per_day(20));
    for _ in 0..20 {
        throttles
            .check(&request, &Principal::Anonymous, &[], now)
            .expect("room");
    }
    c.bench_function("one rate, refused", |b| {
        b.iter(|| {
            throttles
                .check(black_box(&request), &Principal::Anonymous, &[], now)
                .is_err()
        });
    });

    let throttles = Throttles::new().anon(Rate::per_minute(20));
    let mut client = 0_u32;
    c.bench_function("one rate, always another client", |b| {
        b.iter(|| {
            client = client.wrapping_add(1);
            request.client = Some(client.to_be_bytes().into());
            throttles.check(black_box(&request), &Principal::Anonymous, &[], now)
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = check
}
criterion_main!(benches);
