//! What may fail only so often.

use std::time::Duration;

use chrono::{DateTime, Utc};
use restwell_core::{Attempt, Throttle};
use restwell_testing::race;
use restwell_throttling::{MemoryStore, Rate, Store, Throttles, Verdict, Window};

use crate::app::{redis_url, store, unique};

fn now() -> DateTime<Utc> {
    crate::app::NOW.parse().expect("a time")
}

/// Throttles that count in memory and on Redis.
fn both(test: &str) -> [Throttles; 2] {
    let limit = || Throttles::new().scope("login", Rate::per_hour(5));
    let redis = store(&redis_url(), &unique(test));
    [limit(), limit().store(redis)]
}

fn from(account: &str, last: u8) -> Attempt {
    Attempt::new("login", account, Some([203, 0, 113, last].into()))
}

#[test]
fn attempts_count_by_account_and_by_address() {
    for throttles in both("attempts") {
        let tried = |account: &str, last| throttles.attempt(&from(account, last), now());
        for last in 0..5 {
            tried("ada", last).expect("room").expect("counted");
        }
        let refused = tried("ada", 9).expect_err("an account without room");
        assert_eq!(refused.status(), 429);
        // The refused one was not charged to its address.
        for account in ["b", "c", "d", "e", "f"] {
            tried(account, 9).expect("room");
        }
        tried("g", 9).expect_err("an address without room");
        tried("g", 10).expect("room");
    }
}

#[test]
fn what_is_taken_back_leaves_room() {
    for throttles in both("taken-back") {
        let attempt = from("ada", 1);
        for _ in 0..12 {
            let counted = throttles.attempt(&attempt, now()).expect("room");
            throttles.take_back(&attempt, counted.expect("counted"), now());
        }
        for _ in 0..5 {
            throttles.attempt(&attempt, now()).expect("room");
        }
        throttles.attempt(&attempt, now()).expect_err("no room");
    }
}

#[test]
fn of_many_at_once_no_more_are_made_than_the_rate_says() {
    for throttles in both("at-once") {
        let made = race(100, |n| {
            let attempt = from("ada", u8::try_from(n).expect("few"));
            throttles.attempt(&attempt, now()).is_ok()
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 5);
    }
}

#[test]
fn a_scope_that_is_off_counts_nothing() {
    let throttles = Throttles::new().scope("login", Rate::OFF);
    for _ in 0..3 {
        let counted = throttles.attempt(&from("ada", 1), now());
        assert_eq!(counted.expect("room"), None);
    }
}

#[test]
fn what_has_left_its_window_takes_nobody_elses_place() {
    let store = MemoryStore::new();
    let window = [Window::new("key", 2, Duration::from_secs(1))];
    let at = store.charge(&window, now()).expect("a verdict").at;
    let later = now() + chrono::TimeDelta::seconds(2);
    store.charge(&window, later).expect("a verdict");
    store.take_back(&window, at, later).expect("a store");
    let verdict = store.charge(&window, later).expect("a verdict");
    assert_eq!(verdict.usages[0].used, 2);
}

#[test]
fn redis_takes_back_what_it_counted_in_slots_and_forgets_empty_keys() {
    let store = store(&redis_url(), &unique("slots-back"));
    let windows = [100, 3].map(|limit| {
        let key = format!("of-{limit}");
        Window::new(key, limit, Duration::from_secs(3_600))
    });
    let used = |verdict: &Verdict| [verdict.usages[0].used, verdict.usages[1].used];
    let first = store.charge(&windows, now()).expect("a verdict");
    let second = store.charge(&windows, now()).expect("a verdict");
    store.take_back(&windows, first.at, now()).expect("a store");
    let third = store.charge(&windows, now()).expect("a verdict");
    assert_eq!(used(&third), [2, 2]);
    for at in [second.at, third.at] {
        store.take_back(&windows, at, now()).expect("a store");
    }
    // What is no longer there is taken back without harm.
    store.take_back(&windows, third.at, now()).expect("a store");
    let last = store.charge(&windows, now()).expect("a verdict");
    assert_eq!(used(&last), [1, 1]);
}
