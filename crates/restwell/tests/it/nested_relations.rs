//! Rows that are written with the row, over relations of every kind.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::projects::{Office, office};

/// Changes the first project and returns it.
fn patched(office: &Office, body: &Value) -> Value {
    office.client().patch("/boards/1/", body).expect(200).data()
}

fn errors(office: &Office, body: &Value) -> Value {
    office
        .client()
        .patch("/boards/1/", body)
        .expect(400)
        .errors()
}

fn absent(key: i64) -> Value {
    json!({"id": [format!("Invalid pk \"{key}\" - object does not exist.")]})
}

on_both_databases! {
    with office;

    fn what_is_no_object_is_refused_as_a_whole(office) {
        let invalid = |found: &str| {
            let message = format!("Invalid data. Expected a dictionary, but got {found}.");
            json!({"non_field_errors": [message]})
        };
        let body = json!({"client": 7, "brief": "text", "tasks": 1.5});
        assert_eq!(errors(office, &body), json!({
            "tasks": {"non_field_errors": ["Expected a list of items but got type \"float\"."]},
            "brief": invalid("str"),
            "client": invalid("int"),
        }));
        assert_eq!(errors(office, &json!({"client": [{}], "brief": true})), json!({
            "brief": invalid("bool"), "client": invalid("list"),
        }));
        let some = json!([{"id": 2, "name": "B"}, {"id": 1, "client": "Noah"}]);
        let refused = office.client().patch("/boards/bulk/", &some).expect(400).errors();
        assert_eq!(refused, json!({"1": {"client": invalid("str")}}));
    }

    fn what_is_appended_takes_nothing_away(office) {
        let tasks = json!({"tasks": [{"title": "Keel"}, {"id": 2, "title": "Deck"}]});
        let data = patched(office, &tasks);
        assert_eq!(data["tasks"].as_array().map(Vec::len), Some(3));
        patched(office, &json!({"tasks": []}));
        let titles: Vec<String> = office.tasks().into_iter().map(|(_, title)| title).collect();
        assert_eq!(titles, ["Hull", "Deck", "Tower", "Keel"]);
    }

    fn rows_that_are_never_shown_are_written(office) {
        let body = json!({"more": [{"title": "Keel"}, {"id": 1, "hours": 2}]});
        let data = office.client().patch("/desks/1/", &body).expect(200).data();
        assert_eq!(data, json!({"id": 1, "notes": []}));
        assert_eq!(office.tasks().len(), 4);
    }

    fn rows_that_can_be_alone_are_released(office) {
        let data = patched(office, &json!({"notes": [{"body": "a"}, {"body": "b"}]}));
        assert_eq!(data["notes"][1], json!({"id": 2, "body": "b"}));
        let data = patched(office, &json!({"notes": [{"id": 2, "body": "B"}, {"body": "c"}]}));
        assert_eq!(data["notes"], json!([{"id": 2, "body": "B"}, {"id": 3, "body": "c"}]));
        assert_eq!(office.db.rows("notes").len(), 3);
        let refused = errors(office, &json!({"notes": [{"id": 1, "body": "mine"}]}));
        assert_eq!(refused, json!({"notes": {"0": absent(1)}}), "it belongs to nobody");
    }

    fn orphans_are_deleted_softly_where_that_is_declared(office) {
        let body = json!({"notes": [{"body": "a"}, {"body": "b"}]});
        office.client().patch("/desks/1/", &body).expect(200);
        let left = office.client().patch("/desks/1/", &json!({"notes": [{"id": 2}]})).expect(200);
        assert_eq!(left.data()["notes"], json!([{"id": 2, "body": "b"}]));
        assert_eq!(office.db.rows("notes").len(), 2);
        let gone = json!({"notes": [{"id": 1, "body": "back"}]});
        let refused = office.client().patch("/desks/1/", &gone).expect(400).errors();
        assert_eq!(refused, json!({"notes": {"0": absent(1)}}));
    }

    fn keys_that_clients_choose_name_no_row(office) {
        let shelve = |key: i64, title: &str| {
            let body = json!({"tasks": [{"id": key, "title": title}]});
            office.client().patch("/shelves/1/", &body)
        };
        let made = shelve(70, "Keel").expect(200).data();
        assert_eq!(made["tasks"][2]["id"], 70);
        for taken in [1, 3, 70] {
            let refused = shelve(taken, "Mine").expect(400).errors();
            let message = "task with this id already exists.";
            assert_eq!(refused, json!({"tasks": {"0": {"id": [message]}}}));
        }
        assert!(office.tasks().iter().all(|(_, title)| title != "Mine"));
        let twice = json!({"tasks": [{"id": 80, "title": "A"}, {"id": 80, "title": "B"}]});
        let refused = office.client().patch("/shelves/1/", &twice).expect(400).errors();
        assert!(refused["tasks"]["1"]["id"].is_array(), "{refused}");
    }

    fn shared_rows_are_made_changed_and_linked(office) {
        let data = patched(office, &json!({"labels": [{"name": "red"}, {"name": "blue"}]}));
        assert_eq!(data["labels"], json!([{"id": 1, "name": "red"}, {"id": 2, "name": "blue"}]));
        let data = patched(office, &json!({"labels": [{"id": 2, "name": "navy"}]}));
        assert_eq!(data["labels"], json!([{"id": 2, "name": "navy"}]));
        assert_eq!(office.db.rows("labels").len(), 2, "a shared row is no orphan");
        let new = json!({"name": "Cathedral", "labels": [{"id": 1}, {"name": "gold"}]});
        let made = office.client().post("/boards/", &new).expect(201).data();
        assert_eq!(made["labels"], json!([{"id": 1, "name": "red"}, {"id": 3, "name": "gold"}]));
        let refused = errors(office, &json!({"labels": [{"id": 9}, {"name": "red"}]}));
        assert_eq!(refused["labels"]["0"], absent(9));
        assert_eq!(patched(office, &json!({"labels": []}))["labels"], json!([]));
    }

    fn shared_rows_are_named_by_several_rows_of_a_request(office) {
        patched(office, &json!({"labels": [{"name": "red"}, {"name": "blue"}]}));
        let rows = |one: Value, other: Value| json!([
            {"id": 1, "labels": [{"id": 2}, one]}, {"id": 2, "labels": [other, {"id": 2}]},
        ]);
        let send = |rows: &Value| office.client().patch("/boards/bulk/", rows);
        let named = rows(json!({"id": 1}), json!({"id": 1}));
        for body in [&named, &rows(json!({"id": 1}), json!({"id": 1, "name": "pink"}))] {
            let made = send(body).expect(200).data();
            let names = |row: usize| made[row]["labels"].as_array().map(Vec::len);
            assert_eq!([names(0), names(1)], [Some(2), Some(2)]);
        }
        let shown = office.client().get("/boards/1/").expect(200).data();
        assert_eq!(shown["labels"][0]["name"], "pink", "who says something of it changes it");
        let twice = rows(json!({"id": 1, "name": "a"}), json!({"id": 1, "name": "b"}));
        let message = "The pk \"1\" stands twice.";
        let errors = send(&twice).expect(400).errors();
        assert_eq!(errors, json!({"1": {"labels": {"0": {"id": [message]}}}}));
        let within = json!([{"id": 1, "labels": [{"id": 1}, {"id": 1}]}]);
        let errors = send(&within).expect(400).errors();
        assert_eq!(errors, json!({"0": {"labels": {"1": {"id": [message]}}}}));
    }

    fn a_value_that_another_row_has_is_told_at_its_place(office) {
        patched(office, &json!({"labels": [{"name": "red"}]}));
        let refused = errors(office, &json!({"labels": [{"name": "blue"}, {"name": "red"}]}));
        let message = "label with this name already exists.";
        assert_eq!(refused, json!({"labels": {"1": {"name": [message]}}}));
        assert_eq!(office.db.rows("labels").len(), 1);
    }

    fn the_one_row_that_belongs_to_a_row_is_made_changed_and_deleted(office) {
        let data = patched(office, &json!({"brief": {"text": "float"}}));
        assert_eq!(data["brief"], json!({"id": 1, "text": "float"}));
        let data = patched(office, &json!({"brief": {"text": "float well"}}));
        assert_eq!(data["brief"], json!({"id": 1, "text": "float well"}));
        let refused = errors(office, &json!({"brief": {"id": 7, "text": "sink"}}));
        assert_eq!(refused, json!({"brief": absent(7)}));
        let refused = errors(office, &json!({"brief": {"text": "t".repeat(21)}}));
        let message = "Ensure this field has no more than 20 characters.";
        assert_eq!(refused, json!({"brief": {"text": [message]}}));
        assert_eq!(patched(office, &json!({"name": "Boat"}))["brief"]["id"], 1);
        assert_eq!(patched(office, &json!({"brief": null}))["brief"], Value::Null);
        assert_eq!(office.db.rows("briefs").len(), 0);
        assert_eq!(patched(office, &json!({"brief": null}))["brief"], Value::Null);
    }

    fn the_row_that_a_row_refers_to_is_written_before_it(office) {
        let new = json!({"name": "Cathedral", "client": {"name": "Abbot"}, "brief": {"text": "up"}});
        let made = office.client().post("/boards/", &new).expect(201).data();
        assert_eq!(made["client"], json!({"id": 1, "name": "Abbot"}));
        let data = patched(office, &json!({"client": {"id": 1, "name": "Bishop"}}));
        assert_eq!(data["client"], json!({"id": 1, "name": "Bishop"}));
        let path = format!("/boards/{}/", made["id"]);
        let shared = office.client().get(&path).expect(200).data();
        assert_eq!(shared["client"]["name"], "Bishop", "the row is shared");
        let data = patched(office, &json!({"client": {"name": "Noah"}}));
        assert_eq!(data["client"], json!({"id": 2, "name": "Noah"}), "without a key it is new");
        assert_eq!(patched(office, &json!({"client": null}))["client"], Value::Null);
        assert_eq!(office.db.rows("clients").len(), 2);
        let refused = errors(office, &json!({"client": {"id": 9}}));
        assert_eq!(refused, json!({"client": absent(9)}));
        let taken = errors(office, &json!({"name": "Babel", "client": {"name": "Shem"}}));
        assert_eq!(taken, json!({"name": ["project with this name already exists."]}));
        assert_eq!(office.db.rows("clients").len(), 2, "what was written before is undone");
    }

    fn many_rows_refer_to_theirs(office) {
        let project = |i: usize| json!({
            "name": format!("P{i}"), "client": {"name": format!("C{i}")},
            "labels": [{"name": format!("L{i}")}], "brief": {"text": format!("B{i}")},
        });
        let some: Vec<Value> = (0..40).map(project).collect();
        let made = office.client().post("/boards/bulk/", &some).expect(201);
        for (i, made) in made.data().as_array().expect("projects").iter().enumerate() {
            assert_eq!(made["client"]["name"], format!("C{i}"));
            assert_eq!(made["labels"][0]["name"], format!("L{i}"));
            assert_eq!(made["brief"]["text"], format!("B{i}"));
        }
        let two = office.client().post("/boards/bulk/", &json!([project(90), project(91)]));
        assert_eq!(made.statements(), two.expect(201).statements());
    }

    fn simultaneous_writers_leave_the_list_of_one(office) {
        std::thread::scope(|scope| {
            for writer in 0..6_usize {
                let client = office.client();
                scope.spawn(move || {
                    for round in 0..3 {
                        let named = json!({"id": 1 + writer % 2, "title": format!("W{writer} R{round}")});
                        let new = json!({"title": format!("W{writer} R{round} new")});
                        let one = json!({"id": 1, "tasks": [named, new]});
                        let two = json!({"id": 2, "tasks": [new]});
                        let both = if writer % 2 == 0 { json!([one, two]) } else { json!([two, one]) };
                        let brief = json!({"brief": {"text": format!("W{writer}")}});
                        let wrote = [
                            client.patch("/projects/bulk/", &both), client.patch("/projects/1/", &one),
                            client.patch("/boards/1/", &brief),
                        ];
                        for answer in wrote {
                            assert!([200, 400].contains(&answer.status), "{answer:?}");
                        }
                    }
                });
            }
        });
        assert_eq!(office.db.rows("briefs").len(), 1);
        for project in [1, 2] {
            let all = office.tasks().into_iter();
            let left: Vec<String> = all.filter_map(|(own, title)| (own == project).then_some(title)).collect();
            assert!(left.len() <= 2 && left.iter().all(|title| title[..5] == left[0][..5]), "{left:?}");
        }
    }

    fn simultaneous_lists_replace_each_other_as_a_whole(office) {
        std::thread::scope(|scope| {
            for writer in 0..6 {
                let client = office.client();
                scope.spawn(move || {
                    let task = |i: usize| json!({"title": format!("W{writer} T{i}")});
                    let tasks: Vec<Value> = (0..3).map(task).collect();
                    client.patch("/projects/1/", &json!({"tasks": tasks})).expect(200);
                });
            }
        });
        let left: Vec<String> = office.tasks().into_iter()
            .filter_map(|(project, title)| (project == 1).then_some(title))
            .collect();
        assert_eq!(left.len(), 3, "{left:?}");
        assert!(left.iter().all(|title| title[..2] == left[0][..2]), "{left:?}");
    }
}
