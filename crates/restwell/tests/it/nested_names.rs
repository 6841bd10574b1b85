//! Rows that are named in place of objects, and shown by their names.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::projects::{Office, office};

fn patched(office: &Office, body: &Value) -> Value {
    office.client().patch("/cards/1/", body).expect(200).data()
}

fn errors(office: &Office, body: &Value) -> Value {
    office
        .client()
        .patch("/cards/1/", body)
        .expect(400)
        .errors()
}

on_both_databases! {
    with office;

    fn keys_and_objects_go_in_and_keys_come_out(office) {
        let data = patched(office, &json!({"tasks": [2, {"title": "Keel"}, {"id": 1, "hours": 3}]}));
        assert_eq!(data["tasks"], json!([1, 2, 4]));
        let refused = errors(office, &json!({"tasks": [1, 3, 99, true, "x", {"title": "y"}]}));
        let absent = |key: i64| json!([format!("Invalid pk \"{key}\" - object does not exist.")]);
        let wrong = |found: &str| {
            json!([format!("Incorrect type. Expected pk value, received {found}.")])
        };
        assert_eq!(refused, json!({"tasks": {
            "1": absent(3), "2": absent(99), "3": wrong("bool"), "4": wrong("str"),
            "5": {"title": ["Ensure this field has at least 2 characters."]},
        }}));
    }

    fn names_and_objects_go_in_and_objects_come_out(office) {
        let data = patched(office, &json!({"labels": [{"name": "red"}, {"name": "blue"}]}));
        assert_eq!(data["labels"][1]["name"], "blue");
        let data = patched(office, &json!({"labels": ["blue", {"id": 1, "name": "crimson"}]}));
        assert_eq!(data["labels"], json!([{"id": 1, "name": "crimson"}, {"id": 2, "name": "blue"}]));
        let refused = errors(office, &json!({"labels": ["blue", "green"]}));
        let message = "Object with name=green does not exist.";
        assert_eq!(refused, json!({"labels": {"1": [message]}}));
        let some = json!([{"labels": ["blue"]}, {"labels": ["blue", {"name": "gold"}]}]);
        let made = office.client().post("/projects/bulk/", &json!([{"name": "A"}, {"name": "B"}]));
        let keys: Vec<Value> = made.expect(201).data().as_array().expect("projects").iter()
            .map(|project| project["id"].clone())
            .collect();
        let mut some = some;
        for (row, key) in some.as_array_mut().expect("rows").iter_mut().zip(keys) {
            row["id"] = key;
        }
        let data = office.client().patch("/cards/bulk/", &some).expect(200).data();
        assert_eq!(data[1]["labels"], json!([{"id": 2, "name": "blue"}, {"id": 3, "name": "gold"}]));
    }

    fn a_row_stands_once_by_whatever_name(office) {
        let refused = errors(office, &json!({"tasks": [{"id": 1, "hours": 1}, 1]}));
        assert_eq!(refused, json!({"tasks": {"1": ["\"1\" stands twice."]}}));
        patched(office, &json!({"labels": [{"name": "red"}]}));
        let refused = errors(office, &json!({"labels": ["red", "red"]}));
        assert_eq!(refused, json!({"labels": {"1": ["\"red\" stands twice."]}}));
    }

    fn one_row_is_named_made_and_released(office) {
        assert_eq!(patched(office, &json!({"client": {"name": "Noah"}}))["client"], "Noah");
        assert_eq!(patched(office, &json!({"client": {"name": "Shem"}}))["client"], "Shem");
        assert_eq!(patched(office, &json!({"client": "Noah"}))["client"], "Noah");
        let refused = errors(office, &json!({"client": "Ham"}));
        assert_eq!(refused, json!({"client": ["Object with name=Ham does not exist."]}));
        assert_eq!(patched(office, &json!({"client": null}))["client"], Value::Null);
        assert_eq!(office.db.rows("clients").len(), 2);
    }

    fn the_rules_of_a_viewset_hold_for_its_rows_elsewhere(office) {
        let notes = json!({"notes": [{"body": "a"}, {"body": "b"}]});
        assert_eq!(patched(office, &notes)["notes"][0]["id"], 1);
        office.db.execute("INSERT INTO notes (project_id, body) VALUES (1, '.hidden')");
        let refused = errors(office, &json!({"notes": [{"id": 3, "body": "mine"}]}));
        let message = "Invalid pk \"3\" - object does not exist.";
        assert_eq!(refused, json!({"notes": {"0": {"id": [message]}}}));
        let denied = json!({"notes": [{"id": 1, "body": "changed"}]});
        office.client().patch("/cards/1/", &denied).expect(403);
        patched(office, &json!({"notes": []}));
        let shown = office.client().get("/desks/1/").expect(200).data();
        assert_eq!(shown["notes"], json!([{"id": 3, "body": ".hidden"}]), "it is no orphan");
    }
}
