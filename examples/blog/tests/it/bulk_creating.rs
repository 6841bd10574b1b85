//! `POST /posts/bulk/`, and an array that is posted to the collection.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blog::{Blog, POSTS, Sample, keys, path_of, started};

const BULK: &str = "/api/v1/posts/bulk/";

/// What a request of 1,000 posts may cost.
const STATEMENTS: u64 = 15;

fn posts(count: usize) -> Vec<Value> {
    let post = |number| json!({"title": format!("Number {number}"), "body": "Some text."});
    (0..count).map(post).collect()
}

fn stored(blog: &Blog) -> i64 {
    let count = blog.editor().get(POSTS).expect(200).data()["count"].as_i64();
    count.expect("a count")
}

/// The errors of a request that is refused, of which nothing is stored.
fn refused(blog: &Blog, status: u16, body: &Value) -> Value {
    let before = stored(blog);
    let errors = blog.editor().post(BULK, body).expect(status).errors();
    assert_eq!(stored(blog), before, "nothing is stored");
    errors
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
}

on_both_databases! {
    with started;

    fn a_thousand_posts_cost_few_statements(blog) {
        let tags: Vec<i64> = (0..5).map(|number| blog.tag(&format!("tag {number}"))).collect();
        let categories = [blog.category("Music"), blog.category("Tea")];
        let mut rows = posts(1_000);
        for (number, row) in rows.iter_mut().enumerate() {
            row["tags"] = json!([tags[number % 5], tags[(number + 1) % 5]]);
            if number % 3 > 0 {
                row["category"] = json!(categories[number % 2]);
            }
            if number % 7 == 0 {
                row["slug"] = json!(format!("own-{number}"));
            }
        }
        let editor = blog.editor();
        editor.get(POSTS).expect(200);
        let answer = editor.post(BULK, &json!(rows)).expect(201);
        let statements = answer.statements();
        assert!(statements <= STATEMENTS, "{statements} statements");
        let made = answer.data();
        assert_eq!(made.as_array().map(Vec::len), Some(1_000));
        for (number, row) in rows.iter().enumerate() {
            let post = &made[number];
            assert_eq!(post["title"], row["title"]);
            assert_eq!(post["author"]["username"], "editor");
            assert_eq!(post["category"]["id"], row["category"]);
            assert_eq!(post["version"], 1);
            let mut own: Vec<i64> = row["tags"].as_array().expect("tags").iter()
                .filter_map(Value::as_i64).collect();
            own.sort_unstable();
            let shown: Vec<i64> = post["tags"].as_array().expect("tags").iter()
                .filter_map(|tag| tag["id"].as_i64()).collect();
            assert_eq!(shown, own);
        }
        assert_eq!(made[7]["slug"], "own-7");
        assert_eq!(made[8]["slug"], "number-8");
        assert_eq!(stored(blog), 1_000);
        for number in [0, 999] {
            let id = text(&made[number], "id");
            assert_eq!(editor.get(&path_of(id)).expect(200).data(), made[number]);
            let history = editor.get(&format!("{}history/", path_of(id))).expect(200).data();
            assert_eq!(history["count"], 1);
            assert_eq!(history["results"][0]["action"], "create");
            let changes = &history["results"][0]["changes"];
            assert_eq!(changes["created_by"]["new"], blog.key_of("editor").to_string());
            assert_eq!(changes["tags"]["new"].as_array().map(Vec::len), Some(2));
        }
    }

    fn the_same_titles_get_slugs_of_their_own(blog) {
        blog.draft("Hello");
        let mut rows = vec![json!({"title": "Hello", "body": "x"}); 30];
        rows[29]["slug"] = json!("hello-2");
        let before = blog.editor().post(BULK, &json!(rows[..2])).expect(201);
        assert_eq!(before.data()[0]["slug"], "hello-2");
        rows[29]["slug"] = json!("hello-4");
        let answer = blog.editor().post(BULK, &json!(rows)).expect(201);
        assert!(answer.statements() <= STATEMENTS, "{} statements", answer.statements());
        let made = answer.data();
        let slugs: std::collections::HashSet<&str> =
            (0..30).map(|at| text(&made[at], "slug")).collect();
        assert_eq!(slugs.len(), 30, "{slugs:?}");
        assert_eq!(made[0]["slug"], "hello-5", "what another row brings is not made for this one");
        assert_eq!(made[29]["slug"], "hello-4");
    }

    fn an_array_on_the_collection_is_the_same(blog) {
        let answer = blog.editor().post(POSTS, &json!(posts(3))).expect(201);
        assert_eq!(answer.data()[2]["title"], "Number 2");
        assert_eq!(answer.json()["message"], "3 posts created successfully");
        let one = blog.editor().post(POSTS, &json!(posts(1))).expect(201);
        assert_eq!(one.json()["message"], "1 post created successfully");
        let errors = blog.author().post(POSTS, &json!(posts(1))).expect(400).errors();
        let message = "Invalid data. Expected a dictionary, but got list.";
        assert_eq!(errors, json!({"non_field_errors": [message]}), "who may make one post alone");
        blog.reader().post(POSTS, &json!(posts(1))).expect(403);
        blog.anonymous().post(POSTS, &json!(posts(1))).expect(401);
        let empty = blog.editor().post(POSTS, &json!([])).expect(400).errors();
        assert_eq!(empty, json!({"non_field_errors": ["This list may not be empty."]}));
        assert_eq!(stored(blog), 4);
    }

    fn a_request_that_fails_at_its_last_row_stores_nothing(blog) {
        let mut rows = posts(1_000);
        rows[999]["title"] = json!("");
        let errors = refused(blog, 400, &json!(rows));
        assert_eq!(errors, json!({"999": {"title": ["This field may not be blank."]}}));
    }

    fn every_error_of_every_row_is_told(blog) {
        let mut rows = posts(6);
        rows[1] = json!({"title": "x".repeat(201), "status": "lost"});
        rows[2] = json!(["no object"]);
        rows[3]["tags"] = json!([998, 999]);
        rows[5]["category"] = json!("none");
        let errors = refused(blog, 400, &json!(rows));
        assert_eq!(keys(&errors), ["1", "2", "3", "5"]);
        assert_eq!(errors, json!({
            "1": {
                "title": ["Ensure this field has no more than 200 characters."],
                "status": ["\"lost\" is not a valid choice."],
                "body": ["This field is required."],
            },
            "2": {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
            "3": {"tags": {
                "0": ["Invalid pk \"998\" - object does not exist."],
                "1": ["Invalid pk \"999\" - object does not exist."],
            }},
            "5": {"category": ["Incorrect type. Expected pk value, received str."]},
        }));
    }

    fn a_unique_value_twice_in_one_payload_is_refused_at_the_second(blog) {
        let mut rows = posts(4);
        for row in [1, 3] {
            rows[row]["slug"] = json!("same");
        }
        let errors = refused(blog, 400, &json!(rows));
        assert_eq!(errors, json!({"3": {"slug": ["post with this slug already exists."]}}));
    }

    fn unique_values_of_stored_rows_are_refused_with_every_other_error(blog) {
        blog.editor().post(POSTS, &json!({"title": "x", "body": "x", "slug": "taken"})).expect(201);
        let mut rows = posts(5);
        rows[2]["slug"] = json!("taken");
        let taken = json!({"slug": ["post with this slug already exists."]});
        assert_eq!(refused(blog, 400, &json!(rows)), json!({"2": taken}));
        rows[4]["body"] = Value::Null;
        let errors = refused(blog, 400, &json!(rows));
        assert_eq!(errors, json!({"2": taken, "4": {"body": ["This field may not be null."]}}));
    }

    fn many_refusals_cost_few_statements(blog) {
        let taken: Vec<Value> = (0..200)
            .map(|number| json!({"title": "x", "body": "x", "slug": format!("slug-{number}")}))
            .collect();
        blog.editor().post(BULK, &json!(taken)).expect(201);
        let answer = blog.editor().post(BULK, &json!(taken)).expect(400);
        assert_eq!(keys(&answer.errors()).len(), 200);
        assert!(answer.statements() <= STATEMENTS, "{} statements", answer.statements());
    }

    fn related_rows_that_the_principal_must_not_see_are_none(blog) {
        let mut rows = posts(2);
        rows[1]["tags"] = json!([Uuid::new_v4()]);
        let errors = refused(blog, 400, &json!(rows));
        assert_eq!(keys(&errors), ["1"]);
    }

    fn what_is_no_list_of_rows_is_refused(blog) {
        for (body, message) in [
            (json!([]), "This list may not be empty."),
            (json!({"title": "x"}), "Expected a list of items but got type \"dict\"."),
            (json!("x"), "Expected a list of items but got type \"str\"."),
            (json!(7), "Expected a list of items but got type \"int\"."),
            (json!(null), "Expected a list of items but got type \"NoneType\"."),
            (json!(posts(1_001)), "Ensure this list has no more than 1000 rows."),
        ] {
            assert_eq!(refused(blog, 400, &body), json!({"non_field_errors": [message]}));
        }
        let mixed = json!([1, "x", null, [[]], {"title": "x", "body": "x"}, true, 1.5]);
        assert_eq!(keys(&refused(blog, 400, &mixed)), ["0", "1", "2", "3", "5", "6"]);
        for rest in ["[".repeat(100_000), format!("[{}", "{},".repeat(100_000)), "[{]".to_owned()] {
            let client = blog.editor().header("Content-Type", "application/json");
            let answer = client.send("POST", BULK, Some(rest.as_bytes())).expect(400);
            assert!(answer.body.len() < 2_000, "{answer:?}");
        }
    }

    fn a_million_rows_are_refused_at_the_first_too_many(blog) {
        let body = format!("[0{}]", ",0".repeat(1_000_000));
        for method in ["POST", "PUT", "PATCH"] {
            let client = blog.editor().header("Content-Type", "application/json");
            let answer = client.send(method, BULK, Some(body.as_bytes())).expect(400);
            let message = "Ensure this list has no more than 1000 rows.";
            assert_eq!(answer.errors(), json!({"non_field_errors": [message]}));
        }
    }

    fn no_body_is_no_list(blog) {
        let client = blog.editor().header("Content-Type", "application/json");
        for method in ["POST", "PUT", "PATCH"] {
            for body in [None, Some(&b""[..]), Some(b" \r\n")] {
                let errors = client.send(method, BULK, body).expect(400).errors();
                let message = "Expected a list of items but got type \"dict\".";
                assert_eq!(errors, json!({"non_field_errors": [message]}), "{method} {body:?}");
            }
        }
    }

    fn an_array_where_bulk_is_not_declared_is_no_object(blog) {
        let errors = blog.editor().post("/api/v1/tags/", &json!([{"name": "x"}])).expect(400).errors();
        let message = "Invalid data. Expected a dictionary, but got list.";
        assert_eq!(errors, json!({"non_field_errors": [message]}));
        blog.editor().post("/api/v1/tags/bulk/", &json!([])).expect(405);
    }

    fn the_rules_of_a_single_row_hold_for_each(blog) {
        for (name, status) in [("reader", 403), ("author", 403), ("editor", 201), ("admin", 201)] {
            blog.user(name).post(BULK, &json!(posts(2))).expect(status);
        }
        blog.anonymous().post(BULK, &json!(posts(2))).expect(401);
        blog.add(Sample::default());
        assert_eq!(stored(blog), 5);
    }
}
