//! A password is hashed while no connection is held.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use restwell::PoolOptions;
use restwell::auth::{Params, PasswordHasher};
use restwell_testing::{TestDatabase, TestResponse, on_both_databases};
use serde_json::json;

use crate::application::{Application, PASSWORD, started_with};

/// How long a request waits for the one connection.
const WAIT: Duration = Duration::from_millis(300);

/// A hasher that takes several times as long as requests wait for a connection.
fn slow() -> PasswordHasher {
    let hasher = |iterations| {
        let params = Params::default()
            .with_memory_kib(65_536)
            .with_iterations(iterations);
        PasswordHasher::new(params).expect("sound parameters")
    };
    let begin = Instant::now();
    hasher(4).hash(PASSWORD).expect("a hash");
    let once = begin.elapsed() / 4;
    hasher((3 * WAIT).as_micros().div_ceil(once.as_micros().max(1)) as u32)
}

fn with_one_connection(db: TestDatabase) -> Application {
    let url = db.url().parse().expect("a URL");
    let pool = PoolOptions::default().size(1).wait(WAIT).open(url);
    started_with(db, pool.expect("a pool"), slow())
}

on_both_databases! {
    with with_one_connection;

    fn others_have_the_connection_while_passwords_are_hashed(app) {
        app.register("ada");
        let (access, _) = app.log_in("ada");
        let ada = app.client().bearer(&access);
        let log_in = |username: &str, password: &str| {
            app.client().post("/auth/token/", &json!({"username": username, "password": password}))
        };
        let change = || {
            let body = json!({"old_password": PASSWORD, "new_password": "difference engine"});
            ada.post("/auth/password/", &body)
        };
        let basic = || app.client().header("authorization", "Basic YWRhOndyb25n").get("/open/");
        let hashing: [&(dyn Fn() -> TestResponse + Sync); 5] = [
            &|| log_in("ada", "wrong").expect(401),
            &|| log_in("nobody", PASSWORD).expect(401),
            &|| basic().expect(401),
            &|| change().expect(204),
            &|| app.client().post("/auth/register/", &json!({
                "username": "bob", "email": "bob@example.org", "password": PASSWORD,
            })).expect(201),
        ];
        let (at_work, asked) = (AtomicUsize::new(hashing.len()), AtomicUsize::new(0));
        thread::scope(|scope| {
            for hash in hashing {
                let at_work = &at_work;
                scope.spawn(move || {
                    let done = Done(at_work);
                    hash();
                    drop(done);
                });
            }
            while at_work.load(Ordering::Relaxed) > 0 {
                ada.get("/auth/me/").expect(200);
                asked.fetch_add(1, Ordering::Relaxed);
            }
        });
        let asked = asked.into_inner();
        assert!(asked >= 10, "only {asked} requests were answered meanwhile");
    }
}

/// Counts a thread as done, also when it panics.
struct Done<'a>(&'a AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
