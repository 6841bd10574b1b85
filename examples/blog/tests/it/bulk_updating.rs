//! `PUT` and `PATCH /posts/bulk/`.

use blog::posts::Post;
use restwell::{Changes, Model};
use restwell_testing::{TestResponse, on_both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blog::{Blog, POSTS, keys, path_of, started};

const BULK: &str = "/api/v1/posts/bulk/";

/// What a request of any number of posts may cost.
const STATEMENTS: u64 = 15;

const STALE: &str = "This record was modified by another user. Please refresh and try again.";

/// So many posts, as they are shown.
fn made(blog: &Blog, count: usize) -> Vec<Value> {
    let post = |number| json!({"title": format!("Number {number}"), "body": "Some text."});
    let posts: Vec<Value> = (0..count).map(post).collect();
    let answer = blog.editor().post(BULK, &json!(posts)).expect(201);
    answer.data().as_array().expect("posts").clone()
}

/// The post as it is now.
fn now(blog: &Blog, post: &Value) -> Value {
    let id = post["id"].as_str().expect("a key");
    blog.editor().get(&path_of(id)).expect(200).data()
}

fn patch(blog: &Blog, body: &Value) -> TestResponse {
    blog.editor().patch(BULK, body)
}

/// The errors of a change that is refused, of which nothing is done.
fn refused(blog: &Blog, status: u16, posts: &[Value], body: &Value) -> Value {
    let errors = patch(blog, body).expect(status).errors();
    for post in posts {
        assert_eq!(now(blog, post), *post, "nothing is changed");
    }
    errors
}

on_both_databases! {
    with started;

    fn many_posts_are_changed_in_few_statements(blog) {
        let tags = [blog.tag("tea"), blog.tag("bread")];
        let posts = made(blog, 1_000);
        let rows: Vec<Value> = posts.iter().rev().map(|post| json!({
            "id": post["id"],
            "title": format!("{}, changed", post["title"].as_str().expect("a title")),
            "tags": tags,
            "version": 1,
        })).collect();
        let answer = patch(blog, &json!(rows)).expect(200);
        assert!(answer.statements() <= STATEMENTS, "{} statements", answer.statements());
        assert_eq!(answer.json()["message"], "1000 posts updated successfully");
        let changed = answer.data();
        for (place, row) in rows.iter().enumerate() {
            let post = &changed[place];
            assert_eq!([&post["id"], &post["title"]], [&row["id"], &row["title"]]);
            assert_eq!(post["version"], 2);
            assert_eq!(post["tags"].as_array().map(Vec::len), Some(2));
        }
        assert_eq!(now(blog, &posts[999]), changed[0]);
        let id = posts[0]["id"].as_str().expect("a key");
        let history = blog.editor().get(&format!("{}history/", path_of(id))).expect(200).data();
        assert_eq!(history["count"], 2);
        let entry = &history["results"][0];
        assert_eq!(entry["action"], "update");
        let mut fields = keys(&entry["changes"]);
        fields.sort_unstable();
        assert_eq!(fields, ["tags", "title", "version"]);
    }

    fn each_row_writes_the_columns_that_it_brings(blog) {
        let music = blog.category("Music");
        let posts = made(blog, 3);
        let rows = json!([
            {"id": posts[0]["id"], "title": "First"},
            {"id": posts[1]["id"], "body": "Second"},
            {"id": posts[2]["id"], "category": music},
        ]);
        let changed = patch(blog, &rows).expect(200).data();
        for (place, post) in posts.iter().enumerate() {
            for (field, own) in [("title", 0), ("body", 1)] {
                if own != place {
                    assert_eq!(changed[place][field], post[field]);
                }
            }
        }
        assert_eq!(changed[0]["title"], "First");
        assert_eq!(changed[1]["body"], "Second");
        assert_eq!(changed[2]["category"]["id"], music);
        let id = posts[0]["id"].as_str().expect("a key");
        let history = blog.editor().get(&format!("{}history/", path_of(id))).expect(200).data();
        assert_eq!(keys(&history["results"][0]["changes"]), ["title", "version"]);
    }

    fn what_others_change_at_the_same_time_is_kept(blog) {
        let posts = made(blog, 3);
        let (first, second, third) = (&posts[0]["id"], &posts[1]["id"], &posts[2]["id"]);
        let requests = [
            json!([{"id": first, "title": "x"}, {"id": second, "body": "y"}, {"id": third, "title": "x"}]),
            json!([{"id": first, "body": "y"}, {"id": second, "title": "x"}, {"id": third, "body": "y"}]),
        ];
        let editor = blog.editor();
        // Both read the rows as they are, and write them when the views are counted.
        std::thread::scope(|scope| {
            let mut cx = blog.db.context();
            let waiting = cx.atomic(|cx| {
                Post::objects().update_only(cx, Changes::new().with(Post::F.views, 7))?;
                let send = |rows| { let editor = &editor; scope.spawn(move || editor.patch(BULK, rows)) };
                let waiting = requests.each_ref().map(send);
                std::thread::sleep(std::time::Duration::from_millis(400));
                Ok(waiting)
            });
            for request in waiting.expect("views") {
                request.join().expect("an answer").expect(200);
            }
        });
        for post in &posts {
            let post = now(blog, post);
            let own = ["title", "body", "views", "version"].map(|field| &post[field]);
            assert_eq!(own, [&json!("x"), &json!("y"), &json!(7), &json!(3)]);
        }
    }

    fn who_and_when_are_noted_on_each(blog) {
        let posts = made(blog, 2);
        blog.clock.advance(chrono::TimeDelta::hours(1));
        let rows = json!([
            {"id": posts[0]["id"], "title": "x"},
            {"id": posts[1]["id"], "category": null},
        ]);
        let changed = blog.admin().patch(BULK, &rows).expect(200).data();
        for place in 0..2 {
            assert_eq!(changed[place]["updated_at"], "2026-01-15T11:30:00.123456Z");
            assert_eq!(changed[place]["created_at"], posts[place]["created_at"]);
            assert_eq!(changed[place]["version"], 2);
        }
        let editors: Vec<Option<Uuid>> = Post::objects()
            .values(Post::F.updated_by, &mut blog.db.context()).expect("users");
        assert_eq!(editors, [Some(blog.key_of("admin")); 2]);
    }

    fn a_put_wants_the_whole_of_each_row(blog) {
        let posts = made(blog, 2);
        let rows = json!([
            {"id": posts[0]["id"], "title": "x", "body": "y"},
            {"id": posts[1]["id"], "title": "x"},
        ]);
        let errors = blog.editor().put(BULK, &rows).expect(400).errors();
        assert_eq!(errors, json!({"1": {"body": ["This field is required."]}}));
        let mut rows = rows;
        rows[1]["body"] = json!("z");
        let changed = blog.editor().put(BULK, &rows).expect(200).data();
        assert_eq!(changed[1]["body"], "z");
        assert_eq!(changed[1]["slug"], posts[1]["slug"], "what is optional stays");
    }

    fn ids_that_are_no_rows_are_named(blog) {
        let posts = made(blog, 2);
        let nobody = Uuid::new_v4();
        let deleted = made(blog, 1).remove(0);
        let path = path_of(deleted["id"].as_str().expect("a key"));
        blog.editor().delete(&path).expect(204);
        let missing = |id: &Value| {
            let id = id.as_str().expect("a key");
            json!({"id": [format!("Invalid pk \"{id}\" - object does not exist.")]})
        };
        let rows = json!([
            {"id": posts[0]["id"], "title": "x"},
            {"id": nobody, "title": "x"},
            {"id": "no key", "title": "x"},
            {"id": deleted["id"], "title": "x"},
            {"title": "x"},
            {"id": null},
            {"id": posts[1]["id"], "title": ""},
            7,
            {"id": [posts[0]["id"]]},
        ]);
        let errors = refused(blog, 400, &posts, &rows);
        assert_eq!(errors, json!({
            "1": missing(&json!(nobody)),
            "2": {"id": ["Incorrect type. Expected pk value, received str."]},
            "3": missing(&deleted["id"]),
            "4": {"id": ["This field is required."]},
            "5": {"id": ["This field may not be null."]},
            "6": {"title": ["This field may not be blank."]},
            "7": {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]},
            "8": {"id": ["Incorrect type. Expected pk value, received list."]},
        }));
    }

    fn an_id_stands_in_a_request_once(blog) {
        let posts = made(blog, 2);
        let upper = posts[0]["id"].as_str().expect("a key").to_uppercase();
        let rows = json!([
            {"id": posts[0]["id"], "title": "x"},
            {"id": posts[1]["id"], "title": "x"},
            {"id": upper, "title": "y"},
        ]);
        let errors = refused(blog, 400, &posts, &rows);
        let message = "Another row of the request names the same object.";
        assert_eq!(errors, json!({"2": {"id": [message]}}));
    }

    fn a_stale_version_of_one_row_stops_all(blog) {
        let posts = made(blog, 3);
        let rows = json!([
            {"id": posts[0]["id"], "title": "x", "version": 1},
            {"id": posts[1]["id"], "title": "x", "version": 2},
            {"id": posts[2]["id"], "title": "x"},
        ]);
        let errors = refused(blog, 409, &posts, &rows);
        assert_eq!(errors, json!({"1": {"non_field_errors": [STALE]}}));
    }

    fn a_stale_version_is_told_beside_the_errors_of_other_rows(blog) {
        let posts = made(blog, 3);
        let rows = json!([
            {"id": posts[0]["id"], "title": "x", "version": 1},
            {"id": posts[1]["id"], "title": "x", "version": 2},
            {"id": posts[2]["id"], "title": ""},
        ]);
        let errors = refused(blog, 400, &posts, &rows);
        assert_eq!(errors, json!({
            "1": {"non_field_errors": [STALE]},
            "2": {"title": ["This field may not be blank."]},
        }));
    }

    fn if_match_names_the_state_of_each_row(blog) {
        let posts = made(blog, 2);
        let tag = |post: &Value| {
            let id = post["id"].as_str().expect("a key");
            let shown = blog.editor().get(&path_of(id)).expect(200);
            shown.header("etag").expect("a tag").to_owned()
        };
        let rows = json!([
            {"id": posts[0]["id"], "title": "x"},
            {"id": posts[1]["id"], "title": "x"},
        ]);
        let (one, other) = (tag(&posts[0]), tag(&posts[1]));
        let client = blog.editor().header("If-Match", &one);
        let errors = client.patch(BULK, &rows).expect(412).errors();
        assert_eq!(keys(&errors), ["1"]);
        let client = blog.editor().header("If-Match", &format!("{one}, {other}"));
        client.patch(BULK, &rows).expect(200);
        let errors = client.patch(BULK, &rows).expect(412).errors();
        assert_eq!(keys(&errors), ["0", "1"]);
    }

    fn a_unique_value_that_stays_is_no_conflict(blog) {
        let posts = made(blog, 2);
        let rows = json!([
            {"id": posts[0]["id"], "slug": posts[0]["slug"], "title": "x"},
            {"id": posts[1]["id"], "slug": posts[1]["slug"], "title": "y"},
        ]);
        let changed = patch(blog, &rows).expect(200).data();
        assert_eq!(changed[0]["slug"], posts[0]["slug"]);
    }

    fn unique_values_of_other_rows_are_refused(blog) {
        let posts = made(blog, 5);
        let taken = json!({"slug": ["post with this slug already exists."]});
        let rows = json!([
            {"id": posts[0]["id"], "slug": "fresh"},
            {"id": posts[1]["id"], "slug": posts[3]["slug"]},
            {"id": posts[2]["id"], "slug": "fresh"},
            {"id": posts[4]["id"], "slug": posts[4]["slug"]},
        ]);
        let errors = refused(blog, 400, &posts, &rows);
        assert_eq!(errors, json!({"1": taken, "2": taken}));
        let rows = json!([
            {"id": posts[0]["id"], "slug": "fresh"},
            {"id": posts[1]["id"], "slug": posts[3]["slug"]},
        ]);
        assert_eq!(refused(blog, 400, &posts, &rows), json!({"1": taken}));
    }

    fn a_unique_value_is_that_of_the_row_that_keeps_it(blog) {
        let posts = made(blog, 2);
        let taken = json!({"slug": ["post with this slug already exists."]});
        let keeps = json!({"id": posts[1]["id"], "slug": posts[1]["slug"]});
        let takes = json!({"id": posts[0]["id"], "slug": posts[1]["slug"]});
        let errors = refused(blog, 400, &posts, &json!([takes, keeps]));
        assert_eq!(errors, json!({"0": taken}));
        let errors = refused(blog, 400, &posts, &json!([keeps, takes]));
        assert_eq!(errors, json!({"1": taken}));
    }

    fn two_rows_that_swap_a_unique_value_are_told_how(blog) {
        let posts = made(blog, 2);
        let rows = json!([
            {"id": posts[0]["id"], "slug": posts[1]["slug"]},
            {"id": posts[1]["id"], "slug": posts[0]["slug"]},
        ]);
        let errors = refused(blog, 400, &posts, &rows);
        let message = "Another row of the request still has this value. Change that one in an earlier request.";
        assert_eq!(errors, json!({"0": {"slug": [message]}, "1": {"slug": [message]}}));
        // PostgreSQL looks at each row in an order of its own: where it refuses, it is told how.
        let leaves = json!({"id": posts[1]["id"], "slug": "fresh"});
        let takes = json!({"id": posts[0]["id"], "slug": posts[1]["slug"]});
        for (rows, place) in [(json!([takes, leaves]), "0"), (json!([leaves, takes]), "1")] {
            let answer = blog.editor().patch(&format!("{BULK}?dry_run=true"), &rows);
            if answer.status != 200 {
                assert_eq!(answer.expect(400).errors(), json!({place: {"slug": [message]}}));
            }
        }
    }

    fn links_are_set_for_each_row_that_brings_some(blog) {
        let tags: Vec<i64> = (0..4).map(|number| blog.tag(&format!("tag {number}"))).collect();
        let posts = made(blog, 3);
        let set = |rows: Value| patch(blog, &rows).expect(200).data();
        set(json!([
            {"id": posts[0]["id"], "tags": [tags[0], tags[1]]},
            {"id": posts[1]["id"], "tags": [tags[0], tags[1]]},
            {"id": posts[2]["id"], "tags": [tags[0], tags[1]]},
        ]));
        let changed = set(json!([
            {"id": posts[0]["id"], "tags": [tags[1], tags[2], tags[2]]},
            {"id": posts[1]["id"], "tags": []},
            {"id": posts[2]["id"], "title": "x"},
        ]));
        let names = |post: &Value| -> Vec<i64> {
            let tags = post["tags"].as_array().expect("tags");
            tags.iter().filter_map(|tag| tag["id"].as_i64()).collect()
        };
        assert_eq!(names(&changed[0]), tags[1..3]);
        assert_eq!(names(&changed[1]), [0; 0]);
        assert_eq!(names(&changed[2]), tags[..2]);
        for place in 0..3 {
            assert_eq!(now(blog, &posts[place]), changed[place]);
        }
        let rows = json!([{"id": posts[0]["id"], "tags": [tags[3]]}, {"id": posts[1]["id"], "tags": [99]}]);
        let errors = patch(blog, &rows).expect(400).errors();
        let message = "Invalid pk \"99\" - object does not exist.";
        assert_eq!(errors, json!({"1": {"tags": {"0": [message]}}}));
        assert_eq!(now(blog, &posts[0]), changed[0]);
    }

    fn a_field_that_is_set_once_stays(blog) {
        let posts = made(blog, 1);
        let rows = json!([{"id": posts[0]["id"], "status": "published"}]);
        assert_eq!(patch(blog, &rows).expect(200).data()[0]["status"], "draft");
    }

    fn an_update_is_for_who_may_update_each(blog) {
        let posts = made(blog, 1);
        let rows = json!([{"id": posts[0]["id"], "title": "x"}]);
        for (name, status) in [("reader", 403), ("author", 403), ("admin", 200)] {
            blog.user(name).patch(BULK, &rows).expect(status);
        }
        blog.anonymous().patch(BULK, &rows).expect(401);
        blog.editor().patch(POSTS, &rows).expect(405);
    }
}
