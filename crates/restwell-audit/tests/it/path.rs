//! Every path on which rows are written.

use bigdecimal::BigDecimal;
use chrono::TimeDelta;
use restwell_audit::{Moment, as_of};
use restwell_core::{Access, Action};
use restwell_db::{Changes, Model as _};
use restwell_testing::on_both_databases;
use serde_json::json;

use crate::model::{Label, Note, Remark, one, opened};

on_both_databases! {
    with opened;

    fn a_creation_says_what_the_row_has(desk) {
        let mut cx = desk.context();
        let changes = Changes::new()
            .with(Note::F.title, "A \"title\"\u{2603}\n")
            .with(Note::F.secret, "hunter2".to_owned())
            .with(Note::F.price, "12345678901234567890.10".parse::<BigDecimal>().expect("a price"));
        let note = Note::objects().create(&mut cx, changes).expect("a note");
        let request = cx.request().id.to_string();
        drop(cx);
        let entry = desk.entries().remove(0);
        assert_eq!(entry.at, note.created_at);
        assert_eq!(entry.actor_id.as_deref(), Some("7"));
        assert_eq!(entry.request_id, Some(request));
        assert_eq!((entry.entity.as_str(), entry.action.as_str()), ("notes", "create"));
        assert_eq!(entry.entity_id, note.id.to_string());
        let made = |new: serde_json::Value| json!({"old": null, "new": new});
        let expected = json!({
            "id": made(json!(note.id)),
            "title": made(json!("A \"title\"\u{2603}\n")),
            "secret": made(json!("********")),
            "reads": made(json!(0)),
            "price": made(json!("12345678901234567890.10")),
            "created_at": made(json!("2026-01-15T10:30:00.123456Z")),
            "updated_at": made(json!("2026-01-15T10:30:00.123456Z")),
            "version": made(json!(1)),
        });
        assert_eq!(entry.changes, expected);
    }

    fn an_update_says_what_changed(desk) {
        let note = desk.note("one");
        desk.clock.advance(TimeDelta::minutes(1));
        let changes = Changes::new()
            .with(Note::F.title, "two")
            .with(Note::F.reads, 0)
            .with(Note::F.secret, "hunter2".to_owned());
        let changed = one(note.id).update_one(&mut desk.context(), &note.id, changes, Some(1));
        assert_eq!(changed.expect("an update").expect("the note").title, "two");
        let (action, changes) = desk.told().remove(1);
        assert_eq!(action, "update");
        assert_eq!(changes, json!({
            "title": {"old": "one", "new": "two"},
            "secret": {"old": null, "new": "********"},
            "updated_at": {
                "old": "2026-01-15T10:30:00.123456Z", "new": "2026-01-15T10:31:00.123456Z"
            },
            "version": {"old": 1, "new": 2},
        }));
    }

    fn a_past_state_is_one_that_was(desk) {
        let note = desk.note("one");
        let mut early = desk.context();
        desk.clock.advance(TimeDelta::minutes(2));
        let title = Changes::new().with(Note::F.title, "two");
        one(note.id).update(&mut desk.context(), title).expect("an update");
        // It began before the other, and waited for it.
        one(note.id).update(&mut early, Changes::new().with(Note::F.reads, 7)).expect("an update");
        let now = one(note.id).first(&mut early).expect("a row").expect("the note");
        let between = Moment::At(note.created_at + TimeDelta::minutes(1));
        let past = as_of(&mut early, &now, between).expect("a walk").expect("a state");
        assert_eq!(past.row, note);
    }

    fn an_update_of_another_version_says_nothing(desk) {
        let note = desk.note("one");
        let changes = || Changes::new().with(Note::F.title, "two");
        let stale = one(note.id).update_one(&mut desk.context(), &note.id, changes(), Some(9));
        assert_eq!(stale.expect("an update"), None);
        let none = one(99).update(&mut desk.context(), changes());
        assert_eq!(none.expect("an update"), 0);
        assert_eq!(desk.entries().len(), 1);
    }

    fn many_rows_leave_an_entry_each_and_cost_one_statement(desk) {
        let mut cx = desk.context();
        let rows = (0..50).map(|i| Changes::new().with(Note::F.title, format!("note {i}")));
        let notes = Note::objects().create_many(&mut cx, rows.collect()).expect("notes");
        assert_eq!(cx.statements(), 2, "the rows and their entries");
        let before = cx.statements();
        let changes = Changes::new().with(Note::F.reads, 5);
        assert_eq!(Note::objects().update(&mut cx, changes).expect("an update"), 50);
        let is_postgres = cx.dialect().expect("a connection").is_postgres();
        assert_eq!(cx.statements() - before, if is_postgres { 2 } else { 3 });
        drop(cx);
        let entries = desk.entries();
        assert_eq!(entries.len(), 100);
        for (i, note) in notes.iter().enumerate() {
            let of_note = entries.iter().filter(|entry| entry.entity_id == note.id.to_string());
            let of_note: Vec<_> = of_note.collect();
            assert_eq!(of_note.len(), 2);
            assert_eq!(of_note[0].changes["title"]["new"], format!("note {i}"));
            assert_eq!(of_note[1].changes["reads"], json!({"old": 0, "new": 5}));
        }
    }

    fn counters_and_times_are_recorded_too(desk) {
        let note = desk.note("one");
        let mut cx = desk.context();
        one(note.id).increment(&mut cx, Note::F.reads, 3).expect("an increment");
        let silent = Changes::new().with(Note::F.title, "two");
        one(note.id).update_only(&mut cx, silent).expect("an update");
        drop(cx);
        let told = desk.told();
        assert_eq!(told[1].1, json!({"reads": {"old": 0, "new": 3}}));
        assert_eq!(told[2].1, json!({"title": {"old": "one", "new": "two"}}));
    }

    fn rows_that_are_there_already_leave_no_entry(desk) {
        desk.note("one");
        let rows = ["one", "two"].map(|title| Changes::new().with(Note::F.title, title));
        let made = Note::objects().create_missing(&mut desk.context(), rows.into());
        assert_eq!(made.expect("notes"), 1);
        assert_eq!(desk.told()[1].1["title"]["new"], "two");
        assert_eq!(desk.entries().len(), 2);
    }

    fn an_extra_action_gives_its_name_to_updates(desk) {
        let note = desk.note("one");
        let mut cx = desk.context();
        cx.set_local(Action::Custom("publish", Access::Writes));
        let changes = Changes::new().with(Note::F.reads, 1);
        one(note.id).update(&mut cx, changes).expect("an update");
        Note::objects().create(&mut cx, Changes::new().with(Note::F.title, "two")).expect("a note");
        drop(cx);
        let actions: Vec<String> = desk.told().into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, ["create", "publish", "create"]);
    }

    fn nobody_is_nobody(desk) {
        let changes = Changes::new().with(Note::F.title, "one");
        Note::objects().create(&mut desk.db.context(), changes).expect("a note");
        assert_eq!(desk.entries()[0].actor_id, None);
    }

    fn models_that_are_not_audited_pay_nothing(desk) {
        let mut cx = desk.context();
        let label = Label::objects().create(&mut cx, Changes::new().with(Label::F.name, "a"));
        assert_eq!(cx.statements(), 1);
        assert!(!cx.in_transaction());
        let changes = Changes::new().with(Label::F.name, "b");
        let id = label.expect("a label").id;
        Label::objects().update_one(&mut cx, &id, changes, None).expect("an update");
        assert_eq!(cx.statements(), 2);
        drop(cx);
        assert!(desk.entries().is_empty());
    }

    fn links_are_recorded_as_lists_of_keys(desk) {
        let labels: Vec<i64> = ["a", "b", "c"].map(|name| desk.label(name)).into();
        let note = desk.note("one");
        let set = |keys: &[i64]| {
            Note::relation_labels().set(&mut desk.context(), &note.id, keys).expect("links");
        };
        set(&[labels[1], labels[0], labels[1]]);
        set(&[labels[0], labels[1]]);
        set(&[labels[2], labels[0]]);
        let pairs = [(note.id, labels[1]), (note.id, labels[2])];
        let mut cx = desk.context();
        Note::relation_labels().link_many(&mut cx, &pairs).expect("links");
        drop(cx);
        set(&[]);
        let told: Vec<_> = desk.told().into_iter().skip(1).map(|(_, changes)| changes).collect();
        let change = |old: &[usize], new: &[usize]| {
            let keys = |places: &[usize]| places.iter().map(|at| labels[*at]).collect::<Vec<_>>();
            json!({"labels": {"old": keys(old), "new": keys(new)}})
        };
        assert_eq!(told, [
            change(&[], &[0, 1]),
            change(&[0, 1], &[0, 2]),
            change(&[0, 2], &[0, 1, 2]),
            change(&[0, 1, 2], &[]),
        ]);
    }

    fn a_row_and_its_links_are_one_entry(desk) {
        let label = desk.label("a");
        let mut cx = desk.context();
        cx.atomic(|cx| {
            let note = Note::objects().create(cx, Changes::new().with(Note::F.title, "one"))?;
            let changes = Changes::new().with(Note::F.reads, 1);
            Note::objects().update_one(cx, &note.id, changes, None)?;
            Note::relation_labels().set(cx, &note.id, &[label])
        })
        .expect("a commit");
        drop(cx);
        let told = desk.told();
        assert_eq!(told.len(), 1);
        let (action, changes) = &told[0];
        assert_eq!(action, "create");
        assert_eq!(changes["labels"], json!({"old": [], "new": [label]}));
        assert_eq!(changes["reads"], json!({"old": null, "new": 1}));
        assert_eq!(changes["version"], json!({"old": null, "new": 2}));
    }

    fn an_update_that_changes_nothing_says_nothing(desk) {
        let changes = Changes::new().with(Remark::F.text, "x");
        let remark = Remark::objects().create(&mut desk.context(), changes.clone());
        let id = remark.expect("a remark").id;
        let same = Remark::objects().update_one(&mut desk.context(), &id, changes, None);
        assert!(same.expect("an update").is_some());
        assert_eq!(desk.entries().len(), 1);
    }
}
