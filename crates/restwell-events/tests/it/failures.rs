//! Receivers that fail stop no others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::RunQueryDsl;
use restwell_core::{Error, Result};
use restwell_db::{Changes, Context, Model as _};
use restwell_events::{AfterSave, BeforeDelete, BeforeSave, Event, Events, send};
use restwell_testing::{TestDatabase, on_both_databases};

use crate::desk::{Desk, Label, Log, Note, add, label, named};

struct Ring;

impl Event for Ring {}

fn refused<T>() -> Result<T> {
    Err(Error::business_rule("no", "No."))
}

fn titles(event: &AfterSave<Note>) -> String {
    event.rows.iter().map(|row| row.new.title.clone()).collect()
}

/// Writes, and then fails.
fn failing(cx: &mut Context, _: &AfterSave<Note>) -> Result<()> {
    label(cx, "of one that fails");
    refused()
}

fn panicking(cx: &mut Context, _: &AfterSave<Note>) -> Result<()> {
    label(cx, "of one that panics");
    panic!("a receiver that panics");
}

/// What the database refuses ends a PostgreSQL transaction, were it not for the savepoint.
fn broken(cx: &mut Context, _: &AfterSave<Note>) -> Result<()> {
    diesel::sql_query("SELECT nothing FROM nowhere").execute(cx.connection()?)?;
    Ok(())
}

fn sound(log: &Log) -> impl Fn(&mut Context, &AfterSave<Note>) -> Result<()> + use<> {
    let log = log.clone();
    move |cx, event| {
        log.note(titles(event));
        label(cx, "sound");
        Ok(())
    }
}

fn contained(db: TestDatabase) -> Desk {
    Desk::with(db, |log| {
        Events::new()
            .in_transaction("one", failing)
            .in_transaction("two", panicking)
            .in_transaction("three", broken)
            .in_transaction("four", sound(log))
    })
}

fn required(db: TestDatabase) -> Desk {
    Desk::with(db, |log| {
        Events::new()
            .required("one", failing)
            .required("two", |_, _: &AfterSave<Note>| {
                Err(Error::internal("later"))
            })
            .in_transaction("three", sound(log))
            .required("four", |_, event: &BeforeDelete<Note>| {
                match event.rows.iter().any(|note| note.title == "kept") {
                    true => refused(),
                    false => Ok(()),
                }
            })
    })
}

fn labels(desk: &Desk) -> Vec<String> {
    Label::objects()
        .values(Label::F.name, &mut desk.context())
        .expect("names")
}

mod in_the_transaction {
    use super::*;

    on_both_databases! {
        with contained;

        fn what_happened_stands(desk) {
            add(&mut desk.context(), "a").expect("a note");
            assert_eq!(desk.titles(), ["a"]);
            assert_eq!(desk.log.told(), ["a"]);
            assert_eq!(labels(desk), ["sound"]);
            let inside = desk.context().atomic(|cx| {
                add(cx, "b")?;
                add(cx, "c")
            });
            inside.expect("notes");
            assert_eq!(desk.titles(), ["a", "b", "c"]);
            assert_eq!(labels(desk), ["sound", "sound", "sound"]);
        }
    }
}

mod where_they_are_required {
    use super::*;

    on_both_databases! {
        with required;

        fn what_happened_fails_with_the_first(desk) {
            let error = add(&mut desk.context(), "a").expect_err("a refusal");
            assert_eq!(error.code(), "no");
            // The others were told nevertheless.
            assert_eq!(desk.log.told(), ["a"]);
            assert!(desk.titles().is_empty() && labels(desk).is_empty());
        }

        fn a_savepoint_is_a_way_on(desk) {
            let mut cx = desk.context();
            let kept = cx.atomic(|cx| {
                assert!(cx.atomic(|cx| add(cx, "a")).is_err());
                label(cx, "kept");
                Ok(())
            });
            kept.expect("a commit");
            drop(cx);
            assert!(desk.titles().is_empty());
            assert_eq!(labels(desk), ["kept"]);
        }

        fn a_refusal_that_is_passed_over_is_no_commit(desk) {
            let mut cx = desk.context();
            let passed_over = cx.atomic(|cx| {
                assert!(add(cx, "a").is_err());
                Ok(())
            });
            assert_eq!(passed_over.expect_err("no commit").status(), 500);
            drop(cx);
            assert!(desk.titles().is_empty());
        }

        fn a_savepoint_is_no_way_around_an_earlier_refusal(desk) {
            let mut cx = desk.context();
            let passed_over = cx.atomic(|cx| {
                assert!(add(cx, "a").is_err());
                assert!(cx.atomic(|cx| add(cx, "b")).is_err());
                Ok(())
            });
            assert_eq!(passed_over.expect_err("no commit").status(), 500);
            drop(cx);
            assert!(desk.titles().is_empty());
        }

        fn what_has_not_happened_does_not(desk) {
            desk.db.execute("INSERT INTO notes (title, version) VALUES ('kept', 1), ('other', 1)");
            let mut cx = desk.context();
            assert_eq!(named("kept").delete(&mut cx).expect_err("a refusal").code(), "no");
            assert_eq!(Note::objects().purge(&mut cx).expect_err("a refusal").code(), "no");
            assert_eq!(named("other").purge(&mut cx).expect("a removal"), 1);
            drop(cx);
            assert_eq!(desk.titles(), ["kept"]);
        }
    }
}

fn circular(db: TestDatabase) -> Desk {
    Desk::with(db, |log| {
        let log = log.clone();
        Events::new()
            .in_transaction("again", move |cx, event: &AfterSave<Note>| {
                log.note(titles(event));
                add(cx, &format!("{}'", titles(event))).map(drop)
            })
            .required("ring", |cx, _: &Ring| send(cx, Ring))
            .after_commit("later again", |cx, event: &AfterSave<Label>| {
                let name = format!("{}'", event.rows[0].new.name);
                let changes = Changes::new().with(Label::F.name, name);
                Label::objects().create(cx, changes).map(drop)
            })
    })
}

mod of_themselves {
    use super::*;

    on_both_databases! {
        with circular;

        fn they_come_to_an_end(desk) {
            let mut cx = desk.context();
            add(&mut cx, "a").expect("a note");
            assert_eq!(desk.log.told().len(), 8);
            assert_eq!(send(&mut cx, Ring).expect_err("an end").status(), 500);
            // The next is told as if nothing had been.
            add(&mut cx, "b").expect("a note");
            assert_eq!(desk.log.told().len(), 8);
            label(&mut cx, "x");
            drop(cx);
            assert_eq!(labels(desk).len(), 8);
        }
    }
}

#[test]
fn a_deadlock_in_a_receiver_is_run_again_with_everything_else() {
    let tries = Arc::new(AtomicU32::new(0));
    let own = tries.clone();
    let desk = Desk::with(TestDatabase::postgres(), |_| {
        Events::new().in_transaction("unlucky", move |cx, _: &BeforeSave<Note>| {
            if own.fetch_add(1, Ordering::Relaxed) == 0 {
                let failure = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$";
                diesel::sql_query(failure).execute(cx.connection()?)?;
            }
            Ok(())
        })
    });
    let mut cx = desk.context();
    cx.retrying(|cx| add(cx, "a")).expect("a note");
    drop(cx);
    assert_eq!(desk.titles(), ["a"]);
    assert_eq!(tries.load(Ordering::Relaxed), 2);
}

#[test]
fn without_events_none_are_sent() {
    let db = TestDatabase::sqlite();
    let error = send(&mut db.context(), Ring).expect_err("no events");
    assert_eq!(error.status(), 500);
}
