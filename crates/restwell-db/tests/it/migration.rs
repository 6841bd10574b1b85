//! Bringing a database up to date.

use std::thread;

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use diesel_migrations::embed_migrations;
use restwell_db::{Context, Migrations, migrate};

use crate::database::Database;

const NOTES: Migrations = Migrations {
    postgres: embed_migrations!("tests/migrations/notes/postgres"),
    sqlite: embed_migrations!("tests/migrations/notes/sqlite"),
};
const LABELS: Migrations = Migrations {
    postgres: embed_migrations!("tests/migrations/labels/postgres"),
    sqlite: embed_migrations!("tests/migrations/labels/sqlite"),
};
const SLOW: Migrations = Migrations {
    postgres: embed_migrations!("tests/migrations/slow/postgres"),
    sqlite: embed_migrations!("tests/migrations/slow/sqlite"),
};
const BROKEN: Migrations = Migrations {
    postgres: embed_migrations!("tests/migrations/broken/postgres"),
    sqlite: embed_migrations!("tests/migrations/broken/sqlite"),
};

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number(cx: &mut Context, query: &str) -> i64 {
    let connection = cx.connection().expect("a connection");
    let number: Number = diesel::sql_query(format!("SELECT ({query}) AS number"))
        .get_result(connection)
        .expect("a number");
    number.number
}

fn on_empty(check: fn(&Database)) {
    check(&Database::empty_sqlite());
    check(&Database::empty_postgres());
}

#[test]
fn migrations_of_all_sets_run_once_in_the_order_of_their_versions() {
    on_empty(|db| {
        let mut cx = db.context();
        let ran = migrate(&mut cx, &[&NOTES, &LABELS]).expect("migrations");
        assert_eq!(ran, ["20260101000001", "20260102000001", "20260103000001"]);
        assert_eq!(number(&mut cx, "SELECT COUNT(*) FROM notes"), 1);
        assert!(
            migrate(&mut cx, &[&NOTES, &LABELS])
                .expect("nothing to do")
                .is_empty()
        );
        assert!(
            migrate(&mut db.context(), &[&LABELS])
                .expect("nothing to do")
                .is_empty()
        );
    });
}

#[test]
fn a_table_is_rebuilt_without_losing_what_refers_to_it() {
    on_empty(|db| {
        let mut cx = db.context();
        migrate(&mut cx, &[&NOTES, &LABELS]).expect("migrations");
        assert_eq!(number(&mut cx, "SELECT COUNT(*) FROM labels"), 1);
        let orphan = diesel::sql_query("INSERT INTO labels (id, note_id) VALUES (2, 99)");
        let refused = orphan.execute(cx.connection().expect("a connection"));
        assert!(refused.is_err(), "foreign keys are checked again");
    });
}

#[test]
fn programs_that_start_together_wait_for_each_other() {
    on_empty(|db| {
        let ran: usize = thread::scope(|scope| {
            let starts: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| migrate(&mut db.context(), &[&NOTES, &LABELS])))
                .collect();
            let ran = starts
                .into_iter()
                .map(|start| start.join().expect("a thread"));
            ran.map(|ran| ran.expect("migrations").len()).sum()
        });
        assert_eq!(ran, 3);
    });
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    on_empty(|db| {
        let mut cx = db.context();
        let error = migrate(&mut cx, &[&NOTES, &LABELS, &BROKEN]).expect_err("a failure");
        assert_eq!(error.status(), 500);
        assert_eq!(error.message(), "A server error occurred.");
        assert!(migrate(&mut db.context(), &[&NOTES, &LABELS]).is_ok());
        let mut cx = db.context();
        assert_eq!(number(&mut cx, "SELECT COUNT(*) FROM labels"), 1);
        let half = diesel::sql_query("SELECT * FROM half");
        assert!(
            half.execute(cx.connection().expect("a connection"))
                .is_err()
        );
    });
}

#[test]
fn the_limits_of_requests_do_not_hold_for_migrations() {
    let db = Database::empty_postgres();
    let mut cx = db.context();
    let limit = |cx: &mut Context| {
        number(
            cx,
            "SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'",
        )
    };
    let connection = cx.connection().expect("a connection");
    diesel::sql_query("SET statement_timeout = 50")
        .execute(connection)
        .expect("a setting");
    migrate(&mut cx, &[&SLOW]).expect("a slow migration");
    assert_eq!(limit(&mut cx), 50);

    let db = Database::empty_sqlite();
    let mut cx = db.context();
    let before = number(&mut cx, "SELECT timeout FROM pragma_busy_timeout");
    migrate(&mut cx, &[&SLOW]).expect("a migration without a transaction");
    assert_eq!(
        number(&mut cx, "SELECT timeout FROM pragma_busy_timeout"),
        before
    );
    assert_eq!(
        number(&mut cx, "SELECT foreign_keys FROM pragma_foreign_keys"),
        1
    );
}
