//! Many at once: what an entry calls old was there, and no chain forks.

use restwell_audit::verify;
use restwell_db::{Changes, Model as _};
use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::model::{Note, Remark, one, opened};

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

    fn links_that_are_added_at_once_fork_no_chain(desk) {
        let labels: Vec<i64> = (0..5).map(|i| desk.label(&format!("label {i}"))).collect();
        let note = desk.note("one");
        race(5, |i| {
            for label in labels.iter().cycle().skip(i).take(5) {
                let pairs = [(note.id, *label)];
                Note::relation_labels().link_many(&mut desk.context(), &pairs).expect("links");
            }
        });
        assert_eq!(desk.entries().len(), 6, "each link is added once");
        assert_eq!(verify(&mut desk.context()).expect("a walk"), []);
    }

    fn a_log_that_grows_meanwhile_has_no_faults(desk) {
        let notes: Vec<i64> = (0..4).map(|i| desk.note(&format!("note {i}")).id).collect();
        // More than are read at a time.
        for _ in 0..2 {
            let rows = (0..1_500).map(|_| Changes::new().with(Remark::F.text, "a remark"));
            Remark::objects().create_many(&mut desk.context(), rows.collect()).expect("remarks");
        }
        race(5, |i| {
            let Some(id) = notes.get(i) else {
                for _ in 0..4 {
                    assert_eq!(verify(&mut desk.context()).expect("a walk"), []);
                }
                return;
            };
            for reads in 1..40 {
                let mut cx = desk.context();
                let slow = cx.atomic(|cx| {
                    one(*id).update(cx, Changes::new().with(Note::F.reads, reads))?;
                    Ok(())
                });
                slow.expect("an update");
            }
        });
    }
}
