//! Who is told, and what happens when nobody is.

use std::sync::{Arc, Mutex};

use restwell_audit::{Audit, Entry, Sink};
use restwell_core::{Error, Result};
use restwell_db::{Changes, Context, Model as _, PoolOptions};
use restwell_testing::{TestDatabase, on_both_databases};

use crate::model::{Desk, Label, Note, one, opened};

/// Keeps what was committed, and refuses notes that are called "no".
#[derive(Clone, Default)]
struct Elsewhere(Arc<Mutex<Vec<Entry>>>);

impl Sink for Elsewhere {
    fn receive(&self, entries: &[Entry], cx: &mut Context) -> Result<()> {
        if entries.iter().any(|entry| entry.changes.contains("\"no\"")) {
            return Err(Error::unavailable());
        }
        let (kept, entries) = (self.0.clone(), entries.to_vec());
        cx.on_commit(move || kept.lock().expect("no panic").extend(entries));
        Ok(())
    }
}

struct Watched {
    desk: Desk,
    elsewhere: Elsewhere,
}

fn watched(db: TestDatabase) -> Watched {
    let elsewhere = Elsewhere::default();
    let db = db.recording(Audit::new().sink(elsewhere.clone()));
    Watched {
        desk: opened(db),
        elsewhere,
    }
}

fn note(title: &str) -> Changes<Note> {
    Changes::new().with(Note::F.title, title)
}

on_both_databases! {
    with watched;

    fn a_sink_hears_of_what_is_committed(watched) {
        let mut cx = watched.desk.context();
        Note::objects().create(&mut cx, note("one")).expect("a note");
        assert!(watched.elsewhere.0.lock().expect("no panic").is_empty());
        for effect in cx.take_effects() {
            effect();
        }
        let kept = watched.elsewhere.0.lock().expect("no panic");
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].entity, kept[0].action.as_str()), ("notes", "create"));
        assert!(kept[0].changes.contains("\"one\""));
    }

    fn a_sink_that_fails_undoes_the_change(watched) {
        let mut cx = watched.desk.context();
        let refused = Note::objects().create(&mut cx, note("no"));
        assert_eq!(refused.expect_err("a refusal").status(), 503);
        assert_eq!(Note::objects().count(&mut cx).expect("a count"), 0);
        let passed_over = cx.atomic(|cx| {
            Note::objects().create(cx, note("no"))?;
            Ok(())
        });
        assert!(passed_over.is_err());
        assert!(cx.take_effects().is_empty());
        drop(cx);
        assert!(watched.desk.entries().is_empty());
    }

    fn without_a_recorder_audited_models_are_not_written(watched) {
        let url = watched.desk.db.url().parse().expect("a URL");
        let pool = PoolOptions::default().size(1).open(url).expect("a pool");
        let mut cx = Context::detached(pool);
        let label = Changes::new().with(Label::F.name, "a");
        Label::objects().create(&mut cx, label).expect("a label");
        let refused = Note::objects().create(&mut cx, note("one"));
        assert_eq!(refused.expect_err("a refusal").status(), 500);
        let passed_over = cx.atomic(|cx| {
            assert!(Note::objects().create(cx, note("one")).is_err());
            Ok(())
        });
        assert_eq!(passed_over.expect_err("a refusal").status(), 500);
        assert_eq!(Note::objects().count(&mut cx).expect("a count"), 0);
        drop(cx);
        let id = watched.desk.note("one").id;
        let url = watched.desk.db.url().parse().expect("a URL");
        let mut cx = Context::detached(PoolOptions::default().size(1).open(url).expect("a pool"));
        assert!(one(id).delete(&mut cx).is_err());
        assert!(one(id).purge(&mut cx).is_err());
        assert_eq!(Note::objects().count(&mut cx).expect("a count"), 1);
    }
}
