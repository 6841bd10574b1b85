//! What guards a row guards each row of a bulk action.
//!
//! drf-commons has bulk views that pass over some of it. Each of these faults has a test here, or in
//! the blog (`examples/blog/tests/it/bulk_*.rs`), that fails where it is made again:
//!
//! | fault of drf-commons | test |
//! |---|---|
//! | rules for an object are asked of single rows alone | `object_permissions_are_asked_of_every_row` |
//! | rows that are softly deleted can be changed, and are deleted again | blog: `ids_that_are_no_rows_are_named`, `rows_that_are_deleted_already_are_not_deleted_again` |
//! | a unique value in a bulk update is 500, even one that stays | blog: `a_unique_value_that_stays_is_no_conflict`, `a_unique_value_is_that_of_the_row_that_keeps_it`, `unique_values_of_other_rows_are_refused` |
//! | a unique value twice in one body is 500 | `sets_of_columns_and_letters_of_either_case_are_unique_in_a_payload`; blog: `a_unique_value_twice_in_one_payload_is_refused_at_the_second` |
//! | an id that is no key is 500 | blog: `ids_that_are_no_rows_are_named`, of changes and of deletions |
//! | what is told of a single row speaks of bulk, and errors of the program | `a_single_row_is_told_of_as_one` |
//! | many-to-many relations in a bulk PATCH are 500 | blog: `links_are_set_for_each_row_that_brings_some` |
//! | missing ids are told in no order, and ids that stand twice are counted twice | `errors_stand_in_the_order_of_the_rows`; blog: `ids_that_are_no_rows_are_named`, `an_id_stands_in_a_request_once` |
//! | each row writes the columns of all rows, as they were when it was read | blog: `what_others_change_at_the_same_time_is_kept` |
//! | who and when are not noted, and versions stay | blog: `who_and_when_are_noted_on_each` |
//! | viewsets of bulk actions take single rows too | `viewset_families::each_family_has_its_routes_and_nothing_else_answers` |

use restwell::Changes;
use restwell::Model;
use restwell_testing::{Client, on_both_databases};
use serde_json::{Value, json};

use crate::tasks::{Office, Remark, office};

const BULK: &str = "/tasks/bulk/";
const PARTIAL: &str = "/tasks/bulk/?mode=partial";
/// Where deletions are to be confirmed.
const CONFIRMED: &str = "/bulk-tasks/bulk/";

const DENIED: &str = "You do not have permission to perform this action.";

/// The errors of a request that is refused, after which no row differs.
fn refused(office: &Office, status: u16, method: &str, body: &Value) -> Value {
    let before = office.rows();
    let answer = office.ann().send_json(method, BULK, body).expect(status);
    assert_eq!(office.rows(), before, "nothing is changed");
    assert!(office.heard().is_empty(), "no effect");
    answer.errors()
}

fn remark(office: &Office, task: i64) {
    let changes = Changes::new().with(Remark::F.task_id, task);
    Remark::objects()
        .create(&mut office.db.context(), changes)
        .expect("a remark");
}

