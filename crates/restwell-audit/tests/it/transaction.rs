//! An entry stands and falls with its change.

use restwell_core::{Error, Result};
use restwell_db::{Changes, Model as _};
use restwell_testing::on_both_databases;

use crate::model::{Note, one, opened};

fn note(title: &str) -> Changes<Note> {
    Changes::new().with(Note::F.title, title)
}

on_both_databases! {
    with opened;

    fn what_is_rolled_back_leaves_no_entry(desk) {
        let undone: Result<()> = desk.context().atomic(|cx| {
            Note::objects().create(cx, note("one"))?;
            Err(Error::permission_denied())
        });
        assert_eq!(undone.expect_err("a refusal").status(), 403);
        let taken = desk.note("one");
        let refused = Note::objects().create(&mut desk.context(), note("one"));
        assert_eq!(refused.expect_err("a taken title").status(), 400);
        desk.context().rehearse(|cx| one(taken.id).delete(cx)).expect("a rehearsal");
        assert_eq!(desk.entries().len(), 1);
    }

    fn a_savepoint_takes_its_entries_along(desk) {
        let mut cx = desk.context();
        cx.atomic(|cx| {
            Note::objects().create(cx, note("kept"))?;
            let undone: Result<()> = cx.atomic(|cx| {
                Note::objects().create(cx, note("undone"))?;
                cx.atomic(|cx| Note::objects().create(cx, note("deeper")).map(drop))?;
                Err(Error::not_found())
            });
            assert!(undone.is_err());
            cx.atomic(|cx| Note::objects().create(cx, note("also kept")).map(drop))
        })
        .expect("a commit");
        drop(cx);
        let titles: Vec<_> = desk.told().into_iter().map(|(_, changes)| changes["title"]["new"].clone()).collect();
        assert_eq!(titles, ["kept", "also kept"]);
    }

    fn a_context_can_go_on_after_a_rollback(desk) {
        let mut cx = desk.context();
        let undone: Result<()> = cx.atomic(|cx| {
            Note::objects().create(cx, note("one"))?;
            Err(Error::not_found())
        });
        assert!(undone.is_err());
        Note::objects().create(&mut cx, note("two")).expect("a note");
        drop(cx);
        assert_eq!(desk.entries().len(), 1);
        assert_eq!(desk.told()[0].1["title"]["new"], "two");
    }

    fn rows_of_any_number_are_recorded(desk) {
        const ROWS: usize = 12_000;
        let mut cx = desk.context();
        let rows = (0..ROWS).map(|i| note(&format!("note {i}"))).collect();
        cx.atomic(|cx| Note::objects().create_many(cx, rows)).expect("notes");
        drop(cx);
        let count = restwell_audit::AuditEntry::objects().count(&mut desk.context());
        assert_eq!(count.expect("a count"), 12_000);
    }
}
