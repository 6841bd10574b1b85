//! What a check costs in memory.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use restwell_core::{Identity, Method, Principal, Request, Throttle};
use restwell_throttling::{Rate, Throttles};

fn check(c: &mut Criterion) {
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

criterion_group!(benches, check);
criterion_main!(benches);
