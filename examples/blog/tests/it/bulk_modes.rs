//! How bulk actions are done and answered: `?mode=partial`, `?dry_run=true` and `Prefer`.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blog::{Blog, POSTS, keys, path_of, started};

const BULK: &str = "/api/v1/posts/bulk/";
const PARTIAL: &str = "/api/v1/posts/bulk/?mode=partial";
const DRY_RUN: &str = "/api/v1/posts/bulk/?dry_run=true";

/// The tables that bulk actions write to.
const TABLES: [&str; 3] = ["posts", "post_tags", "audit_log"];

fn rows(blog: &Blog) -> [Vec<String>; 3] {
    TABLES.map(|table| blog.db.rows(table))
}

fn posts(count: usize) -> Vec<Value> {
    let post = |number| json!({"title": format!("Number {number}"), "body": "Some text."});
    (0..count).map(post).collect()
}

fn made(blog: &Blog, count: usize) -> Vec<Value> {
    let answer = blog.editor().post(BULK, &json!(posts(count))).expect(201);
    answer.data().as_array().expect("posts").clone()
}

/// The statuses of the rows, which stand in their order, once what is told of them is sound.
fn statuses(data: &Value) -> Vec<i64> {
    let results = data["results"].as_array().expect("results");
    let mut done = 0;
    for (place, row) in results.iter().enumerate() {
        assert_eq!(row["index"], place);
        if row["status"].as_i64() < Some(400) {
            done += 1;
            assert!(row.get("errors").is_none(), "{row}");
        } else {
            assert!(
                row["errors"].is_object() && row["message"].is_string(),
                "{row}"
            );
            assert!(
                row["code"].is_string() && row["details"].is_array(),
                "{row}"
            );
        }
    }
    assert_eq!(data["succeeded"], done);
    assert_eq!(data["failed"], results.len() - done);
    results
        .iter()
        .filter_map(|row| row["status"].as_i64())
        .collect()
}

