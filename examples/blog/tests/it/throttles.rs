//! How often somebody may ask.

use restwell_testing::{Client, TestDatabase, TestResponse, on_both_databases, race};
use serde_json::{Value, json};

use crate::blog::{Blog, PASSWORD, POSTS, started_with};

const TOKEN: &str = "/api/v1/auth/token/";

/// The rates that are in force where nobody sets others.
fn throttled(db: TestDatabase) -> Blog {
    started_with(
        db,
        &[
            ("THROTTLE_ANON", ""),
            ("THROTTLE_USER", ""),
            ("THROTTLE_LOGIN", ""),
        ],
    )
}

/// Only logins have a rate, and the tests' own address is that of a proxy.
fn guarded(db: TestDatabase) -> Blog {
    let settings = [
        ("THROTTLE_LOGIN", "5/min"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    started_with(db, &settings)
}

fn log_in(client: &Client, name: &str, password: &str) -> TestResponse {
    client.post(TOKEN, &json!({"username": name, "password": password}))
}

/// A client at an address of its own.
fn from(blog: &Blog, address: &str) -> Client {
    blog.anonymous().header("X-Forwarded-For", address)
}

fn count(responses: &[u16], status: u16) -> usize {
    responses.iter().filter(|own| **own == status).count()
}

#[test]
fn anonymous_clients_have_20_a_minute_and_users_100() {
    let blog = throttled(TestDatabase::sqlite());
    let anonymous = blog.anonymous();
    let statuses = race(200, |_| anonymous.get("/api/v1/tags/").status);
    assert_eq!((count(&statuses, 200), count(&statuses, 429)), (20, 180));
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let forger = anonymous.header(header, "203.0.113.9");
        forger.get(POSTS).expect(429);
    }
    let refused = anonymous.get(POSTS).expect(429);
    assert_eq!(refused.code(), "throttled");
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(
        refused.header("ratelimit-policy"),
        Some("\"anon\";q=20;w=60, \"user\";q=100;w=60")
    );
    anonymous.get("/health/live/").expect(200);
    anonymous.get("/health/ready/").expect(200);

    let reader = blog.reader();
    let statuses = race(120, |_| reader.get("/api/v1/tags/").status);
    assert_eq!((count(&statuses, 200), count(&statuses, 429)), (100, 20));
    blog.author().get(POSTS).expect(200);
    blog.clock.advance(chrono::TimeDelta::minutes(1));
    anonymous.get(POSTS).expect(200);
    reader.get(POSTS).expect(200);
}

#[test]
fn permission_is_asked_before_the_rate_and_the_body_read_after() {
    let blog = started_with(TestDatabase::sqlite(), &[("THROTTLE_USER", "1/min")]);
    let (author, reader) = (blog.author(), blog.reader());
    let forger = blog.anonymous().bearer("forged");
    for _ in 0..2 {
        reader.post(POSTS, &json!({})).expect(403);
        forger.post(POSTS, &json!({})).expect(401);
    }
    author.post(POSTS, &json!({})).expect(400);
    author.post(POSTS, &json!({})).expect(429);
    forger.get(POSTS).expect(401);
    // Nobody who was refused before was counted.
    reader.get(POSTS).expect(200);
    reader.get(POSTS).expect(429);
    reader.post(POSTS, &json!({})).expect(403);
}

on_both_databases! {
    with guarded;

    fn an_account_takes_five_wrong_passwords_a_minute_wherever_they_come_from(blog) {
        for n in 0..5 {
            let client = from(blog, &format!("203.0.113.{n}"));
            log_in(&client, "reader", "wrong").expect(401);
        }
        let elsewhere = from(blog, "203.0.113.99");
        for name in ["reader", "READER", " reader "] {
            for password in ["wrong", PASSWORD] {
                let refused = log_in(&elsewhere, name, password).expect(429);
                assert_eq!(refused.header("retry-after"), Some("60"), "{name}");
                assert_eq!(refused.code(), "throttled");
            }
        }
        log_in(&elsewhere, "author", PASSWORD).expect(200);
        blog.clock.advance(chrono::TimeDelta::minutes(1));
        log_in(&elsewhere, "reader", PASSWORD).expect(200);
    }

    fn an_address_takes_five_wrong_passwords_a_minute_whoever_they_are_for(blog) {
        let client = from(blog, "203.0.113.1");
        for name in ["reader", "author", "editor", "nobody", "nobody-else"] {
            log_in(&client, name, "wrong").expect(401);
        }
        log_in(&client, "admin", PASSWORD).expect(429);
        log_in(&from(blog, "203.0.113.2"), "admin", PASSWORD).expect(200);
        // What was refused was charged to nobody.
        for _ in 0..4 {
            log_in(&client, "admin", "wrong").expect(429);
        }
        log_in(&from(blog, "203.0.113.2"), "admin", "wrong").expect(401);
    }

    fn logins_that_succeed_are_not_charged(blog) {
        let client = from(blog, "203.0.113.1");
        for _ in 0..7 {
            log_in(&client, "reader", PASSWORD).expect(200);
        }
        for _ in 0..5 {
            log_in(&client, "reader", "wrong").expect(401);
        }
        log_in(&client, "reader", PASSWORD).expect(429);
        // Neither does a success wipe the failures out.
        blog.clock.advance(chrono::TimeDelta::minutes(1));
        for _ in 0..4 {
            log_in(&client, "reader", "wrong").expect(401);
        }
        log_in(&client, "reader", PASSWORD).expect(200);
        log_in(&client, "reader", "wrong").expect(401);
        log_in(&client, "reader", "wrong").expect(429);
    }

    fn an_account_that_does_not_exist_is_answered_alike(blog) {
        let answers = ["reader", "nobody"].map(|name| {
            let client = from(blog, if name == "reader" { "203.0.113.1" } else { "203.0.113.2" });
            let answers = (0..7).map(|_| {
                let answer = log_in(&client, name, "wrong");
                let mut body = answer.json();
                body["request_id"] = Value::Null;
                let headers = ["retry-after", "ratelimit", "ratelimit-policy", "www-authenticate"];
                let headers = headers.map(|name| answer.header(name).map(str::to_owned));
                (answer.status, body, headers)
            });
            answers.collect::<Vec<_>>()
        });
        assert_eq!(answers[0], answers[1]);
        assert_eq!((answers[0][4].0, answers[0][5].0), (401, 429));
    }

    fn of_many_guesses_at_once_no_more_are_checked_than_the_rate_says(blog) {
        let statuses = race(40, |n| {
            let client = from(blog, &format!("203.0.113.{n}"));
            log_in(&client, "reader", "wrong").status
        });
        assert_eq!((count(&statuses, 401), count(&statuses, 429)), (5, 35));
    }

    fn the_old_password_is_guessed_no_more_often(blog) {
        let reader = blog.reader();
        let body = json!({"old_password": "wrong", "new_password": "another long passphrase"});
        for _ in 0..5 {
            reader.post("/api/v1/auth/password/", &body).expect(400);
        }
        reader.post("/api/v1/auth/password/", &body).expect(429);
        log_in(&from(blog, "203.0.113.9"), "reader", PASSWORD).expect(429);
    }
}
