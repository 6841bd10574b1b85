//! Links of many-to-many relations.

use restwell_testing::on_both_databases;

use crate::desk::{Note, add, label, told};

on_both_databases! {
    with told;

    fn are_told_of_where_they_change(desk) {
        let mut cx = desk.context();
        let note = add(&mut cx, "a").expect("a note").id;
        let [x, y, z] = ["x", "y", "z"].map(|name| label(&mut cx, name));
        assert_eq!([note, x, y, z], [1, 1, 2, 3]);
        drop(cx);
        let mut cx = desk.context();
        desk.log.told();
        let labels = Note::relation_labels();
        labels.set(&mut cx, &note, &[x, y]).expect("links");
        assert_eq!(desk.log.told(), ["labels: 1 [] to [1, 2], 2 more, 0 fewer"]);
        labels.set(&mut cx, &note, &[y, x]).expect("links");
        assert_eq!(desk.log.told(), [""; 0]);
        labels.set(&mut cx, &note, &[y, z]).expect("links");
        assert_eq!(desk.log.told(), ["labels: 1 [1, 2] to [2, 3], 1 more, 1 fewer"]);
        labels.link_many(&mut cx, &[(note, x), (note, y)]).expect("links");
        assert_eq!(desk.log.told(), ["labels: 1 [2, 3] to [1, 2, 3], 1 more, 0 fewer"]);
        labels.set(&mut cx, &note, &[]).expect("links");
        assert_eq!(desk.log.told(), ["labels: 1 [1, 2, 3] to [], 0 more, 3 fewer"]);
    }
}