on_both_databases! {
    with started;

    fn sound_rows_are_made_beside_others(blog) {
        let tag = blog.tag("tea");
        blog.editor().post(POSTS, &json!({"title": "x", "body": "x", "slug": "taken"})).expect(201);
        let mut rows = posts(6);
        rows[0]["tags"] = json!([tag]);
        rows[1]["title"] = json!("");
        rows[2]["slug"] = json!("taken");
        rows[3] = json!("no row");
        let answer = blog.editor().post(PARTIAL, &json!(rows)).expect(207);
        assert_eq!(answer.json()["success"], true);
        assert_eq!(answer.json()["message"], "3 posts created successfully");
        let data = answer.data();
        assert_eq!(statuses(&data), [201, 400, 400, 400, 201, 201]);
        let results = &data["results"];
        assert_eq!(results[0]["data"]["title"], "Number 0");
        assert_eq!(results[0]["data"]["tags"][0]["id"], tag);
        assert_eq!(results[1]["errors"], json!({"title": ["This field may not be blank."]}));
        assert_eq!(results[2]["errors"], json!({"slug": ["post with this slug already exists."]}));
        assert_eq!(keys(&results[3]["errors"]), ["non_field_errors"]);
        assert_eq!(results[5]["data"]["title"], "Number 5");
        assert_eq!(blog.editor().get(POSTS).data()["count"], 4);
        let id = results[4]["data"]["id"].as_str().expect("a key");
        assert_eq!(blog.editor().get(&path_of(id)).expect(200).data(), results[4]["data"]);
        let history = blog.editor().get(&format!("{}history/", path_of(id))).expect(200).data();
        assert_eq!(history["count"], 1);
    }

    fn rows_that_the_database_alone_refuses_are_found(blog) {
        let taken = |number: usize| format!("taken-{number}");
        let mut rows = posts(300);
        for number in 0..10 {
            let body = json!({"title": "x", "body": "x", "slug": taken(number)});
            blog.editor().post(POSTS, &body).expect(201);
            rows[number * 29]["slug"] = json!(taken(number));
        }
        let answer = blog.editor().post(PARTIAL, &json!(rows)).expect(207);
        let data = answer.data();
        assert_eq!(data["failed"], 10);
        for (place, status) in statuses(&data).into_iter().enumerate() {
            let expected = if place % 29 == 0 && place < 290 { 400 } else { 201 };
            assert_eq!(status, expected, "row {place}");
        }
        assert!(answer.statements() <= 20, "{} statements", answer.statements());
    }

    fn sound_rows_are_changed_beside_others(blog) {
        let posts = made(blog, 4);
        let nobody = Uuid::new_v4();
        let rows = json!([
            {"id": posts[0]["id"], "title": "x"},
            {"id": nobody, "title": "x"},
            {"id": posts[1]["id"], "title": "x", "version": 7},
            {"id": posts[2]["id"], "slug": posts[3]["slug"]},
            {"id": posts[0]["id"], "title": "y"},
            {"id": posts[3]["id"], "title": "x", "version": 1},
            {"title": "x"},
        ]);
        let data = blog.editor().patch(PARTIAL, &rows).expect(207).data();
        assert_eq!(statuses(&data), [200, 404, 409, 400, 400, 200, 400]);
        assert_eq!(data["results"][2]["code"], "stale_version");
        let message = format!("Invalid pk \"{nobody}\" - object does not exist.");
        assert_eq!(data["results"][1]["errors"], json!({"id": [message]}));
        for (place, version) in [(0, 2), (1, 1), (2, 1), (3, 2)] {
            let id = posts[place]["id"].as_str().expect("a key");
            let post = blog.editor().get(&path_of(id)).expect(200).data();
            assert_eq!(post["version"], version);
        }
    }

    fn rows_that_are_there_are_deleted_beside_others(blog) {
        let posts = made(blog, 3);
        let ids = json!({"ids": [posts[0]["id"], Uuid::new_v4(), "x", posts[2]["id"]]});
        let data = blog.editor().delete_with(PARTIAL, &ids).expect(207).data();
        assert_eq!(statuses(&data), [204, 404, 400, 204]);
        assert_eq!(blog.editor().get(POSTS).data()["count"], 1);
    }

    fn where_no_row_is_sound_nothing_is_done(blog) {
        let before = rows(blog);
        let data = blog.editor().post(PARTIAL, &json!([{}, 3])).expect(207).data();
        assert_eq!(statuses(&data), [400, 400]);
        assert_eq!(rows(blog), before);
        for body in [json!([]), json!({}), json!(vec![json!({}); 1_001])] {
            blog.editor().post(PARTIAL, &body).expect(400);
        }
        blog.author().post(PARTIAL, &json!(posts(1))).expect(403);
    }

    fn a_dry_run_tells_all_and_does_nothing(blog) {
        let posts_there = made(blog, 2);
        let before = rows(blog);
        let answer = blog.editor().post(DRY_RUN, &json!(posts(3))).expect(200);
        assert_eq!(answer.json()["message"], "3 posts created successfully in a dry run");
        assert_eq!(answer.data()[2]["slug"], "number-2");
        let changes = json!([{"id": posts_there[0]["id"], "title": "x", "tags": []}]);
        let changed = blog.editor().patch(DRY_RUN, &changes).expect(200).data();
        assert_eq!([&changed[0]["title"], &changed[0]["version"]], [&json!("x"), &json!(2)]);
        let ids = json!({"ids": [posts_there[1]["id"]]});
        blog.editor().delete_with(DRY_RUN, &ids).expect(204);
        let both = format!("{DRY_RUN}&mode=partial");
        let data = blog.editor().post(&both, &json!([{}, posts(1)[0]])).expect(207).data();
        assert_eq!(statuses(&data), [400, 200]);
        assert_eq!(keys(&blog.editor().post(DRY_RUN, &json!([{}])).expect(400).errors()), ["0"]);
        assert_eq!(rows(blog), before);
    }

    fn who_wants_no_rows_is_shown_none(blog) {
        for prefer in [
            "return=minimal",
            "respond-async, Return = \"minimal\"; x=y, return=representation",
            r#"x="a,return=representation;\"", return="min\imal""#,
        ] {
            let client = blog.editor().header("Prefer", prefer);
            let answer = client.post(BULK, &json!(posts(2))).expect(201);
            assert_eq!(answer.data(), Value::Null);
            assert_eq!(answer.header("preference-applied"), Some("return=minimal"));
            let data = client.post(PARTIAL, &json!([posts(1)[0], {}])).expect(207).data();
            assert_eq!(statuses(&data), [201, 400]);
            assert_eq!(data["results"][0].get("data"), None);
        }
        for prefer in [
            "return=representation",
            "return=representation, return=minimal",
            "return, return=minimal",
            r#"x="a,return=minimal""#,
            r#"x="\",return=minimal""#,
            r#"x="a, return=minimal"#,
            "minimal",
            "",
        ] {
            let client = blog.editor().header("Prefer", prefer);
            let answer = client.post(BULK, &json!(posts(1))).expect(201);
            assert!(answer.data()[0].is_object(), "{prefer}");
            assert_eq!(answer.header("preference-applied"), None);
        }
        assert_eq!(blog.editor().get(POSTS).data()["count"], 17);
    }

    fn parameters_have_known_values(blog) {
        for (query, errors) in [
            ("mode=all", json!({"mode": ["Must be atomic or partial."]})),
            ("dry_run=", json!({"dry_run": ["Must be false or true."]})),
        ] {
            let path = format!("{BULK}?{query}");
            assert_eq!(blog.editor().post(&path, &json!(posts(1))).expect(400).errors(), errors);
            let ids = json!({"ids": [Uuid::new_v4()]});
            assert_eq!(blog.editor().delete_with(&path, &ids).expect(400).errors(), errors);
        }
        let path = format!("{BULK}?mode=atomic&dry_run=false&fields=title");
        let data = blog.editor().post(&path, &json!(posts(1))).expect(201).data();
        assert_eq!(data, json!([{"title": "Number 0"}]));
        blog.editor().post(&format!("{BULK}?modus=partial"), &json!(posts(1))).expect(400);
        blog.editor().post(&format!("{POSTS}?mode=partial"), &json!({"title": "x", "body": "x"})).expect(400);
        blog.editor().post(&format!("{POSTS}?mode=partial"), &json!(posts(1))).expect(207);
    }

    fn a_parameter_that_stands_twice_is_refused(blog) {
        let posts_there = made(blog, 1);
        let before = rows(blog);
        for (query, name) in [
            ("dry_run=true&dry_run=false", "dry_run"),
            ("dry_run=false&dry_run=true", "dry_run"),
            ("dry_run=true&mode=partial&dry_run=true", "dry_run"),
            ("mode=atomic&mode=partial", "mode"),
        ] {
            let path = format!("{BULK}?{query}");
            let expected = json!({name: ["This parameter may stand only once."]});
            let change = json!([{"id": posts_there[0]["id"], "title": "x"}]);
            let ids = json!({"ids": [posts_there[0]["id"]]});
            let editor = blog.editor();
            for answer in [
                editor.post(&path, &json!(posts(1))),
                editor.patch(&path, &change),
                editor.put(&path, &change),
                editor.delete_with(&path, &ids),
            ] {
                assert_eq!(answer.expect(400).errors(), expected, "{query}");
            }
        }
        assert_eq!(rows(blog), before);
    }

    fn a_failure_of_a_row_as_a_whole_has_one_shape(blog) {
        let post = made(blog, 1).remove(0);
        let stale = json!([{"id": post["id"], "title": "x", "version": 7}]);
        let refused = blog.editor().patch(BULK, &stale).expect(409);
        let told = blog.editor().patch(PARTIAL, &stale).expect(207).data()["results"][0].take();
        assert_eq!(told["status"], 409);
        assert_eq!(told["errors"], refused.errors()["0"]);
        assert_eq!(told["errors"], json!({"non_field_errors": [told["message"]]}));
        let detail = &told["details"][0];
        assert_eq!((&detail["pointer"], &detail["code"]), (&json!(""), &json!("stale_version")));
        let client = blog.editor().header("If-Match", "\"posts:1\"");
        let unmatched = json!([{"id": post["id"], "title": "x"}]);
        let refused = client.patch(BULK, &unmatched).expect(412);
        let told = client.patch(PARTIAL, &unmatched).expect(207).data()["results"][0].take();
        assert_eq!((&told["status"], &told["errors"]), (&json!(412), &refused.errors()["0"]));
    }

    fn options_tell_what_each_row_may_have(blog) {
        let about = blog.editor().options(BULK).expect(200).data();
        assert_eq!(about["name"], "Post Bulk");
        assert_eq!(keys(&about["actions"]), ["DELETE", "PATCH", "POST", "PUT"]);
        let id = json!({"type": "field", "required": true, "read_only": false, "label": "Id"});
        assert_eq!(about["actions"]["PATCH"]["id"], id);
        assert_eq!(about["actions"]["PUT"]["id"], id);
        assert_eq!(about["actions"]["POST"]["id"]["read_only"], true);
        assert_eq!(about["actions"]["DELETE"]["ids"]["child"], id);
        assert_eq!(about["max_rows"], json!({"DELETE": 1000, "PATCH": 1000, "POST": 1000, "PUT": 1000}));
        assert_eq!(about["parses"], json!(["application/json", "application/x-ndjson", "application/jsonl"]));
        assert_eq!(about["actions"]["POST"]["title"]["required"], true);
        let nothing = blog.reader().options(BULK).expect(200).data();
        assert_eq!(nothing.get("actions"), None);
    }
}
