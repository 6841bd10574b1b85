//! The store in memory.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use restwell_testing::race;
use restwell_throttling::{MemoryStore, Store, Window};

fn now() -> DateTime<Utc> {
    crate::app::NOW.parse().expect("a time")
}

fn window(key: &str, limit: u32) -> Window {
    Window::new(key, limit, Duration::from_secs(60))
}

#[test]
fn requests_at_once_pass_as_often_as_the_limit_says() {
    let store = MemoryStore::new();
    let windows = [window("a", 20), window("b", 1_000)];
    let admitted = race(200, |_| {
        store.charge(&windows, now()).expect("a verdict").admitted
    });
    assert_eq!(admitted.iter().filter(|admitted| **admitted).count(), 20);
    // Requests that the first refused were not charged to the second.
    let after = store.charge(&windows[1..], now()).expect("a verdict");
    assert_eq!(after.usages[0].used, 21);
}

#[test]
fn requests_with_the_same_windows_in_other_orders_do_not_wait_for_each_other() {
    let store = MemoryStore::new();
    let windows: Vec<Window> = (0..8).map(|n| window(&n.to_string(), 10_000)).collect();
    race(16, |thread| {
        let mut windows = windows.clone();
        windows.rotate_left(thread % 8);
        for _ in 0..200 {
            assert!(store.charge(&windows, now()).expect("a verdict").admitted);
        }
    });
    let used = store.charge(&windows, now()).expect("a verdict");
    assert!(
        used.usages.iter().all(|usage| usage.used == 3_201),
        "{used:?}"
    );
}

#[test]
fn a_million_keys_take_no_more_than_the_capacity() {
    let store = MemoryStore::with_capacity(20_000);
    let busy = window("busy", 20);
    for _ in 0..20 {
        store
            .charge(std::slice::from_ref(&busy), now())
            .expect("a verdict");
    }
    for n in 0..1_000_000 {
        let verdict = store.charge(&[window(&n.to_string(), 20)], now());
        assert!(verdict.expect("a verdict").admitted);
        if n % 1_000 == 0 {
            // Who keeps asking is not forgotten for the sake of those who do not.
            let verdict = store.charge(std::slice::from_ref(&busy), now());
            assert!(!verdict.expect("a verdict").admitted);
        }
    }
    assert!(store.len() <= 20_000 + 64, "{}", store.len());
    assert!(store.len() > 5_000, "{}", store.len());
}

#[test]
fn keys_are_forgotten_when_their_windows_are_over() {
    let store = MemoryStore::new();
    let charge = |after: i64| {
        for n in 0..10_000 {
            let windows = [window(&format!("{after}-{n}"), 20)];
            let now = now() + TimeDelta::seconds(after);
            store.charge(&windows, now).expect("a verdict");
        }
    };
    for after in [0, 61, 122, 183] {
        charge(after);
    }
    // Those of the last window, and of the one before.
    assert!((10_000..=20_000).contains(&store.len()), "{}", store.len());
}
