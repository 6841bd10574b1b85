//! Rows that are written with the row that they belong to.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::projects::{Office, office};

/// What is wrong with a change of the first project, which changes nothing.
fn errors(office: &Office, status: u16, body: &Value) -> Value {
    let before = office.tasks();
    let refused = office.client().patch("/projects/1/", body);
    assert_eq!(office.tasks(), before);
    refused.expect(status).errors()
}

fn titles(project: &Value) -> Vec<&str> {
    let tasks = project["tasks"].as_array().expect("tasks").iter();
    tasks
        .map(|task| task["title"].as_str().expect("a title"))
        .collect()
}

on_both_databases! {
    with office;

    fn a_new_row_is_written_with_the_rows_that_belong_to_it(office) {
        let body = json!({"name": "Cathedral", "tasks": [
            {"title": "Nave", "project": 1, "steps": [{"text": "dig"}, {"text": "build"}]},
            {"title": "Spire", "hours": 3},
        ]});
        let made = office.client().post("/projects/", &body).expect(201);
        let data = made.data();
        assert_eq!(titles(&data), ["Nave", "Spire"]);
        assert_eq!(data["tasks"][0]["project"], data["id"], "the client does not choose it");
        assert_eq!(data["tasks"][0]["steps"][1]["text"], "build");
        assert_eq!(data["tasks"][1]["steps"], json!([]));
        assert_eq!(office.client().get("/projects/3/").expect(200).data(), data);
        assert_eq!(office.client().post("/projects/", &json!({"name": "Empty"})).expect(201)
            .data()["tasks"], json!([]));
    }

    fn rows_are_matched_by_their_keys_and_orphans_deleted(office) {
        let body = json!({"tasks": [{"id": 2, "hours": 5}, {"title": "Keel"}]});
        let data = office.client().patch("/projects/1/", &body).expect(200).data();
        assert_eq!(titles(&data), ["Roof", "Keel"]);
        assert_eq!(data["tasks"][0]["hours"], 5);
        let kept = office.client().patch("/projects/1/", &json!({"name": "Boat"})).expect(200);
        assert_eq!(titles(&kept.data()), ["Roof", "Keel"]);
        assert_eq!(office.tasks().len(), 3, "no task of another project is an orphan");
    }

    fn the_empty_list_deletes_all_and_null_is_refused(office) {
        let none = office.client().patch("/projects/1/", &json!({"tasks": []})).expect(200);
        assert_eq!(titles(&none.data()), [""; 0]);
        assert_eq!(office.tasks(), [(2, "Tower".to_owned())]);
        let refused = errors(office, 400, &json!({"tasks": null}));
        assert_eq!(refused, json!({"tasks": ["This field may not be null."]}));
    }

    fn errors_name_the_place_of_the_row(office) {
        let body = json!({"name": "", "tasks": [
            {"title": "Keel"}, {"title": "x", "steps": [{"text": "ok"}, {"text": "t".repeat(21)}]},
            {"id": 1, "hours": "many"}, 7, {}, {"id": "no"}, [1], "text",
        ]});
        assert_eq!(errors(office, 400, &body), json!({
            "name": ["This field may not be blank."],
            "tasks": {
                "1": {
                    "title": ["Ensure this field has at least 2 characters."],
                    "steps": {"1": {"text": ["Ensure this field has no more than 20 characters."]}},
                },
                "2": {"hours": ["A valid integer is required."]},
                "3": {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]},
                "4": {"title": ["This field is required."]},
                "5": {
                    "title": ["This field is required."],
                    "id": ["Incorrect type. Expected pk value, received str."],
                },
                "6": {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
                "7": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]},
            },
        }));
        let refused = errors(office, 400, &json!({"tasks": {"title": "Keel"}}));
        let message = "Expected a list of items but got type \"dict\".";
        assert_eq!(refused, json!({"tasks": {"non_field_errors": [message]}}));
    }

    fn a_row_of_another_is_refused_by_name(office) {
        for key in [3, 99] {
            let body = json!({"tasks": [{"id": 1}, {"id": key, "title": "Mine"}]});
            let message = format!("Invalid pk \"{key}\" - object does not exist.");
            assert_eq!(errors(office, 400, &body), json!({"tasks": {"1": {"id": [message]}}}));
        }
        let body = json!({"name": "Thief", "tasks": [{"id": 3, "title": "Mine"}]});
        office.client().post("/projects/", &body).expect(400);
        assert_eq!(office.db.rows("projects").len(), 2);
    }

    fn keys_of_others_and_of_nobody_are_alike_in_every_mode(office) {
        office.db.execute("INSERT INTO notes (project_id, body) VALUES (2, 'private')");
        let (tasks, notes) = (office.db.rows("tasks"), office.db.rows("notes"));
        let modes = [
            ("projects", "tasks", "title"), ("boards", "tasks", "title"), ("desks", "notes", "body"),
            ("boards", "notes", "body"),
        ];
        for (resource, field, member) in modes {
            let foreign = if field == "tasks" { 3 } else { 1 };
            for key in [foreign, 99] {
                let message = format!("Invalid pk \"{key}\" - object does not exist.");
                let expected = json!({field: {"1": {"id": [message]}}});
                let body = json!({"name": "New", field: [{member: "ours"}, {"id": key, member: "mine"}]});
                let path = format!("/{resource}/1/");
                let patched = office.client().patch(&path, &body).expect(400).errors();
                assert_eq!(patched, expected, "{resource}");
                let many = json!([{"id": 2}, {"id": 1, field: body[field]}]);
                let path = format!("/{resource}/bulk/");
                let patched = office.client().patch(&path, &many).expect(400).errors();
                assert_eq!(patched, json!({"1": expected}), "{resource}");
            }
        }
        assert_eq!((office.db.rows("tasks"), office.db.rows("notes")), (tasks, notes));
    }

    fn errors_of_many_rows_name_both_places(office) {
        let project = |i: usize| {
            let title = if [3, 5, 8].contains(&i) { "x" } else { "Nave" };
            json!({"name": format!("P{i}"), "tasks": [{"title": "Keel"}, {"title": title}]})
        };
        let some: Vec<Value> = (0..10).map(project).collect();
        let refused = office.client().post("/projects/bulk/", &some).expect(400).errors();
        let wrong = json!({"tasks": {"1": {"title": ["Ensure this field has at least 2 characters."]}}});
        assert_eq!(refused, json!({"3": wrong, "5": wrong, "8": wrong}));
        assert_eq!((office.db.rows("projects").len(), office.tasks().len()), (2, 3));
    }

    fn a_key_stands_once(office) {
        let body = json!({"tasks": [{"id": 1}, {"id": "1", "title": "Again"}]});
        let refused = errors(office, 400, &body);
        assert_eq!(refused, json!({"tasks": {"1": {"id": ["The pk \"1\" stands twice."]}}}));
    }

    fn values_are_unique_among_the_rows_and_against_the_database(office) {
        let twice = json!({"tasks": [{"id": 1}, {"title": "Keel"}, {"title": "Keel"}]});
        let message = "The fields project_id, title must make a unique set.";
        let expected = json!({"tasks": {"2": {"non_field_errors": [message]}}});
        assert_eq!(errors(office, 400, &twice), expected);
        let new = json!({"name": "New", "tasks": [{"title": "Keel"}, {"title": "Keel"}]});
        let refused = office.client().post("/projects/", &new).expect(400);
        assert_eq!(refused.errors(), json!({"tasks": {"1": {"non_field_errors": [message]}}}));
        assert_eq!(office.db.rows("projects").len(), 2, "nothing is half written");
        let freed = json!({"tasks": [{"title": "Hull"}, {"id": 2, "title": "Deck"}]});
        office.client().patch("/projects/1/", &freed).expect(200);
    }

    fn the_rule_decides_about_each_row(office) {
        let denied = "You do not have permission to perform this action.";
        let at = |place: &str| json!({"tasks": {place: {"non_field_errors": [denied]}}});
        let body = json!({"tasks": [{"id": 1}, {"id": 2}, {"title": "Keel"}]});
        let refused = office.user("7").patch("/projects/1/", &body).expect(403);
        assert_eq!((refused.code(), refused.errors()), ("permission_denied".into(), at("2")));
        let long = json!({"tasks": [{"id": 1, "hours": 41}]});
        assert_eq!(errors(office, 403, &long), at("0"));
        office.nobody().patch("/projects/1/", &long).expect(401);
        let new = json!({"tasks": [{"title": "Keel", "hours": 41}]});
        assert_eq!(errors(office, 403, &new), at("0"));
        let worked = json!({"tasks": [{"id": 1, "hours": 1}, {"id": 2}]});
        office.client().patch("/projects/1/", &worked).expect(200);
        let orphan = errors(office, 403, &json!({"tasks": [{"id": 2}]}));
        let named = format!("The pk \"1\" is left out. {denied}");
        assert_eq!(orphan, json!({"tasks": {"non_field_errors": [named]}}));
        let some = json!([{"id": 2, "tasks": []}, {"id": 1, "tasks": []}]);
        let refused = office.client().patch("/projects/bulk/", &some).expect(403).errors();
        assert_eq!(refused, json!({"1": {"tasks": {"non_field_errors": [named]}}}));
        assert_eq!(office.tasks().len(), 3, "nor is a row of another deleted");
        office.db.execute("UPDATE tasks SET hours = 1");
        let both = errors(office, 403, &json!({"tasks": []}));
        let left_out = |key: i64| format!("The pk \"{key}\" is left out. {denied}");
        assert_eq!(both, json!({"tasks": {"non_field_errors": [left_out(1), left_out(2)]}}));
    }

    fn hidden_rows_are_neither_named_nor_orphans(office) {
        office.db.execute("INSERT INTO tasks (project_id, title, hours) VALUES (1, 'Secret', 0)");
        let refused = errors(office, 400, &json!({"tasks": [{"id": 4, "hours": 1}]}));
        let message = "Invalid pk \"4\" - object does not exist.";
        assert_eq!(refused, json!({"tasks": {"0": {"id": [message]}}}));
        office.client().patch("/projects/1/", &json!({"tasks": []})).expect(200);
        assert_eq!(office.tasks(), [(2, "Tower".to_owned()), (1, "Secret".to_owned())]);
    }

    fn a_put_needs_every_field_of_every_row(office) {
        let body = json!({"name": "Ark", "tasks": [{"id": 1, "hours": 1}]});
        let refused = office.client().put("/projects/1/", &body).expect(400);
        assert_eq!(refused.errors(), json!({"tasks": {"0": {"title": ["This field is required."]}}}));
        let put = office.client().put("/projects/1/", &json!({"name": "Ark"})).expect(200);
        assert_eq!(titles(&put.data()), ["Hull", "Roof"], "what is left out stays");
    }

    fn there_are_not_too_many_rows(office) {
        let tasks: Vec<Value> = (0..10_000).map(|i| json!({"title": format!("T{i}")})).collect();
        let refused = errors(office, 400, &json!({"tasks": tasks}));
        let most = |most: u64| format!("Ensure this field has no more than {most} elements.");
        assert_eq!(refused, json!({"tasks": {"non_field_errors": [most(1_000)]}}));
        let refused = office.client().patch("/boards/1/", &json!({"tasks": tasks[..4]}));
        let errors = refused.expect(400).errors();
        assert_eq!(errors, json!({"tasks": {"non_field_errors": [most(3)]}}));
        let refused = office.client().patch("/desks/1/", &json!({"more": tasks})).expect(400);
        assert_eq!(refused.errors(), json!({"more": {"non_field_errors": [most(1_500)]}}));
        office.client().patch("/desks/1/", &json!({"more": tasks[..1_500]})).expect(200);
        assert_eq!(office.tasks().len(), 1_503);
    }

    fn nor_are_there_with_those_that_are_nested_in_them(office) {
        let task = |steps: usize| format!(r#"{{"steps":[{}]}}"#, vec!["{}"; steps].join(","));
        let project = |tasks: usize, steps: usize| {
            format!(r#"{{"tasks":[{}]}}"#, vec![task(steps); tasks].join(","))
        };
        let json = || office.client().header("content-type", "application/json");
        let hostile = project(800, 1_000);
        let refused = json().send("PATCH", "/projects/1/", Some(hostile.as_bytes())).expect(400);
        let message = "Ensure this field has no more than 10000 rows, with those that are nested in them.";
        assert_eq!(refused.errors(), json!({"tasks": {"non_field_errors": [message]}}));
        let many = format!("[{}]", vec![project(9, 1_000); 12].join(","));
        let refused = json().send("POST", "/projects/bulk/", Some(many.as_bytes())).expect(400);
        let message = "Ensure this list has no more than 100000 rows nested in its rows.";
        assert_eq!(refused.errors(), json!({"non_field_errors": [message]}));
    }

    fn lines_are_read_in_parts_that_their_rows_fit_in(office) {
        let lines = || office.client().header("content-type", "application/x-ndjson");
        let stream = |body: String| lines().send("POST", "/projects/bulk/", Some(body.as_bytes()));
        let sound = |i: usize| format!(r#"{{"name":"P{i}","tasks":[{{"title":"Keel"}},{{"title":"T{i}"}}]}}"#);
        stream((0..9).map(|i| sound(i) + "\n").collect()).expect(201);
        assert_eq!((office.db.rows("projects").len(), office.tasks().len()), (11, 21));
        let task = |i: usize| format!(r#"{{"title":"T{i}","steps":[{}]}}"#, vec!["{}"; 999].join(","));
        let tasks: Vec<String> = (0..6).map(task).collect();
        let wrong = |i: usize| format!("{{\"name\":\"W{i}\",\"tasks\":[{}]}}\n", tasks.join(","));
        let refused = stream((0..3).map(wrong).collect()).expect(400).errors();
        let places: Vec<&String> = refused.as_object().expect("rows").keys().collect();
        assert_eq!(places, ["0", "1", "non_field_errors"], "the third was not read");
        assert_eq!(refused["0"]["tasks"]["0"]["steps"]["998"], json!({"text": ["This field is required."]}));
        assert_eq!(office.db.rows("projects").len(), 11);
    }

    fn rows_are_written_with_one_statement(office) {
        let cost = |count: usize| {
            let tasks: Vec<Value> = (0..count)
                .map(|i| json!({"title": format!("T{i}"), "steps": [{"text": "a"}, {"text": "b"}]}))
                .collect();
            let body = json!({"name": format!("With {count}"), "tasks": tasks});
            office.client().post("/projects/", &body).expect(201).statements()
        };
        assert_eq!(cost(200), cost(2));
    }

    fn many_rows_are_made_with_theirs(office) {
        let project = |i: usize| json!({"name": format!("P{i}"), "tasks": [
            {"title": "One", "steps": [{"text": "a"}]}, {"title": format!("T{i}")},
        ]});
        let some: Vec<Value> = (0..50).map(project).collect();
        let made = office.client().post("/projects/bulk/", &some).expect(201);
        let data = made.data();
        for (i, made) in data.as_array().expect("projects").iter().enumerate() {
            assert_eq!(titles(made), ["One".to_owned(), format!("T{i}")]);
        }
        let two = office.client().post("/projects/bulk/", &json!([project(90), project(91)]));
        assert_eq!(made.statements(), two.expect(201).statements());
        let wrong = json!([project(100), {"name": "P101", "tasks": [{"title": "x"}]}]);
        let refused = office.client().post("/projects/bulk/", &wrong).expect(400).errors();
        let message = "Ensure this field has at least 2 characters.";
        assert_eq!(refused, json!({"1": {"tasks": {"0": {"title": [message]}}}}));
    }

    fn sound_rows_are_written_with_theirs_beside_others(office) {
        let project = |name: &str, title: &str| {
            json!({"name": name, "tasks": [{"title": title}, {"title": "Keel"}]})
        };
        let body = json!([project("New", "Nave"), project("Ark", "Nave"), project("Last", "Keel")]);
        let partial = office.client().post("/projects/bulk/?mode=partial", &body).expect(207);
        assert_eq!(office.db.rows("projects").len(), 3, "{partial:?}");
        let new: Vec<String> = office.tasks().into_iter()
            .filter_map(|(project, title)| (project > 2).then_some(title))
            .collect();
        assert_eq!(new, ["Nave", "Keel"]);
    }

    fn many_rows_are_changed_with_theirs(office) {
        let body = json!([
            {"id": 1, "tasks": [{"id": 2, "hours": 4}, {"title": "Keel"}]},
            {"id": 2, "tasks": [{"id": 3, "title": "Stairs"}]},
        ]);
        let changed = office.client().patch("/projects/bulk/", &body).expect(200).data();
        assert_eq!(titles(&changed[0]), ["Roof", "Keel"]);
        assert_eq!(titles(&changed[1]), ["Stairs"]);
        let body = json!([{"id": 1, "tasks": [{"id": 3}]}, {"id": 2, "tasks": []}]);
        let refused = office.client().patch("/projects/bulk/", &body).expect(400).errors();
        let message = "Invalid pk \"3\" - object does not exist.";
        assert_eq!(refused, json!({"0": {"tasks": {"0": {"id": [message]}}}}));
        assert_eq!(office.tasks().len(), 3);
    }

    fn every_row_is_recorded_in_the_transaction(office) {
        let body = json!({"tasks": [{"id": 2, "hours": 5}, {"title": "Keel"}]});
        office.client().patch("/projects/1/", &body).expect(200);
        assert_eq!(office.journal.read(), ["tasks 1 Purge", "tasks 2 Update", "tasks 4 Create"]);
        let taken = json!({"name": "Babel", "tasks": [{"title": "Mast"}]});
        office.client().patch("/projects/1/", &taken).expect(400);
        assert_eq!(office.journal.read(), [""; 0]);
    }

    fn rows_are_nested_so_deep_and_no_deeper(office) {
        let nested = |depth: usize| (0..depth).fold(json!({"name": "leaf"}), |inner, _| {
            json!({"name": "folder", "folders": [inner]})
        });
        office.client().post("/folders/", &nested(4)).expect(201);
        assert_eq!(office.db.rows("folders").len(), 5);
        let refused = office.client().post("/folders/", &nested(5)).expect(400).errors();
        let mut place = &refused;
        for _ in 0..5 {
            place = &place["folders"]["0"];
        }
        let message = "Ensure this is nested no more than 4 levels deep.";
        assert_eq!(place, &json!({"non_field_errors": [message]}));
        office.client().post("/folders/", &nested(60)).expect(400);
        let endless = r#"{"name": "f", "folders": ["#.repeat(5_000);
        let json = office.client().header("content-type", "application/json");
        json.send("POST", "/folders/", Some(endless.as_bytes())).expect(400);
        assert_eq!(office.db.rows("folders").len(), 5);
    }
}
