//! Two processes of the blog that share a Redis.

use std::env;

use restwell_testing::{TestDatabase, race};
use uuid::Uuid;

use crate::process::Process;

#[test]
fn of_200_requests_at_once_to_two_processes_exactly_20_pass() {
    let Ok(redis) = env::var("REDIS_URL") else {
        panic!("REDIS_URL is not set: run the tests with `cargo xtask test`");
    };
    let (db, name) = (TestDatabase::sqlite(), Uuid::new_v4().to_string());
    let settings = [
        ("REDIS_URL", redis.as_str()),
        ("SERVICE_NAME", &name),
        ("THROTTLE_ANON", "20/hour"),
        ("THROTTLE_USER", "off"),
    ];
    // One after the other, so that the database is filled once.
    let processes = [(); 2].map(|()| Process::start(&db, &settings));
    let statuses = race(200, |n| processes[n % 2].client.get("/api/v1/tags/").status);
    let count = |status| statuses.iter().filter(|own| **own == status).count();
    assert_eq!((count(200), count(429)), (20, 180));
    for process in &processes {
        process.client.get("/health/live/").expect(200);
        let refused = process.client.get("/api/v1/posts/").expect(429);
        assert!(refused.header("retry-after").is_some());
    }
}
