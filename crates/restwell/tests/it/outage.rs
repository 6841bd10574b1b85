//! A PostgreSQL that goes away and comes back while clients write.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use restwell::prelude::*;
use restwell::{Api, PoolOptions};
use restwell_testing::{Client, TestServer, assert_enveloped};
use serde_json::json;

use crate::postgres::PostgresServer;

diesel::table! {
    notes (id) {
        id -> BigInt,
        text -> Text,
    }
}

#[derive(Model, Clone, Debug)]
#[model(table = notes)]
struct Note {
    id: i64,
    text: String,
}

#[serializer(model = Note)]
struct NoteSerializer {
    #[field(read_only)]
    id: i64,
    text: String,
}

struct Notes;

#[viewset]
impl ViewSet for Notes {
    type Model = Note;
    type Serializer = NoteSerializer;

    fn permission(&self, _: Action) -> Rule<Note> {
        allow_any()
    }
}

/// What a client was told of each of its notes.
fn write_until(done: &AtomicBool, client: &Client, name: usize) -> Vec<(String, u16, Instant)> {
    let mut told = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let text = format!("{name}-{}", told.len());
        let answer = client.post("/notes/", &json!({"text": text}));
        assert_enveloped(&answer);
        match answer.status {
            201 => assert_eq!(answer.data()["text"], text),
            503 => {
                assert_eq!(answer.code(), "unavailable");
                assert!(answer.header("retry-after").is_some());
            }
            _ => panic!("{answer:?}"),
        }
        told.push((text, answer.status, Instant::now()));
        thread::sleep(Duration::from_millis(5));
    }
    told
}

#[test]
fn nothing_is_lost_and_nothing_doubled_when_the_database_goes_away() {
    let mut postgres = PostgresServer::start();
    let pool = PoolOptions::default()
        .size(4)
        .wait(Duration::from_millis(500))
        .open(postgres.url().parse().expect("a URL"))
        .expect("a pool");
    let mut cx = Context::detached(pool.clone());
    let table = "CREATE TABLE notes (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL)";
    let connection = cx.connection().expect("a connection");
    diesel::RunQueryDsl::execute(diesel::sql_query(table), connection).expect("a table");
    drop(cx);
    let api = Api::builder(pool.clone()).routes(Router::new().register("notes", Notes));
    let server = TestServer::start(&api.build().expect("an API"));
    let (done, mut back) = (AtomicBool::new(false), Instant::now());
    let told: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|name| {
                let (done, client) = (&done, server.client());
                scope.spawn(move || write_until(done, &client, name))
            })
            .collect();
        for _ in 0..2 {
            thread::sleep(Duration::from_millis(700));
            postgres.crash();
            thread::sleep(Duration::from_millis(700));
            postgres.start_again();
            back = Instant::now();
            thread::sleep(Duration::from_millis(2_000));
        }
        done.store(true, Ordering::Relaxed);
        let told = writers
            .into_iter()
            .map(|writer| writer.join().expect("a writer"));
        told.flatten().collect()
    });

    let count = |status| told.iter().filter(|(_, own, _)| *own == status).count();
    assert!(
        count(503) > 0 && count(201) > 100,
        "{} and {}",
        count(503),
        count(201)
    );
    let recovered = told
        .iter()
        .filter(|(_, status, at)| *status == 201 && *at > back);
    assert!(recovered.count() > 20);
    // The server answered all along: what came back is the pool.
    let late = back + Duration::from_millis(1_500);
    assert!(
        told.iter()
            .all(|(_, status, at)| *status == 201 || *at < late)
    );

    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut cx = Context::detached(pool);
    for text in Note::objects()
        .values(Note::F.text, &mut cx)
        .expect("texts")
    {
        *rows.entry(text).or_default() += 1;
    }
    for (text, status, _) in told {
        let stored = rows.remove(&text).unwrap_or_default();
        // Of a commit whose answer was lost nobody can know.
        assert!(
            stored == 1 || (stored == 0 && status == 503),
            "{text}: {status}, {stored} rows"
        );
    }
    assert!(rows.is_empty());
}
