//! When receivers are told.

use restwell_core::{Error, Key, Result};
use restwell_db::{Changes, Context, Model as _};
use restwell_events::{AfterSave, Event, Events, send};
use restwell_testing::{TestDatabase, on_both_databases};

use crate::desk::{Desk, Label, Log, Note, add, label, named};

struct Rang(&'static str);

impl Event for Rang {}

fn noting(log: &Log, what: &'static str) -> impl Fn(&mut Context, &Rang) -> Result<()> + use<> {
    let log = log.clone();
    move |cx, rang| {
        let inside = cx.in_transaction();
        log.note(format!("{what} {} {inside}", rang.0));
        Ok(())
    }
}

fn desk(db: TestDatabase) -> Desk {
    Desk::with(db, |log| {
        let seen = log.clone();
        Events::new()
            .after_commit("later", noting(log, "later"))
            .in_transaction("now", noting(log, "now"))
            .required("needed", noting(log, "needed"))
            .after_commit("failing", |_, _: &Rang| Err(Error::internal("cannot")))
            .after_commit("panicking", |_, _: &Rang| panic!("a receiver that panics"))
            .after_commit("last", noting(log, "last"))
            .after_commit("seen", move |cx, event: &AfterSave<Note>| {
                // With a connection of its own, it sees what was committed.
                let title = &event.rows[0].new.title;
                let count = named(title).count(cx)?;
                let user = cx.principal().key().map(Key::to_string).unwrap_or_default();
                seen.note(format!("{title} {count} {user} {}", cx.request().path));
                let name = Changes::new().with(Label::F.name, title.as_str());
                Label::objects().create(cx, name).map(drop)
            })
    })
}

fn undone<T>() -> Result<T> {
    Err(Error::business_rule("no", "No."))
}

on_both_databases! {
    with desk;

    fn in_the_transaction_or_after_it(desk) {
        let mut cx = desk.context();
        cx.atomic(|cx| {
            send(cx, Rang("a"))?;
            assert_eq!(desk.log.told(), ["now a true", "needed a true"]);
            Ok(())
        })
        .expect("a commit");
        assert_eq!(desk.log.told(), [""; 0]);
        drop(cx);
        assert_eq!(desk.log.told(), ["later a false", "last a false"]);
    }

    fn outside_a_transaction_too(desk) {
        let mut cx = desk.context();
        send(&mut cx, Rang("a")).expect("receivers");
        assert_eq!(desk.log.told(), ["now a true", "needed a true"]);
        drop(cx);
        assert_eq!(desk.log.told(), ["later a false", "last a false"]);
    }

    fn never_after_what_is_undone(desk) {
        let mut cx = desk.context();
        let none: Result<()> = cx.atomic(|cx| {
            send(cx, Rang("a"))?;
            add(cx, "a")?;
            undone()
        });
        assert!(none.is_err());
        cx.atomic(|cx| {
            let none: Result<()> = cx.atomic(|cx| {
                send(cx, Rang("b"))?;
                undone()
            });
            assert!(none.is_err());
            send(cx, Rang("c"))
        })
        .expect("a commit");
        desk.log.told();
        drop(cx);
        assert_eq!(desk.log.told(), ["later c false", "last c false"]);
    }

    fn after_the_commit_of_a_write(desk) {
        let mut cx = desk.context();
        add(&mut cx, "a").expect("a note");
        label(&mut cx, "before");
        drop(cx);
        assert_eq!(desk.log.told(), ["a 1 7 "]);
        let names = Label::objects().values(Label::F.name, &mut desk.context());
        assert_eq!(names.expect("names"), ["before", "a"]);
    }
}
