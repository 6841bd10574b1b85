//! Rows that are there are changed or kept, and the others are made.

use restwell_testing::{on_both_databases, race};
use serde_json::{Value, json};

use crate::tasks::office;

const UPDATE: &str = "/tasks/bulk/?on_conflict=update";
const IGNORE: &str = "/tasks/bulk/?on_conflict=ignore";

const DENIED: &str = "You do not have permission to perform this action.";

fn column<'a>(rows: &'a Value, name: &str) -> Vec<&'a Value> {
    rows.as_array()
        .expect("rows")
        .iter()
        .map(|row| &row[name])
        .collect()
}

on_both_databases! {
    with office;

    fn rows_that_are_there_are_changed_and_others_made(office) {
        let rows = json!([{"title": "a", "code": "A1", "rank": 1}, {"title": "b", "code": "B1", "rank": 2}]);
        let made = office.ann().post(UPDATE, &rows).expect(201).data();
        office.heard();
        let rows = json!([
            {"title": "c", "code": "C1"},
            {"title": "x", "code": "b1"},
            {"title": "d"},
            {"title": "a", "code": "A1", "rank": 7},
        ]);
        let answer = office.ann().post(UPDATE, &rows).expect(201);
        assert_eq!(answer.json()["message"], "4 tasks saved successfully");
        let saved = answer.data();
        assert_eq!(column(&saved, "title"), ["c", "x", "d", "a"]);
        assert_eq!([&saved[1]["id"], &saved[3]["id"]], [&made[1]["id"], &made[0]["id"]]);
        assert_eq!(column(&saved, "rank"), [0, 2, 0, 7], "what a row does not bring stays");
        assert_eq!(office.rows().len(), 4);
        let heard = office.heard();
        let heard: Vec<&str> = heard.iter().filter_map(|note| note.split(' ').next()).collect();
        assert_eq!(heard, ["create", "create", "partial_update", "partial_update"]);
        let again = office.ann().post(UPDATE, &json!([rows[1], rows[3]])).expect(200).data();
        assert_eq!(column(&again, "title"), ["x", "a"]);
    }

    fn rows_that_are_there_are_kept(office) {
        office.ann().post(UPDATE, &json!([{"title": "a", "code": "A1"}])).expect(201);
        let before = office.rows();
        let rows = json!([{"title": "x", "code": "a1"}, {"title": "b", "code": "B1"}]);
        let saved = office.bob().post(IGNORE, &rows).expect(201).data();
        assert_eq!(column(&saved, "title"), ["a", "b"]);
        assert_eq!(office.rows()[..1], before);
        office.bob().post(IGNORE, &rows).expect(200);
        assert_eq!(office.rows().len(), 2);
    }

    fn what_guards_a_row_guards_each(office) {
        office.ann().post(UPDATE, &json!([{"title": "a", "code": "A1"}])).expect(201);
        let before = office.rows();
        let rows = json!([{"title": "x", "code": "A1"}, {"title": "b", "code": "B1"}, {"code": "C1"}]);
        let errors = office.bob().post(UPDATE, &rows).expect(403).errors();
        assert_eq!(errors, json!({
            "0": {"non_field_errors": [DENIED]},
            "2": {"title": ["This field is required."]},
        }));
        let rows = json!([{"title": "a", "code": "A1", "rank": 101}, {"title": "b", "code": "B1"}]);
        let errors = office.ann().post(UPDATE, &rows).expect(400).errors();
        assert_eq!(errors, json!({"0": {"rank": ["This value is not allowed."]}}));
        let rows = json!([{"title": "a", "code": "A1", "pay": 7}]);
        let saved = office.ann().post(UPDATE, &rows).expect(200).data();
        assert_eq!(saved[0]["pay"], 0);
        assert_eq!(office.rows().len(), before.len());
    }

    fn the_same_row_stands_in_a_request_once(office) {
        office.ann().post(UPDATE, &json!([{"title": "a", "code": "A1"}])).expect(201);
        let rows = json!([
            {"title": "a", "code": "A1"},
            {"title": "b", "code": "B1"},
            {"title": "c", "code": "a1"},
            {"title": "d", "code": "b1"},
        ]);
        let twice = json!({"code": ["task with this code already exists."]});
        let errors = office.ann().post(UPDATE, &rows).expect(400).errors();
        assert_eq!(errors, json!({"2": twice, "3": twice}));
        assert_eq!(office.rows().len(), 1);
    }

    fn sound_rows_are_saved_beside_others(office) {
        office.ann().post(UPDATE, &json!([{"title": "a", "code": "A1"}])).expect(201);
        let rows = json!([
            {"title": "b", "code": "B1"},
            {"title": "c", "code": "A1"},
            {"title": "", "code": "D1"},
            {"title": "e", "rank": 101},
        ]);
        let path = format!("{UPDATE}&mode=partial");
        let data = office.ann().post(&path, &rows).expect(207).data();
        assert_eq!(column(&data["results"], "status"), [201, 200, 400, 400]);
        assert_eq!(data["results"][1]["data"]["title"], "c");
        let path = format!("{UPDATE}&dry_run=true");
        let before = office.rows();
        office.ann().post(&path, &json!([{"title": "y", "code": "Y1"}])).expect(200);
        assert_eq!(office.rows(), before);
    }

    fn the_columns_that_may_change_are_declared(office) {
        let place = "/lists/1/tasks/bulk/?on_conflict=update";
        let rows = json!([{"title": "a", "code": "A1", "rank": 1}]);
        let made = office.ann().post(place, &rows).expect(201).data();
        let rows = json!([{"title": "a", "code": "X1", "rank": 2}, {"title": "b"}]);
        let saved = office.ann().post(place, &rows).expect(201).data();
        assert_eq!(saved[0]["id"], made[0]["id"]);
        assert_eq!([&saved[0]["code"], &saved[0]["rank"]], [&json!("A1"), &json!(2)]);
        // The same title in another list is another task.
        let rows = json!([{"title": "a", "list": 2}]);
        office.ann().post("/tasks/bulk/", &rows).expect(201);
        assert_eq!(office.rows().len(), 3);
    }

    fn one_that_is_made_meanwhile_is_there(office) {
        let clients: Vec<_> = (0..4).map(|_| office.ann()).collect();
        let rows: Vec<Value> = (0..5).map(|number| {
            json!({"title": format!("{number}"), "code": format!("N{number}"), "rank": number})
        }).collect();
        let statuses = race(4, |thread| clients[thread].post(UPDATE, &json!(rows)).status);
        assert!(statuses.iter().all(|status| [200, 201].contains(status)), "{statuses:?}");
        assert_eq!(office.rows().len(), 5);
    }

    fn one_that_is_made_meanwhile_is_there_in_the_partial_mode_too(office) {
        let clients: Vec<_> = (0..4).map(|_| office.ann()).collect();
        let path = format!("{UPDATE}&mode=partial");
        for round in 0..4 {
            let rows: Vec<Value> = (0..20).map(|number| {
                let name = format!("R{round}N{number}");
                json!({"title": name, "code": name, "rank": number})
            }).collect();
            let answers = race(4, |thread| {
                clients[thread].post(&path, &json!(rows)).expect(207).data()
            });
            for data in answers {
                assert_eq!(data["failed"], 0, "{data}");
            }
        }
        assert_eq!(office.rows().len(), 80);
    }

    fn what_is_wrong_for_good_is_tried_once(office) {
        office.ann().post(UPDATE, &json!([{"title": "a", "code": "A1"}])).expect(201);
        let rows = json!([{"title": "a", "code": "B1"}, {"title": "b", "code": "B2"}]);
        let once = office.ann().post("/tasks/bulk/", &rows).expect(400);
        let upsert = office.ann().post(UPDATE, &rows).expect(400);
        assert_eq!(upsert.errors(), once.errors());
        // It looks for its rows, and whether they are there meanwhile.
        assert!(upsert.statements() <= once.statements() + 2, "{} statements", upsert.statements());
    }

    fn rows_are_found_by_what_others_are_called(office) {
        let path = "/named-tasks/bulk/?on_conflict=update";
        let rows = json!([{"list": "work", "title": "a", "rank": 1}]);
        let made = office.ann().post(path, &rows).expect(201).data();
        let rows = json!([{"list": "work", "title": "a", "rank": 2}, {"list": "home", "title": "a"}]);
        let saved = office.ann().post(path, &rows).expect(201).data();
        assert_eq!([&saved[0]["id"], &saved[0]["rank"]], [&made[0]["id"], &json!(2)]);
        assert_eq!(office.rows().len(), 2);
        let rows = json!([{"list": "none", "title": "a"}, {"list": "work", "title": "a"}]);
        let errors = office.ann().post(path, &rows).expect(400).errors();
        assert_eq!(errors, json!({"0": {"list": ["Object with name=none does not exist."]}}));
    }

    fn an_upsert_is_for_who_declares_it(office) {
        office.ann().post("/own-tasks/bulk/?on_conflict=update", &json!([{"title": "a"}])).expect(400);
        let errors = office.ann().post("/tasks/bulk/?on_conflict=replace", &json!([])).expect(400).errors();
        assert_eq!(errors, json!({"on_conflict": ["Must be update or ignore."]}));
        for method in ["PUT", "PATCH", "DELETE"] {
            let refused = office.ann().send_json(method, UPDATE, &json!([])).expect(400).errors();
            assert!(refused["on_conflict"][0].as_str().expect("a message").starts_with("Unknown filter."), "{method}");
        }
    }
}
