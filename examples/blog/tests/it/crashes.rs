//! The blog is killed while it writes: what was written is whole, recorded, and never there twice.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use blog::posts::Post;
use diesel::RunQueryDsl;
use restwell::AnyConnection;
use restwell::audit::{AuditEntry, verify};
use restwell::prelude::*;
use restwell_testing::{Client, on_both_databases};
use serde_json::json;

use crate::blog::{Blog, POSTS, started};
use crate::process::{Process, UNTHROTTLED};

const SINGLES: usize = 200;
const BATCHES: usize = 50;
const BATCH: usize = 1_000;
/// How many requests are under way at once.
const CLIENTS: usize = 2;
/// A request that writes so many posts. Its name is its idempotency key, and what the titles of
/// its posts begin with.
#[derive(Clone, Debug)]
struct Write {
    name: String,
    posts: usize,
}

impl Write {
    /// All of them, the batches spread among the others.
    fn all() -> Vec<Self> {
        let posts = |number: usize| {
            if number.is_multiple_of(1 + SINGLES / BATCHES) {
                BATCH
            } else {
                1
            }
        };
        let write = |number| Self {
            name: format!("write-{number}"),
            posts: posts(number),
        };
        (0..SINGLES + BATCHES).map(write).collect()
    }

    /// Sends it; whether there was an answer. A key in use is one that the server which was killed
    /// held until the database noticed.
    fn send(&self, client: &Client) -> bool {
        let post = |number| {
            let (title, slug) = (
                format!("{} {number}", self.name),
                format!("{}-{number}", self.name),
            );
            json!({"title": title, "slug": slug, "body": "Text."})
        };
        let (path, body) = if self.posts == 1 {
            (POSTS.to_owned(), post(0))
        } else {
            let posts = (0..self.posts).map(post);
            (format!("{POSTS}bulk/"), posts.collect())
        };
        let client = client
            .header("content-type", "application/json")
            .header("idempotency-key", &self.name);
        loop {
            let Ok(answer) = client.try_send("POST", &path, Some(body.to_string().as_bytes()))
            else {
                return false;
            };
            if answer.status != 409 {
                answer.expect(201);
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Sends the writes until the process is killed, after `life`, and returns those that were not
/// answered.
fn send_until_killed(blog: &Blog, writes: Vec<Write>, life: Duration) -> Vec<Write> {
    let mut process = Process::start(&blog.db, &UNTHROTTLED);
    let client = process.editor();
    let (waiting, unanswered) = (Mutex::new(writes), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let Some(write) = waiting.lock().expect("a list").pop() else {
                        return;
                    };
                    if !write.send(&client) {
                        unanswered.lock().expect("a list").push(write);
                        return;
                    }
                }
            });
        }
        thread::sleep(life);
        process.kill();
    });
    let mut left = waiting.into_inner().expect("a list");
    left.extend(unanswered.into_inner().expect("a list"));
    left
}

/// Waits until the database has noticed that whoever was killed is gone.
fn settle(blog: &Blog) {
    const BUSY: &str = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                        AND pid <> pg_backend_pid() AND state <> 'idle'";
    let mut cx = blog.db.context();
    let AnyConnection::Pg(connection) = cx.connection().expect("a connection") else {
        return;
    };
    while diesel::sql_query(BUSY)
        .execute(connection)
        .expect("a query")
        > 0
    {
        thread::sleep(Duration::from_millis(20));
    }
}

/// How many posts of each write there are.
///
/// # Panics
/// When a write is there in part, a post has no entry in the audit log, or an entry no post.
fn written(blog: &Blog, writes: &[Write]) -> BTreeMap<String, usize> {
    settle(blog);
    let mut cx = blog.db.context();
    let posts = Post::objects().values((Post::F.id, Post::F.title), &mut cx);
    let posts = posts.expect("posts");
    let mut counts = BTreeMap::new();
    for (_, title) in &posts {
        let name = title.split(' ').next().unwrap_or_default();
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    for write in writes {
        let count = counts.get(&write.name).copied().unwrap_or_default();
        assert!([0, write.posts].contains(&count), "{write:?}: {count}");
    }
    let ids: HashSet<String> = posts.iter().map(|(id, _)| id.to_string()).collect();
    let entries = AuditEntry::objects()
        .filter(AuditEntry::F.entity.eq("posts"))
        .values(AuditEntry::F.entity_id, &mut cx)
        .expect("entries");
    assert_eq!(entries.len(), posts.len());
    assert_eq!(entries.into_iter().collect::<HashSet<_>>(), ids);
    counts
}

on_both_databases! {
    with started;

    fn what_a_killed_server_wrote_is_whole_and_recorded_and_there_once(blog) {
        let writes = Write::all();
        let mut left = writes.clone();
        // Odd times, so that it dies at every point of what it does.
        let mut life = 60;
        while !left.is_empty() {
            let sent = left.clone();
            left = send_until_killed(blog, left, Duration::from_millis(life));
            let counts = written(blog, &writes);
            let is_left = |write: &&Write| left.iter().any(|own| own.name == write.name);
            for write in sent.iter().filter(|write| !is_left(write)) {
                assert_eq!(counts.get(&write.name), Some(&write.posts), "{write:?}");
            }
            life = life * 7 / 4 % 9_000;
        }
        let process = Process::start(&blog.db, &UNTHROTTLED);
        let client = process.editor();
        for write in &writes {
            assert!(write.send(&client), "{write:?}");
        }
        let counts = written(blog, &writes);
        assert!(writes.iter().all(|write| counts[&write.name] == write.posts));
        assert_eq!(verify(&mut blog.db.context()).expect("a query"), []);
    }
}
