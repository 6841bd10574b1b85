//! Deletions of either kind, and what they do to other rows.

use restwell_db::{Changes, Model as _};
use restwell_testing::on_both_databases;
use serde_json::json;

use crate::model::{Desk, Label, Note, Remark, one, opened};

fn remark(desk: &Desk, changes: Changes<Remark>) -> i64 {
    let changes = changes.with(Remark::F.text, "x");
    let remark = Remark::objects().create(&mut desk.context(), changes);
    remark.expect("a remark").id
}

on_both_databases! {
    with opened;

    fn a_soft_deletion_and_its_restoration_are_recorded(desk) {
        let note = desk.note("one");
        assert_eq!(one(note.id).delete(&mut desk.context()).expect("a number"), 1);
        assert_eq!(one(note.id).delete(&mut desk.context()).expect("a number"), 0);
        assert_eq!(one(note.id).restore(&mut desk.context()).expect("a number"), 1);
        assert_eq!(one(note.id).restore(&mut desk.context()).expect("a number"), 0);
        let told = desk.told();
        assert_eq!(told.len(), 3);
        assert_eq!(told[1], ("delete".to_owned(), json!({
            "deleted_at": {"old": null, "new": "2026-01-15T10:30:00.123456Z"},
            "deleted_by": {"old": null, "new": 7},
            "version": {"old": 1, "new": 2},
        })));
        assert_eq!(told[2], ("restore".to_owned(), json!({
            "deleted_at": {"old": "2026-01-15T10:30:00.123456Z", "new": null},
            "deleted_by": {"old": 7, "new": null},
            "version": {"old": 2, "new": 3},
        })));
    }

    fn a_removal_says_what_is_gone(desk) {
        let note = desk.note("one");
        one(note.id).purge(&mut desk.context()).expect("a number");
        let (action, changes) = desk.told().remove(1);
        assert_eq!(action, "purge");
        assert_eq!(changes["title"], json!({"old": "one", "new": null}));
        assert_eq!(changes["id"], json!({"old": note.id, "new": null}));
    }

    fn what_the_database_removes_along_is_recorded(desk) {
        let note = desk.note("one");
        let first = remark(desk, Changes::new().with(Remark::F.note_id, note.id));
        let answer = remark(desk, Changes::new().with(Remark::F.answers_id, first));
        let deeper = remark(desk, Changes::new().with(Remark::F.answers_id, answer));
        let other = remark(desk, Changes::new());
        one(note.id).purge(&mut desk.context()).expect("a number");
        let left = Remark::objects().values(Remark::F.id, &mut desk.context());
        assert_eq!(left.expect("remarks"), [other]);
        let entries = desk.entries();
        let purged: Vec<_> = entries
            .iter()
            .filter(|entry| entry.action == "purge")
            .map(|entry| (entry.entity.as_str(), entry.entity_id.clone()))
            .collect();
        for key in [first, answer, deeper] {
            assert!(purged.contains(&("remarks", key.to_string())), "{purged:?}");
        }
        assert!(purged.contains(&("notes", note.id.to_string())));
        assert_eq!(purged.len(), 4);
    }

    fn references_that_are_let_go_are_recorded(desk) {
        let label = desk.label("a");
        let remark = remark(desk, Changes::new().with(Remark::F.label_id, label));
        let gone = Label::objects().filter(Label::F.id.eq(label)).delete(&mut desk.context());
        assert_eq!(gone.expect("a number"), 1);
        let (action, changes) = desk.told().remove(1);
        assert_eq!(action, "update");
        assert_eq!(changes, json!({"label_id": {"old": label, "new": null}}));
        let left = Remark::objects().find(&mut desk.context(), &remark).expect("the remark");
        assert_eq!(left.label_id, None);
    }

    fn a_restoration_that_meets_a_taken_value_is_a_conflict(desk) {
        let note = desk.note("one");
        one(note.id).delete(&mut desk.context()).expect("a number");
        desk.note("one");
        let error = one(note.id).restore(&mut desk.context()).expect_err("a taken title");
        assert_eq!((error.status(), error.code()), (409, "taken"));
        assert!(error.fields().contains("title"));
        assert_eq!(desk.entries().len(), 3);
        let still = Note::objects().only_deleted().count(&mut desk.context());
        assert_eq!(still.expect("a count"), 1);
    }
}
