//! Notes that are written with keys.

use std::net::IpAddr;
use std::process::abort;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use restwell_core::{
    Action, Authenticator, Error, Identity, ManualClock, Principal, Request, Result, Throttle,
};
use restwell_db::{Changes, Context, Model, Pool};
use restwell_idempotency::{IdempotencyKeys, MIGRATIONS};
use restwell_macros::{Model, serializer, viewset};
use restwell_permissions::{Rule, allow_any, is_authenticated};
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped, clock_at};
use restwell_views::{Api, Options, Reply, Router, View, ViewSet};

diesel::table! {
    notes (id) {
        id -> BigInt,
        text -> Text,
        likes -> BigInt,
    }
}

const TABLE: &str = "
CREATE TABLE notes (id KEY, text TEXT NOT NULL UNIQUE, likes BIGINT NOT NULL DEFAULT 0);
";

#[derive(Model, Clone, Debug)]
#[model(table = notes, unique(text))]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) text: String,
    pub(crate) likes: i64,
}

#[serializer(model = Note)]
pub(crate) struct NoteSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 20))]
    text: String,
    #[field(default_on_create = 0)]
    likes: i64,
}

pub(crate) const NOW: &str = "2026-01-15T10:30:00Z";

/// The text of a note whose process ends before it is kept.
pub(crate) const DIES_BEFORE: &str = "dies before";

/// The text of a note whose process ends when it is kept, before the answer is sent.
pub(crate) const DIES_AFTER: &str = "dies after";

/// With keys.
pub(crate) struct Notes;

/// Without.
pub(crate) struct Careless;

/// How often notes were written, and what was to happen then happened.
#[derive(Clone, Default)]
pub(crate) struct Counts {
    pub(crate) writes: Arc<AtomicU32>,
    pub(crate) effects: Arc<AtomicU32>,
    /// Whether notes may end the process.
    pub(crate) mortal: bool,
}

#[viewset]
impl ViewSet for Notes {
    type Model = Note;
    type Serializer = NoteSerializer;

    fn options() -> Options<Note> {
        Options::new().idempotent()
    }

    fn permission(&self, action: Action) -> Rule<Note> {
        if action.is_read() {
            return allow_any();
        }
        is_authenticated()
    }

    fn after(&self, _: Action, note: &Note, cx: &mut Context) -> Result<()> {
        let counts = cx.state::<Counts>()?.clone();
        counts.writes.fetch_add(1, Ordering::Relaxed);
        let effects = counts.effects.clone();
        cx.on_commit(move || {
            effects.fetch_add(1, Ordering::Relaxed);
        });
        match note.text.as_str() {
            "slow" => std::thread::sleep(Duration::from_millis(400)),
            "broken" => return Err(Error::internal("broken")),
            "panic" => panic!("a handler that panics"),
            "undone" if counts.writes.load(Ordering::Relaxed) == 1 => undo(cx)?,
            DIES_BEFORE if counts.mortal => abort(),
            DIES_AFTER if counts.mortal => cx.on_commit(|| abort()),
            _ => {}
        }
        Ok(())
    }

    #[action(detail, methods = [post], idempotent)]
    fn like(&self, cx: &mut Context, note: Note) -> Result<Reply> {
        let changes = Changes::new().with(Note::F.likes, note.likes + 1);
        let note = Note::objects().update_one(cx, &note.id, changes, None)?;
        let note = note.ok_or_else(Error::not_found)?;
        Ok(Reply::object::<NoteSerializer>(&note, cx)?.header("x-likes", note.likes.to_string()))
    }
}

#[viewset]
impl ViewSet for Careless {
    type Model = Note;
    type Serializer = NoteSerializer;

    fn permission(&self, _: Action) -> Rule<Note> {
        allow_any()
    }
}

