//! `DELETE /posts/bulk/`.

use restwell_testing::{TestResponse, on_both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blog::{Blog, POSTS, path_of, started};

const BULK: &str = "/api/v1/posts/bulk/";

/// What a request of any number of posts may cost.
const STATEMENTS: u64 = 15;

const STALE: &str = "This record was modified by another user. Please refresh and try again.";

/// The keys of so many new posts.
fn made(blog: &Blog, count: usize) -> Vec<Value> {
    let posts = vec![json!({"title": "x", "body": "x"}); count];
    let posts = blog.editor().post(BULK, &json!(posts)).expect(201).data();
    let ids = posts.as_array().expect("posts").iter();
    ids.map(|post| post["id"].clone()).collect()
}

fn delete(blog: &Blog, body: &Value) -> TestResponse {
    blog.editor().delete_with(BULK, body)
}

fn count(blog: &Blog) -> Value {
    blog.editor().get(POSTS).expect(200).data()["count"].clone()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

on_both_databases! {
    with started;

    fn many_posts_are_deleted_in_few_statements(blog) {
        let ids = made(blog, 1_000);
        let answer = delete(blog, &json!({"ids": ids[1..]})).expect(204);
        assert!(answer.body.is_empty());
        assert!(answer.statements() <= STATEMENTS, "{} statements", answer.statements());
        assert_eq!(count(blog), 1);
        let trash = blog.admin().get(&format!("{POSTS}trash/")).expect(200).data();
        assert_eq!(trash["count"], 999);
        let id = ids[1].as_str().expect("a key");
        blog.admin().post(&format!("{}restore/", path_of(id)), &json!({})).expect(200);
        let history = blog.editor().get(&format!("{}history/", path_of(id))).expect(200).data();
        assert_eq!(history["results"][1]["action"], "delete");
    }

    fn rows_that_are_deleted_already_are_not_deleted_again(blog) {
        let ids = made(blog, 2);
        delete(blog, &json!({"ids": [ids[0]]})).expect(204);
        let deleted = blog.db.rows("posts");
        blog.clock.advance(chrono::TimeDelta::minutes(5));
        let errors = delete(blog, &json!({"ids": [ids[1], ids[0]]})).expect(400).errors();
        let message = format!("Invalid pk {} - object does not exist.", ids[0]);
        assert_eq!(errors, json!({"ids": {"1": [message]}}));
        assert_eq!(blog.db.rows("posts"), deleted);
    }

    fn ids_that_are_no_rows_are_named(blog) {
        let ids = made(blog, 2);
        let nobody = Uuid::new_v4();
        let body = json!({"ids": [ids[0], nobody, "no key", null, 7, ids[1], ids[0], [ids[1]], {"name": "x"}]});
        let answer = delete(blog, &body).expect(400);
        assert_eq!(answer.errors(), json!({"ids": {
            "1": [format!("Invalid pk \"{nobody}\" - object does not exist.")],
            "2": ["Incorrect type. Expected pk value, received str."],
            "3": ["This field may not be null."],
            "4": ["Incorrect type. Expected pk value, received int."],
            "6": ["Another row of the request names the same object."],
            "7": ["Incorrect type. Expected pk value, received list."],
            "8": {"id": ["This field is required."]},
        }}));
        let details = answer.json()["details"].clone();
        let told = details.as_array().expect("details").iter()
            .map(|detail| (text(detail, "pointer"), text(detail, "code")));
        assert_eq!(told.collect::<Vec<_>>(), [
            ("/ids/1", "does_not_exist"),
            ("/ids/2", "incorrect_type"),
            ("/ids/3", "null"),
            ("/ids/4", "incorrect_type"),
            ("/ids/6", "duplicate"),
            ("/ids/7", "incorrect_type"),
            ("/ids/8/id", "required"),
        ]);
        assert_eq!(count(blog), 2);
    }

    fn what_is_wrong_with_an_id_is_told_beside_its_place(blog) {
        let ids = made(blog, 1);
        let body = json!({"ids": [ids[0], 7]});
        let data = blog.editor().delete_with(&format!("{BULK}?mode=partial"), &body).expect(207).data();
        let message = "Incorrect type. Expected pk value, received int.";
        assert_eq!(data["results"], json!([
            {"index": 0, "status": 204},
            {
                "index": 1, "status": 400, "code": "validation_error", "message": "Invalid input.",
                "errors": {"non_field_errors": [message]},
                "details": [{"pointer": "", "code": "incorrect_type", "message": message}],
            },
        ]));
    }

    fn each_row_is_deleted_in_the_version_that_is_named_with_it(blog) {
        let ids = made(blog, 3);
        blog.editor().patch(BULK, &json!([{"id": ids[1], "title": "y"}])).expect(200);
        let named = |version: Value| json!({"ids": [
            {"id": ids[0], "version": 1, "title": "passed over"}, {"id": ids[1], "version": version}, ids[2],
        ]});
        let errors = delete(blog, &named(json!(1))).expect(409).errors();
        assert_eq!(errors, json!({"ids": {"1": [STALE]}}));
        let errors = delete(blog, &named(json!("x"))).expect(400).errors();
        assert_eq!(errors, json!({"ids": {"1": {"version": ["A valid integer is required."]}}}));
        assert_eq!(count(blog), 3);
        let partial = format!("{BULK}?mode=partial&dry_run=true");
        let data = blog.editor().delete_with(&partial, &named(json!(1))).expect(207).data();
        assert_eq!(data["results"][1]["status"], 409);
        delete(blog, &named(json!(2))).expect(204);
        assert_eq!(count(blog), 0);
    }

    fn of_ids_that_stand_twice_the_last_count(blog) {
        let ids = made(blog, 2);
        let client = blog.editor().header("Content-Type", "application/json");
        let body = format!("{{\"ids\":[{}],\"ids\":[{}]}}", ids[0], ids[1]);
        client.send("DELETE", BULK, Some(body.as_bytes())).expect(204);
        blog.editor().get(&path_of(text(&json!({"id": ids[0]}), "id"))).expect(200);
        blog.editor().get(&path_of(text(&json!({"id": ids[1]}), "id"))).expect(404);
        let body = format!("{{\"ids\":[{}],\"ids\":7}}", ids[0]);
        let errors = client.send("DELETE", BULK, Some(body.as_bytes())).expect(400).errors();
        assert_eq!(errors, json!({"ids": ["Expected a list of items but got type \"int\"."]}));
    }

    fn a_million_ids_are_refused_at_the_first_too_many(blog) {
        let body = format!("{{\"ids\": [0{}]}}", ",0".repeat(1_000_000));
        let client = blog.editor().header("Content-Type", "application/json");
        let answer = client.send("DELETE", BULK, Some(body.as_bytes())).expect(400);
        assert_eq!(answer.errors(), json!({"ids": ["Ensure this list has no more than 1000 rows."]}));
    }

    fn what_names_no_rows_is_refused(blog) {
        let at_ids = |message: &str| json!({"ids": [message]});
        let whole = |message: &str| json!({"non_field_errors": [message]});
        for (body, errors) in [
            (json!({}), at_ids("This field is required.")),
            (json!({"ids": []}), at_ids("This list may not be empty.")),
            (json!({"ids": null}), at_ids("Expected a list of items but got type \"NoneType\".")),
            (json!({"ids": "x"}), at_ids("Expected a list of items but got type \"str\".")),
            (json!({"ids": vec![0; 1_001]}), at_ids("Ensure this list has no more than 1000 rows.")),
            (json!([]), whole("Invalid data. Expected a dictionary, but got list.")),
            (json!(3), whole("Invalid data. Expected a dictionary, but got int.")),
            (json!(null), whole("No data provided")),
        ] {
            assert_eq!(delete(blog, &body).expect(400).errors(), errors);
        }
        let message = "This field is required: the body names the rows to delete, as in {\"ids\": […]}.";
        let client = blog.editor().header("Content-Type", "application/json");
        for body in [None, Some(&b" \n"[..])] {
            let errors = client.send("DELETE", BULK, body).expect(400).errors();
            assert_eq!(errors, at_ids(message));
        }
    }

    fn if_match_names_the_state_of_each_row(blog) {
        let ids = made(blog, 2);
        let tag = |id: &Value| {
            let shown = blog.editor().get(&path_of(id.as_str().expect("a key"))).expect(200);
            shown.header("etag").expect("a tag").to_owned()
        };
        let tags = format!("{}, {}", tag(&ids[0]), tag(&ids[1]));
        let change = json!([{"id": ids[1], "title": "y"}]);
        blog.editor().patch(BULK, &change).expect(200);
        let client = blog.editor().header("If-Match", &tags);
        let errors = client.delete_with(BULK, &json!({"ids": ids})).expect(412).errors();
        assert_eq!(errors, json!({"ids": {"1": [STALE]}}));
        assert_eq!(count(blog), 2);
        client.delete_with(BULK, &json!({"ids": [ids[0]]})).expect(204);
    }

    fn a_deletion_is_for_who_may_delete_each(blog) {
        let ids = made(blog, 1);
        for (name, status) in [("reader", 403), ("author", 403), ("admin", 204)] {
            blog.user(name).delete_with(BULK, &json!({"ids": ids})).expect(status);
        }
        blog.anonymous().delete_with(BULK, &json!({"ids": ids})).expect(401);
    }
}
