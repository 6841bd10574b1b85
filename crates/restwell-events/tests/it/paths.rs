//! Every path on which rows are written is told of, once for all the rows of a statement.

use restwell_db::{Changes, Model as _, RowUpdate};
use restwell_testing::on_both_databases;

use crate::desk::{Label, Note, Remark, add, label, named, note, remark, told};

/// What a line says of each row.
fn sorted(line: &str) -> Vec<String> {
    let (_, rows) = line.split_once(": ").expect("rows");
    let mut rows: Vec<String> = rows.split(", ").map(str::to_owned).collect();
    rows.sort();
    rows
}

on_both_databases! {
    with told;

    fn inserts(desk) {
        let mut cx = desk.context();
        add(&mut cx, "a").expect("a note");
        assert_eq!(desk.log.told(), ["before create: - to a", "after create: - to a 0 v1"]);
        let rows = ["b", "c"].map(note).to_vec();
        Note::objects().create_many(&mut cx, rows).expect("notes");
        assert_eq!(desk.log.told(), [
            "before create: - to b, - to c",
            "after create: - to b 0 v1, - to c 0 v1",
        ]);
        // Other columns begin another statement.
        let rows = vec![note("d"), note("e").with(Note::F.reads, 1)];
        Note::objects().create_many(&mut cx, rows).expect("notes");
        assert_eq!(desk.log.told()[1], "after create: - to d 0 v1, - to e 1 v1");
        Note::objects().create_many(&mut cx, Vec::new()).expect("nothing");
        assert_eq!(desk.log.told(), [""; 0]);
        let rows = ["a", "f"].map(note).to_vec();
        assert_eq!(Note::objects().create_missing(&mut cx, rows).expect("a number"), 1);
        assert_eq!(desk.log.told(), [
            "before create: - to a, - to f",
            "after create: - to f 0 v1",
        ]);
        assert!(add(&mut cx, "a").is_err());
        assert_eq!(desk.log.told(), ["before create: - to a"]);
    }

    fn updates(desk) {
        let mut cx = desk.context();
        let first = add(&mut cx, "a").expect("a note");
        add(&mut cx, "b").expect("a note");
        desk.log.told();
        let read = Changes::new().with(Note::F.reads, 5);
        Note::objects().update(&mut cx, read).expect("an update");
        assert_eq!(desk.log.told(), [
            "before update: a to -, b to -",
            "after update: a 0 v1 to a 5 v2, b 0 v1 to b 5 v2",
        ]);
        let one = Note::objects().update_one(&mut cx, &first.id, note("c"), None);
        assert_eq!(one.expect("an update").expect("a note").version, 3);
        assert_eq!(desk.log.told(), ["before update: a to c", "after update: a 5 v2 to c 5 v3"]);
        named("c").increment(&mut cx, Note::F.reads, 2).expect("an update");
        assert_eq!(desk.log.told(), ["before update: c to -", "after update: c 5 v3 to c 7 v3"]);
        named("c").update_only(&mut cx, note("d")).expect("an update");
        assert_eq!(desk.log.told(), ["before update: c to d", "after update: c 7 v3 to d 7 v3"]);
        // Nothing is told of no rows.
        named("nobody").update(&mut cx, note("e")).expect("an update");
        let stale = Note::objects().update_one(&mut cx, &first.id, note("e"), Some(1));
        assert_eq!(stale.expect("no update"), None);
        assert_eq!(desk.log.told(), [""; 0]);
    }

    fn rows_that_change_each_in_its_own_way(desk) {
        let mut cx = desk.context();
        let ids = ["a", "b", "c"].map(|title| add(&mut cx, title).expect("a note").id);
        desk.log.told();
        let update = |at: usize, title, expected_version| RowUpdate {
            pk: ids[at],
            changes: note(title),
            expected_version,
        };
        let updates = vec![update(0, "x", None), update(1, "y", Some(9)), update(2, "z", Some(1))];
        let changed = Note::objects().update_each(&mut cx, updates).expect("updates");
        assert_eq!(changed.iter().flatten().count(), 2);
        let mut told = desk.log.told();
        let after: Vec<String> = told.pop().into_iter().flat_map(|line| sorted(&line)).collect();
        assert_eq!(after, ["a 0 v1 to x 0 v2", "c 0 v1 to z 0 v2"]);
        // Which versions fit is seen when they are changed.
        assert_eq!(sorted(&told.pop().expect("a line")), ["a to x", "b to y", "c to z"]);
        assert!(told.is_empty());
        // Other columns take another statement, and are told of with the rest.
        let mut updates = vec![update(0, "a", None), update(2, "c", None)];
        updates[1].changes.set(Note::F.reads, 7);
        Note::objects().update_each(&mut cx, updates).expect("updates");
        let told = desk.log.told();
        assert_eq!(told[..2], ["before update: x to a", "before update: z to c"]);
        assert_eq!(sorted(&told[2]), ["x 0 v2 to a 0 v3", "z 0 v2 to c 7 v3"]);
        assert_eq!(told.len(), 3);
    }

    fn soft_deletions_and_restorations(desk) {
        let mut cx = desk.context();
        let id = add(&mut cx, "a").expect("a note").id;
        for text in ["one", "two"] {
            remark(&mut cx, Some(id), None, text);
        }
        desk.log.told();
        assert_eq!(named("a").delete(&mut cx).expect("a deletion"), 1);
        assert_eq!(desk.log.told(), [
            "before delete, for good false: a",
            "after delete, for good false: a",
            "remarks gone, for good false: one, two",
        ]);
        assert_eq!(named("a").delete(&mut cx).expect("a number"), 0);
        assert_eq!(desk.log.told(), [""; 0]);
        assert_eq!(named("a").restore(&mut cx).expect("a restoration"), 1);
        assert_eq!(desk.log.told(), [
            "before restore: a to -",
            "after restore: a 0 v2 to a 0 v3",
            "remarks restore: one, two",
        ]);
    }

    fn removals(desk) {
        let mut cx = desk.context();
        let id = add(&mut cx, "a").expect("a note").id;
        add(&mut cx, "b").expect("a note");
        remark(&mut cx, Some(id), None, "one");
        desk.log.told();
        assert_eq!(Note::objects().purge(&mut cx).expect("a removal"), 2);
        // What goes along in the database is told of when it has gone.
        assert_eq!(desk.log.told(), [
            "before delete, for good true: a, b",
            "after delete, for good true: a, b",
            "remarks gone, for good true: one",
        ]);
        assert_eq!(Remark::objects().count(&mut cx).expect("a count"), 0);
    }

    fn rows_that_are_let_go_of(desk) {
        let mut cx = desk.context();
        let label = label(&mut cx, "x");
        remark(&mut cx, None, Some(label), "one");
        assert_eq!(desk.log.told(), ["remarks create: one"]);
        Label::objects().purge(&mut cx).expect("a removal");
        assert_eq!(desk.log.told(), ["remarks update: one let go"]);
    }

    fn what_nobody_listens_to_costs_nothing(desk) {
        let mut cx = desk.context();
        label(&mut cx, "x");
        Label::objects().update(&mut cx, Changes::new().with(Label::F.name, "y")).expect("an update");
        assert_eq!(cx.statements(), 2);
        Label::objects().purge(&mut cx).expect("a removal");
        assert!(!cx.in_transaction());
        // That the rows of remarks which are let go of are told of is what the removal costs more.
        assert_eq!(desk.log.told(), [""; 0]);
    }
}
