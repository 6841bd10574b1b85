//! Each test has a database of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use restwell_testing::{TestDatabase, TestServer, on_both_databases, race};
use restwell_views::Api;
use serde_json::json;

use crate::app::{count, notes};

on_both_databases! {
    fn nobody_sees_the_tables_of_another(db) {
        db.execute("CREATE TABLE notes (text text NOT NULL)");
        for other in [TestDatabase::sqlite(), TestDatabase::postgres()] {
            assert!(count(&mut other.context()).is_err());
        }
    }

    fn a_pool_opened_from_the_url_sees_the_same_tables(db) {
        db.execute("CREATE TABLE notes (text text NOT NULL)");
        let pool = restwell_db::PoolOptions::default();
        let pool = pool.open(db.url().parse().expect("a URL")).expect("a pool");
        let mut cx = restwell_db::Context::detached(pool);
        assert_eq!(count(&mut cx).expect("a count"), 0);
    }

    fn a_panic_names_the_database(db) {
        let panic = catch_unwind(AssertUnwindSafe(|| db.execute("CREATE nonsense"))).expect_err("no SQL");
        let message = panic.downcast::<String>().expect("a message");
        let named = format!("{db:?} refuses");
        assert!(message.starts_with(&named), "{message}");
    }

}

on_both_databases! {
    with notes;

    fn writers_at_the_same_moment_take_their_turns(app) {
        let client = app.client();
        race(8, |i| client.post("/notes/", &json!({"text": i.to_string()})).expect(201));
        assert_eq!(count(&mut app.db.context()).expect("a count"), 8);
    }
}

#[test]
fn a_schema_is_gone_with_its_database() {
    let db = TestDatabase::postgres();
    db.execute("CREATE TABLE notes (text text NOT NULL)");
    let pool = db.pool();
    drop(db);
    let mut cx = restwell_db::Context::detached(pool);
    assert!(count(&mut cx).is_err());
}

#[test]
fn a_file_is_gone_with_its_database() {
    let db = TestDatabase::sqlite();
    let path = db.url().trim_start_matches("sqlite://").to_owned();
    assert!(std::path::Path::new(&path).exists());
    drop(db);
    assert!(!std::path::Path::new(&path).exists());
}

#[test]
fn a_server_is_gone_with_its_value() {
    let db = TestDatabase::sqlite();
    let server = TestServer::start(&Api::builder(db.pool()).build().expect("an api"));
    let address = server.url().trim_start_matches("http://").to_owned();
    drop(server);
    assert!(std::net::TcpStream::connect(address).is_err());
}
