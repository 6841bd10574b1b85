//! Groups of fields that another crate exports: [`library::Keyed`] and [`library::Named`].

use library::{Author, Genre, Keyed};
use restwell::Api;
use restwell::prelude::*;
use restwell_testing::{TestDatabase, TestServer, on_both_databases};
use serde_json::json;

#[serializer(model = Genre, extends(Keyed, library::Named), unknown = "refuse")]
struct GenreSerializer {}

/// A group that takes in groups of another crate.
#[serializer(group, extends(Keyed, library::Named))]
struct Person {}

#[serializer(model = Author, extends(Person))]
struct AuthorSerializer {
    #[field(count = books)]
    book_count: i64,
}

struct Genres;

#[viewset]
impl ViewSet for Genres {
    type Model = Genre;
    type Serializer = GenreSerializer;

    fn permission(&self, _: Action) -> Rule<Genre> {
        allow_any()
    }
}

struct Authors;

#[viewset]
impl ViewSet for Authors {
    type Model = Author;
    type Serializer = AuthorSerializer;

    fn permission(&self, _: Action) -> Rule<Author> {
        allow_any()
    }
}

fn opened(db: TestDatabase) -> (TestDatabase, TestServer) {
    let dialect = db.context().dialect().expect("a connection");
    db.execute(&library::tables(dialect));
    let routes = Router::new()
        .register("genres", Genres)
        .register("authors", Authors);
    let api = Api::builder(db.pool()).routes(routes).build();
    let server = TestServer::start(&api.expect("an api"));
    (db, server)
}

on_both_databases! {
    with opened;

    fn fields_of_the_other_crate_are_shown_and_read((_db, server)) {
        let client = server.client();
        let made = client.post("/genres/", &json!({"name": "Tale."})).expect(201);
        assert_eq!(made.data(), json!({"id": 3, "name": "Tale"}));
        let made = client.post("/authors/", &json!({"name": "Ada", "id": 70})).expect(201);
        assert_eq!(made.data(), json!({"id": 3, "name": "Ada", "book_count": 0}));
    }

    fn checks_of_the_other_crate_are_made((_db, server)) {
        let client = server.client();
        for path in ["/genres/", "/authors/"] {
            for (name, message) in [
                ("lem", "Begin with a capital letter."),
                ("L", "Spell the name out."),
            ] {
                let refused = client.post(path, &json!({"name": name})).expect(400);
                assert_eq!(refused.errors(), json!({"name": [message]}), "{path}");
            }
            let long = "L".repeat(41);
            let refused = client.post(path, &json!({"name": long})).expect(400);
            let message = "Ensure this field has no more than 40 characters.";
            assert_eq!(refused.errors()["name"][0], message, "{path}");
        }
    }
}
