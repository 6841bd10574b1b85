//! What the crates promise together, over HTTP, on SQLite and on PostgreSQL.

mod group;
mod library;
mod mutation;

use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped};

/// The library, on a server of its own.
struct Library {
    server: TestServer,
    _db: TestDatabase,
}

impl Library {
    fn client(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }
}

fn opened(db: TestDatabase) -> Library {
    let dialect = db.context().dialect().expect("a connection");
    db.execute(&::library::tables(dialect));
    let api = ::library::api(db.pool()).expect("a library");
    let server = TestServer::start(&api);
    Library { server, _db: db }
}
