//! Throttles that viewsets, their base and their actions state.

use restwell::prelude::*;
use restwell::throttling::{Rate, Throttles};
use restwell::{Api, BuildError};
use restwell_testing::{TestDatabase, TestServer, clock_at};

diesel::table! {
    notes (id) {
        id -> Int8,
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

/// Every viewset counts against the rate of the house.
struct HouseBase;

impl Base for HouseBase {
    fn options<M: Model>() -> Options<M> {
        Options::new().throttle("house")
    }

    fn permission<M: Model>(_: &'static str, _: Action) -> Rule<M> {
        allow_any()
    }
}

struct Notes;

#[viewset(base = HouseBase)]
impl ViewSet for Notes {
    type Model = Note;
    type Serializer = NoteSerializer;

    #[action(methods = [post], throttle = "publish")]
    fn publish(&self, _: &mut Context) -> Result<Reply> {
        Ok(Reply::no_content())
    }
}

fn build(db: &TestDatabase, throttles: Throttles) -> Result<Api, BuildError> {
    let routes = Router::new().register("notes", Notes);
    let api = Api::builder(db.pool()).routes(routes);
    let clock = clock_at("2026-01-15T10:30:00Z");
    api.clock(clock).throttle(throttles).build()
}

fn house() -> Throttles {
    Throttles::new().scope("house", Rate::per_minute(2))
}

#[test]
fn a_base_names_a_scope_for_all_and_an_action_its_own() {
    let db = TestDatabase::sqlite();
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    let api = build(&db, house().scope("publish", Rate::per_minute(1))).expect("an api");
    for route in api.routes() {
        let expected = match route.action {
            "publish" => "publish 1/min",
            _ => "house 2/min",
        };
        assert_eq!(route.throttle, expected, "{}", route.action);
    }
    let server = TestServer::start(&api);
    let client = server.client();
    client.post("/notes/publish/", &()).expect(204);
    let refused = client.post("/notes/publish/", &()).expect(429);
    assert_eq!(
        refused.header("ratelimit-policy"),
        Some("\"publish\";q=1;w=60")
    );
    client.get("/notes/").expect(200);
    client.get("/notes/1/").expect(404);
    client.get("/notes/").expect(429);
}

#[test]
fn a_scope_of_an_action_without_a_rate_stops_the_start() {
    let error = build(&TestDatabase::sqlite(), house()).expect_err("no rate");
    assert_eq!(
        error.to_string(),
        "the route notes-publish counts requests against the scope \"publish\", which has no \
         rate; give it one, or use one of house"
    );
}
