//! Many at once: what an entry calls old was there, and no chain forks.

use restwell_audit::verify;
use restwell_db::Changes;
use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::model::{Note, one, opened};

on_both_databases! {
    with opened;

    fn old_values_are_those_that_were_overwritten(desk) {
        let note = desk.note("one");
        race(5, |i| {
            for step in 0..10 {
                let reads = i32::try_from(i * 100 + step).expect("a number");
                let changes = Changes::new().with(Note::F.reads, reads);
                one(note.id).update_one(&mut desk.context(), &note.id, changes, None).expect("an update");
            }
        });
        let told = desk.told();
        assert_eq!(told.len(), 51);
        let mut before = json!(0);
        for (place, (_, changes)) in told.iter().enumerate().skip(1) {
            assert_eq!(changes["version"], json!({"old": place, "new": place + 1}));
            if changes.get("reads").is_some() {
                assert_eq!(changes["reads"]["old"], before);
                before = changes["reads"]["new"].clone();
            }
        }
        assert_eq!(verify(&mut desk.context()).expect("a walk"), []);
    }

    fn of_many_updates_of_one_version_one_is_recorded(desk) {
        let note = desk.note("one");
        let wins = race(5, |i| {
            let title = Changes::new().with(Note::F.title, format!("by {i}"));
            let mut cx = desk.context();
            one(note.id).update_one(&mut cx, &note.id, title, Some(1)).expect("an update").is_some()
        });
        assert_eq!(wins.into_iter().filter(|won| *won).count(), 1);
        assert_eq!(desk.entries().len(), 2);
    }

    fn links_that_are_set_at_once_are_told_in_their_order(desk) {
        let labels: Vec<i64> = (0..5).map(|i| desk.label(&format!("label {i}"))).collect();
        let note = desk.note("one");
        race(5, |i| {
            for step in 0..5 {
                let label = labels[(i + step) % 5];
                Note::relation_labels().set(&mut desk.context(), &note.id, &[label]).expect("links");
            }
        });
        let mut before = json!([]);
        for (_, changes) in desk.told().into_iter().skip(1) {
            assert_eq!(changes["labels"]["old"], before);
            before = changes["labels"]["new"].clone();
        }
        assert_eq!(verify(&mut desk.context()).expect("a walk"), []);
    }
}
