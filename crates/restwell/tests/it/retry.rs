//! Transactions in each other's way, over HTTP.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use restwell::prelude::*;
use restwell::{AnyConnection, Api, PoolOptions, View};
use restwell_testing::{TestDatabase, TestServer, on_both_databases, race};
use serde_json::json;

diesel::table! {
    counters (id) {
        id -> BigInt,
        value -> BigInt,
    }
}

#[derive(Model, Clone, Debug)]
#[model(table = counters)]
struct Counter {
    id: i64,
    value: i64,
}

#[serializer(model = Counter)]
struct CounterSerializer {
    #[field(read_only)]
    id: i64,
    value: i64,
}

const TABLE: &str = "
CREATE TABLE counters (id BIGINT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counters VALUES (1, 0), (2, 0);
";

/// What the handlers of a test do in step, and how often they ran.
#[derive(Clone)]
struct Steps {
    tries: Arc<AtomicU32>,
    effects: Arc<AtomicU32>,
    meeting: Arc<Barrier>,
}

/// What a try leaves in its request.
struct Seen;

impl Steps {
    fn new() -> Self {
        Self {
            tries: Arc::default(),
            effects: Arc::default(),
            meeting: Arc::new(Barrier::new(2)),
        }
    }

    /// Begins a try, which finds nothing of the one before.
    fn begin(&self, cx: &mut Context) -> u32 {
        assert!(cx.local::<Seen>().is_none(), "a try sees the one before");
        assert_eq!(cx.statements(), 0, "a try counts the one before");
        cx.set_local(Seen);
        let effects = self.effects.clone();
        cx.on_commit(move || {
            effects.fetch_add(1, Ordering::Relaxed);
        });
        self.tries.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Waits for the other request, in the first try of each.
    fn meet(&self, number: u32) {
        if number <= 2 {
            self.meeting.wait();
        }
    }

    fn tries(&self) -> u32 {
        self.tries.load(Ordering::Relaxed)
    }

    fn effects(&self) -> u32 {
        self.effects.load(Ordering::Relaxed)
    }
}

fn increment(cx: &mut Context, id: i64) -> Result<()> {
    let row = Counter::objects().find(cx, &id)?;
    let changes = Changes::new().with(Counter::F.value, row.value + 1);
    Counter::objects()
        .filter(Counter::F.id.eq(id))
        .update(cx, changes)?;
    Ok(())
}

fn sum(cx: &mut Context) -> Result<i64> {
    Ok(Counter::objects()
        .values(Counter::F.value, cx)?
        .iter()
        .sum())
}

/// Statements of the handler's own, with Diesel.
fn execute(cx: &mut Context, sql: &str) -> Result<()> {
    diesel::sql_query(sql).execute(cx.connection()?)?;
    Ok(())
}

fn served(db: &TestDatabase, view: View) -> TestServer {
    db.execute(TABLE);
    serve(db.pool(), view)
}

fn serve(pool: restwell::Pool, view: View) -> TestServer {
    let api = Api::builder(pool).count_statements();
    let api = api.routes(Router::new().view("view", view));
    TestServer::start(&api.build().expect("an API"))
}

fn view(function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static) -> View {
    View::new("view", allow_any())
        .parameter("order")
        .parameter("fail")
        .post(function)
}

fn values(db: &TestDatabase) -> Vec<i64> {
    let rows = Counter::objects().order_by([Counter::F.id.asc()]);
    rows.values(Counter::F.value, &mut db.context())
        .expect("values")
}

#[test]
fn a_deadlock_is_run_again() {
    let db = TestDatabase::postgres();
    let steps = Steps::new();
    let own = steps.clone();
    let server = served(
        &db,
        view(move |cx| {
            let number = own.begin(cx);
            let order = cx.request().query.get("order") == Some("up");
            let (first, second) = if order { (1, 2) } else { (2, 1) };
            for id in [first, second] {
                execute(
                    cx,
                    &format!("UPDATE counters SET value = value + 1 WHERE id = {id}"),
                )?;
                if id == first {
                    own.meet(number);
                }
            }
            Ok(Reply::json(&number))
        }),
    );
    let answers = race(2, |i| {
        let order = ["up", "down"][i];
        let path = format!("/view/?order={order}");
        server.client().post(&path, &json!({})).expect(200)
    });
    assert_eq!(values(&db), [2, 2]);
    assert_eq!(steps.tries(), 3, "no deadlock");
    assert_eq!(steps.effects(), 2);
    assert!(answers.iter().all(|answer| answer.statements() == 2));
}

#[test]
fn a_serialization_failure_is_run_again() {
    let db = TestDatabase::postgres();
    let steps = Steps::new();
    let own = steps.clone();
    let server = served(
        &db,
        view(move |cx| {
            let number = own.begin(cx);
            execute(cx, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")?;
            let empty = sum(cx)? == 0;
            own.meet(number);
            if empty {
                let id = if cx.request().query.get("order") == Some("up") {
                    1
                } else {
                    2
                };
                increment(cx, id)?;
            }
            Ok(Reply::json(&empty))
        }),
    );
    let answers = race(2, |i| {
        let path = format!("/view/?order={}", ["up", "down"][i]);
        server.client().post(&path, &json!({})).expect(200).data()
    });
    assert_eq!(steps.tries(), 3, "no serialization failure");
    assert_eq!(
        values(&db).iter().sum::<i64>(),
        1,
        "both saw that nothing was there"
    );
    assert_eq!(
        answers
            .iter()
            .filter(|wrote| **wrote == json!(true))
            .count(),
        1
    );
    assert_eq!(steps.effects(), 2);
}

#[test]
fn what_never_succeeds_is_given_up_after_three_tries() {
    for code in ["40001", "40P01"] {
        let db = TestDatabase::postgres();
        let steps = Steps::new();
        let own = steps.clone();
        let raise = format!(
            "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '{code}'; END $$"
        );
        let server = served(
            &db,
            view(move |cx| {
                own.begin(cx);
                increment(cx, 1)?;
                execute(cx, &raise)?;
                Ok(Reply::no_content())
            }),
        );
        let answer = server.client().post("/view/", &json!({})).expect(503);
        assert_eq!(answer.code(), "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(!answer.text().contains("deadlock"));
        assert_eq!((steps.tries(), steps.effects()), (3, 0));
        assert_eq!(values(&db), [0, 0]);
    }
}

on_both_databases! {
    fn other_failures_are_not_run_again(db) {
        let steps = Steps::new();
        let own = steps.clone();
        let server = served(
            db,
            view(move |cx| {
                own.begin(cx);
                increment(cx, 1)?;
                match cx.request().query.get("fail") {
                    Some("rule") => Err(Error::business_rule("no", "No.")),
                    Some("sql") => execute(cx, "SELECT nothing FROM nowhere").map(|()| Reply::no_content()),
                    _ => Err(Error::unavailable()),
                }
            }),
        );
        let client = server.client();
        client.post("/view/?fail=rule", &json!({})).expect(422);
        client.post("/view/?fail=sql", &json!({})).expect(500);
        client.post("/view/?fail=away", &json!({})).expect(503);
        assert_eq!((steps.tries(), steps.effects()), (3, 0));
        assert_eq!(values(db), [0, 0]);
    }

    fn what_may_have_been_kept_is_not_run_again(db) {
        let tries = Arc::new(AtomicU32::new(0));
        let own = tries.clone();
        let server = served(
            db,
            view(move |cx| {
                own.fetch_add(1, Ordering::Relaxed);
                cx.atomic(|cx| increment(cx, 1))?;
                let locked = diesel::result::Error::DatabaseError(
                    diesel::result::DatabaseErrorKind::SerializationFailure,
                    Box::new("in the way".to_owned()),
                );
                Err(locked)?
            })
            .without_transaction(),
        );
        server.client().post("/view/", &json!({})).expect(500);
        assert_eq!(tries.load(Ordering::Relaxed), 1);
        assert_eq!(values(db), [1, 0]);
    }

    fn a_create_is_run_again_with_its_body(db) {
        db.execute(TABLE);
        let api = Api::builder(db.pool()).count_statements().state(Hurdle::default());
        let api = api.routes(Router::new().register("counters", Counters));
        let server = TestServer::start(&api.build().expect("an API"));
        let made = server.client().post("/counters/", &json!({"value": 7})).expect(201);
        assert_eq!(made.data(), json!({"id": 3, "value": 7}));
        assert_eq!(made.header("location").map(|url| url.ends_with("/counters/3/")), Some(true));
        assert_eq!(made.statements(), 1);
        assert_eq!(values(db), [0, 0, 7]);
    }
}

/// Fails the first two tries, behind the INSERT.
#[derive(Default)]
struct Hurdle(AtomicU32);

struct Counters;

#[viewset]
impl ViewSet for Counters {
    type Model = Counter;
    type Serializer = CounterSerializer;

    fn permission(&self, _: Action) -> Rule<Counter> {
        allow_any()
    }

    fn perform_create(
        &self,
        cx: &mut Context,
        mut counter: Validated<InputOf<CounterSerializer>>,
    ) -> Result<Counter> {
        counter.set(Counter::F.id, 3);
        let row = counter.save(cx)?;
        if cx.state::<Hurdle>()?.0.fetch_add(1, Ordering::Relaxed) < 2 {
            let kind = diesel::result::DatabaseErrorKind::SerializationFailure;
            let cause = diesel::result::Error::DatabaseError(kind, Box::new(String::new()));
            return Err(cause)?;
        }
        Ok(row)
    }
}

#[test]
fn a_locked_file_is_waited_for() {
    let db = TestDatabase::sqlite();
    db.execute(TABLE);
    let steps = Steps::new();
    let own = steps.clone();
    let impatient = PoolOptions::default()
        .size(2)
        .lock_timeout(Duration::from_millis(60))
        .open(db.url().parse().expect("a URL"))
        .expect("a pool");
    let server = serve(
        impatient,
        view(move |cx| {
            own.begin(cx);
            increment(cx, 1)?;
            Ok(Reply::no_content())
        }),
    );
    let client = server.client();
    let lock = |time: Duration, request: &(dyn Fn() -> u16 + Sync)| {
        let mut writer = db.context();
        let connection = writer.connection().expect("a connection");
        let AnyConnection::Sqlite(connection) = connection else {
            panic!("no SQLite")
        };
        run_on(connection, "BEGIN IMMEDIATE");
        std::thread::scope(|scope| {
            let asked = scope.spawn(request);
            std::thread::sleep(time);
            run_on(connection, "COMMIT");
            asked.join().expect("an answer")
        })
    };
    let post = || client.post("/view/", &json!({})).status;
    // Longer than one try waits, and shorter than all of them.
    assert_eq!(lock(Duration::from_millis(100), &post), 204);
    assert_eq!(values(&db), [1, 0]);
    let begun = Instant::now();
    let refused = || {
        let answer = client.post("/view/", &json!({})).expect(503);
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(begun.elapsed() < Duration::from_millis(1_500));
        answer.status
    };
    assert_eq!(lock(Duration::from_secs(2), &refused), 503);
    assert_eq!(values(&db), [1, 0]);
    assert_eq!(steps.effects(), 1);
}

fn run_on(connection: &mut diesel::SqliteConnection, sql: &str) {
    diesel::sql_query(sql).execute(connection).expect(sql);
}