on_both_databases! {
    with office;

    fn object_permissions_are_asked_of_every_row(office) {
        let mine = office.tasks(&office.ann(), &["a", "b"]);
        let others = office.tasks(&office.bob(), &["c"]);
        office.heard();
        let rows = json!([
            {"id": mine[0], "title": "x"},
            {"id": others[0], "title": "y"},
            {"id": mine[1], "title": "z"},
        ]);
        let errors = refused(office, 403, "PATCH", &rows);
        assert_eq!(errors, json!({"1": {"non_field_errors": [DENIED]}}));
        let ids = json!({"ids": [mine[0], mine[1], others[0]]});
        let errors = refused(office, 403, "DELETE", &ids);
        assert_eq!(errors, json!({"ids": {"2": [DENIED]}}));
        let data = office.ann().delete_with(PARTIAL, &ids).expect(207).data();
        assert_eq!(data["results"][2]["status"], 403);
        assert_eq!([&data["succeeded"], &data["failed"]], [&json!(2), &json!(1)]);
        office.bob().delete_with(BULK, &json!({"ids": others})).expect(204);
        office.nobody().post(BULK, &json!([{"title": "x"}])).expect(401);
    }

    fn field_rules_are_asked_of_every_row(office) {
        let rows = json!([{"title": "a", "pay": 7}, {"title": "b"}]);
        let made = office.ann().post(BULK, &rows).expect(201).data();
        assert_eq!(made[0]["pay"], 0);
        let rows = json!([{"title": "c", "pay": 7}]);
        let paid = office.staff().post(BULK, &rows).expect(201).data();
        assert_eq!(paid[0]["pay"], 7);
        let rows = json!([{"id": made[0]["id"], "pay": 9, "rank": 1}]);
        let changed = office.ann().patch(BULK, &rows).expect(200).data();
        assert_eq!([&changed[0]["pay"], &changed[0]["rank"]], [&json!(0), &json!(1)]);
    }

    fn sets_of_columns_and_letters_of_either_case_are_unique_in_a_payload(office) {
        office.tasks(&office.ann(), &["old"]);
        office.heard();
        let set = "The fields list_id, title must make a unique set.";
        let code = "task with this code already exists.";
        let rows = json!([
            {"title": "a", "list": 1, "code": "ä1"},
            {"title": "b", "list": 1, "code": "Ä1"},
            {"title": "a", "list": 2},
            {"title": "a", "list": 1, "code": "x"},
            {"title": "old", "list": 1},
            {"title": "c", "code": null},
            {"title": "d", "code": null},
        ]);
        let errors = refused(office, 400, "POST", &rows);
        assert_eq!(errors, json!({
            "1": {"code": [code]},
            "3": {"non_field_errors": [set]},
            "4": {"non_field_errors": [set]},
        }));
        let data = office.ann().post(PARTIAL, &rows).expect(207).data();
        assert_eq!(data["succeeded"], 4);
        office.heard();
        let errors = refused(office, 400, "POST", &json!([{"title": "e", "code": "Ä1"}, {"title": "f"}]));
        assert_eq!(errors, json!({"0": {"code": [code]}}));
        // What a hook sets is known when the rows are written.
        let errors = refused(office, 400, "POST", &json!([{"title": "e"}, {"title": "a"}, {"title": "e"}]));
        assert_eq!(errors, json!({"1": {"non_field_errors": [set]}, "2": {"non_field_errors": [set]}}));
    }

    fn a_row_that_the_database_alone_refuses_is_named(office) {
        let rows: Vec<Value> = (0..40)
            .map(|number| json!({"title": format!("{number}"), "rank": if number == 23 { 101 } else { number }}))
            .collect();
        let wrong = json!({"rank": ["This value is not allowed."]});
        assert_eq!(refused(office, 400, "POST", &json!(rows)), json!({"23": wrong}));
        let answer = office.ann().post(PARTIAL, &json!(rows)).expect(207);
        let data = answer.data();
        assert_eq!([&data["succeeded"], &data["failed"]], [&json!(39), &json!(1)]);
        assert_eq!(data["results"][23]["errors"], wrong);
        assert!(answer.statements() < 30, "{} statements", answer.statements());
        assert_eq!(office.rows().len(), 39);
        assert_eq!(office.heard().len(), 39, "what was undone has no effects");
        let made: Vec<&Value> = (0..40).filter(|place| *place != 23)
            .map(|place| &data["results"][place]["data"]["id"]).collect();
        let ranks = json!([{"id": made[0], "rank": 1}, {"id": made[1], "rank": 1_000}]);
        assert_eq!(refused(office, 400, "PATCH", &ranks), json!({"1": wrong}));
    }

    fn a_row_that_others_refer_to_is_named(office) {
        let tasks = office.tasks(&office.ann(), &["a", "b", "c", "d", "e"]);
        remark(office, tasks[3]);
        office.heard();
        let ids = json!({"ids": tasks});
        let message = "Cannot delete: rows of \"remarks\" refer to it.";
        let errors = refused(office, 409, "DELETE", &ids);
        assert_eq!(errors, json!({"ids": {"3": [message]}}));
        let data = office.ann().delete_with(PARTIAL, &ids).expect(207).data();
        assert_eq!(data["results"][3]["code"], "protected");
        assert_eq!(data["succeeded"], 4);
        assert_eq!(office.rows().len(), 1);
    }

    fn hooks_refuse_rows_and_not_requests(office) {
        let rows = json!([
            {"title": "a"}, {"title": "forbidden"}, {"title": "late"}, {"title": "b"}, {"title": ""},
        ]);
        let errors = refused(office, 400, "POST", &rows);
        assert_eq!(errors, json!({"4": {"title": ["This field may not be blank."]}}));
        let rows = json!([{"title": "a"}, {"title": "forbidden"}, {"title": "late"}]);
        let errors = refused(office, 422, "POST", &rows);
        assert_eq!(errors, json!({"1": {"non_field_errors": ["Not this."]}}));
        let rows = json!([{"title": "a"}, {"title": "late"}, {"title": "b"}]);
        let errors = refused(office, 422, "POST", &rows);
        assert_eq!(errors, json!({"1": {"non_field_errors": ["Too late."]}}));
        let data = office.ann().post(PARTIAL, &rows).expect(207).data();
        assert_eq!(data["results"][1]["code"], "late");
        assert_eq!(office.rows().len(), 2);
        let made: Vec<String> = [0, 2].iter()
            .map(|place| format!("create {}", data["results"][*place]["data"]["id"]))
            .collect();
        assert_eq!(office.heard(), made, "once for each row that is kept");
    }

    fn a_viewset_that_writes_by_itself_is_asked_for_each_row(office) {
        let client = office.ann();
        let made = client.post("/own-tasks/bulk/", &json!([{"title": "a"}, {"title": "b"}]));
        let made = made.expect(201).data();
        assert_eq!(office.heard(), [
            "before create",
            "perform create", "after create of a", "perform create", "after create of b",
        ]);
        let rows = json!([
            {"id": made[1]["id"], "title": "c", "version": 1},
            {"id": made[0]["id"], "title": "d", "version": 1},
        ]);
        client.put("/own-tasks/bulk/", &rows).expect(200);
        assert_eq!(office.heard(), [
            "before update",
            "perform update of b", "after update of c", "perform update of a", "after update of d",
        ]);
        let rows = json!([{"id": made[0]["id"], "title": "e", "version": 2}, {"id": made[1]["id"], "title": "e", "version": 2}]);
        let errors = client.patch("/own-tasks/bulk/", &rows).expect(400).errors();
        assert_eq!(errors["1"]["non_field_errors"][0], "The fields list_id, title must make a unique set.");
        assert_eq!(office.heard(), Vec::<String>::new());
        let ids = json!({"ids": [made[0]["id"], made[1]["id"]]});
        let errors = client.delete_with("/own-tasks/bulk/", &ids).expect(428).errors();
        let message = "Send the version you are changing, as If-Match or as \"version\" in the body.";
        assert_eq!(errors, json!({"ids": {"0": [message], "1": [message]}}));
        office.heard();
        let client = client.header("If-Match", "*");
        client.delete_with("/own-tasks/bulk/", &ids).expect(204);
        assert_eq!(office.heard(), [
            "before destroy",
            "perform destroy of d", "after destroy of d", "perform destroy of c", "after destroy of c",
        ]);
        assert!(office.rows().is_empty());
    }

    fn a_version_that_is_required_is_required_of_each_row(office) {
        let client = office.ann();
        let made = client.post("/own-tasks/bulk/", &json!([{"title": "a"}, {"title": "b"}]));
        let made = made.expect(201).data();
        let rows = json!([{"id": made[0]["id"], "rank": 1, "version": 1}, {"id": made[1]["id"], "rank": 1}]);
        let errors = client.patch("/own-tasks/bulk/", &rows).expect(428).errors();
        assert_eq!(errors.as_object().map(|rows| rows.keys().cloned().collect()), Some(vec!["1".to_owned()]));
    }

    fn rows_below_another_are_its_own(office) {
        let place = "/lists/1/tasks/bulk/";
        let rows = json!([{"title": "a", "list": 2}, {"title": "b"}]);
        let made = office.ann().post(place, &rows).expect(201).data();
        assert_eq!([&made[0]["list"], &made[1]["list"]], [&json!(1), &json!(1)]);
        office.ann().post("/lists/1/tasks/", &rows).expect(400);
        office.ann().post("/lists/2/tasks/bulk/", &rows).expect(404);
        let elsewhere = office.ann().post(BULK, &json!([{"title": "c", "list": 2}])).expect(201).data();
        let ids = json!({"ids": [made[0]["id"], elsewhere[0]["id"]]});
        let errors = office.ann().delete_with(place, &ids).expect(400).errors();
        let message = format!("Invalid pk \"{}\" - object does not exist.", elsewhere[0]["id"]);
        assert_eq!(errors, json!({"ids": {"1": [message]}}));
        let rows = json!([{"id": elsewhere[0]["id"], "title": "x"}]);
        office.ann().patch(place, &rows).expect(400);
    }

    fn who_may_do_it_in_bulk_must_be_allowed_it_with_each_row(office) {
        let made = office.ann().post(CONFIRMED, &json!([{"title": "a"}])).expect(201).data();
        office.nobody().post(CONFIRMED, &json!([{"title": "b"}])).expect(401);
        let ids = json!({"ids": [made[0]["id"]]});
        let confirmed = |client: &Client| client.header("X-Confirm-Delete", "true");
        confirmed(&office.nobody()).delete_with(CONFIRMED, &ids).expect(401);
        confirmed(&office.bob()).delete_with(CONFIRMED, &ids).expect(403);
        confirmed(&office.ann()).delete_with(CONFIRMED, &ids).expect(204);
    }

    fn a_deletion_is_confirmed_where_that_is_declared(office) {
        let made = office.ann().post(CONFIRMED, &json!([{"title": "a"}, {"title": "b"}])).expect(201);
        let made = made.data();
        let ids = json!({"ids": [made[0]["id"], made[1]["id"]]});
        let before = office.rows();
        let partial = format!("{CONFIRMED}?mode=partial");
        for (path, body) in [(CONFIRMED, &ids), (CONFIRMED, &json!({})), (&partial, &ids)] {
            for value in [None, Some(""), Some("false"), Some("1"), Some("true, false")] {
                let client = match value {
                    None => office.ann(),
                    Some(value) => office.ann().header("X-Confirm-Delete", value),
                };
                let answer = client.delete_with(path, body).expect(428);
                assert_eq!(answer.code(), "confirmation_required");
                let message = "Bulk delete requires the header X-Confirm-Delete: true.";
                assert_eq!(answer.message(), message);
                assert_eq!(answer.errors(), json!({}));
            }
        }
        office.ann().delete_with(&format!("{CONFIRMED}?dry_run=true"), &ids).expect(204);
        assert_eq!(office.rows(), before);
        let client = office.ann().header("x-confirm-delete", "true");
        client.delete_with(CONFIRMED, &json!({})).expect(400);
        client.delete_with(CONFIRMED, &ids).expect(204);
        assert!(office.rows().is_empty());
    }

    fn options_tell_of_the_confirmation(office) {
        let about = office.ann().options(CONFIRMED).expect(200).data();
        assert_eq!(about["headers"], json!({"DELETE": {"X-Confirm-Delete": "true"}}));
        let about = office.ann().options(BULK).expect(200).data();
        assert_eq!(about.get("headers"), None);
        let tasks = office.tasks(&office.ann(), &["a"]);
        office.ann().delete_with(BULK, &json!({"ids": tasks})).expect(204);
    }

    fn errors_stand_in_the_order_of_the_rows(office) {
        let rows = vec![json!({}); 12];
        let answer = office.ann().post(BULK, &json!(rows)).expect(400);
        let text = answer.text();
        let errors = text.split("\"errors\":").nth(1).expect("errors");
        let places = (0..12).map(|place| errors.find(&format!("\"{place}\":")).expect("a row"));
        assert!(places.is_sorted(), "{text}");
        let ids: Vec<i64> = (0..12).map(|id| 900 - id).collect();
        let answer = office.ann().delete_with(BULK, &json!({"ids": ids})).expect(400);
        let pointers = answer.json()["details"].as_array().expect("details").iter()
            .map(|detail| detail["pointer"].as_str().expect("a pointer").to_owned())
            .collect::<Vec<_>>();
        assert_eq!(pointers, (0..12).map(|place| format!("/ids/{place}")).collect::<Vec<_>>());
        let messages = answer.json()["details"].as_array().expect("details").iter()
            .map(|detail| detail["message"].as_str().expect("a message").to_owned())
            .collect::<Vec<_>>();
        let missing = |id: &i64| format!("Invalid pk \"{id}\" - object does not exist.");
        assert_eq!(messages, ids.iter().map(missing).collect::<Vec<_>>());
    }

    fn a_single_row_is_told_of_as_one(office) {
        let made = office.ann().post("/tasks/", &json!({"title": "a"})).expect(201);
        assert_eq!(made.message(), "Task created successfully");
        let path = format!("/tasks/{}/", made.data()["id"]);
        for method in ["PUT", "PATCH"] {
            let changed = office.ann().send_json(method, &path, &json!({"title": "b"})).expect(200);
            assert_eq!(changed.message(), "Task updated successfully");
        }
        let errors = office.ann().post("/tasks/", &json!({"title": ""})).expect(400);
        assert_eq!(errors.message(), "Invalid input.");
        let errors = office.ann().post(BULK, &json!([{"title": ""}])).expect(400);
        assert_eq!(errors.message(), "Invalid input.", "no row in words of the program");
    }
}