/// What PostgreSQL says of a transaction that another one was in the way of.
fn undo(cx: &mut Context) -> Result<()> {
    let failure = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$";
    diesel::sql_query(failure).execute(cx.connection()?)?;
    Ok(())
}

/// The name behind `Token` is the user.
struct Tokens;

impl Authenticator<Context> for Tokens {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let header = cx.request().headers.get("authorization");
        let name = header.and_then(|header| header.strip_prefix("Token "));
        Ok(name.map(|name| Principal::User(Arc::new(Identity::new(name.to_owned(), name)))))
    }

    fn challenge(&self) -> String {
        "Token".to_owned()
    }
}

/// Has no rate for the user `hasty`.
struct Hasty;

impl Throttle for Hasty {
    fn check(
        &self,
        _: &Request,
        principal: &Principal,
        _: &[&'static str],
        _: DateTime<Utc>,
    ) -> Result<Vec<(&'static str, String)>> {
        match principal.identity() {
            Some(identity) if identity.username == "hasty" => Err(Error::throttled(1)),
            _ => Ok(vec![("ratelimit", "a policy".to_owned())]),
        }
    }

    fn admit(&self, _: Option<IpAddr>, _: DateTime<Utc>) -> Result<()> {
        Ok(())
    }

    fn scopes(&self) -> Vec<&str> {
        Vec::new()
    }

    fn describe(&self, _: &[&'static str]) -> String {
        String::new()
    }
}

pub(crate) struct App {
    pub(crate) db: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) counts: Counts,
    server: TestServer,
}

pub(crate) fn started(db: TestDatabase) -> App {
    let key = match db.url().starts_with("sqlite") {
        true => "INTEGER PRIMARY KEY",
        false => "BIGSERIAL PRIMARY KEY",
    };
    db.migrate(&[&MIGRATIONS]);
    db.execute(&TABLE.replace("KEY", key));
    let clock = clock_at(NOW);
    let counts = Counts::default();
    let server = serve(&db.pool(), &clock, &counts);
    App {
        db,
        clock,
        counts,
        server,
    }
}

pub(crate) fn serve(pool: &Pool, clock: &Arc<ManualClock>, counts: &Counts) -> TestServer {
    let ping = View::new("ping", allow_any()).post(|cx| {
        let text = cx.request().body.len().to_string();
        let changes = Changes::new().with(Note::F.text, text);
        Note::objects().create(cx, changes)?;
        Ok(Reply::no_content())
    });
    let echo = View::new("echo", allow_any()).post(|cx| {
        let body = String::from_utf8_lossy(&cx.request().body).into_owned();
        Ok(Reply::json(&[&body, &body]))
    });
    let router = Router::new()
        .register("notes", Notes)
        .register("careless", Careless)
        .view("ping", ping.idempotent())
        .view("echo", echo.idempotent());
    let api = Api::builder(pool.clone())
        .clock(clock.clone())
        .authenticator(Tokens)
        .throttle(Hasty)
        .idempotency(IdempotencyKeys::new())
        .state(counts.clone())
        .count_statements()
        .routes(router);
    TestServer::start(&api.build().expect("an API"))
}

impl App {
    pub(crate) fn anonymous(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }

    pub(crate) fn user(&self, name: &str) -> Client {
        self.anonymous()
            .header("authorization", &format!("Token {name}"))
    }

    /// `ann`, with a key.
    pub(crate) fn with_key(&self, key: &str) -> Client {
        self.user("ann").header("idempotency-key", key)
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        let notes = Note::objects().values(Note::F.text, &mut self.db.context());
        notes.expect("texts")
    }

    /// How many keys are claimed.
    pub(crate) fn claims(&self) -> usize {
        self.db.rows("idempotency_keys").len()
    }

    pub(crate) fn writes(&self) -> u32 {
        self.counts.writes.load(Ordering::Relaxed)
    }

    pub(crate) fn effects(&self) -> u32 {
        self.counts.effects.load(Ordering::Relaxed)
    }
}
