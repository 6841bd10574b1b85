//! Conditional requests whose answer depends on more than the row of the path.

use restwell_testing::{Client, TestResponse, on_both_databases, race};
use serde_json::json;

use crate::blog::{Blog, path_to, started};

fn etag(response: &TestResponse) -> String {
    let tag = response.header("etag");
    tag.unwrap_or_else(|| panic!("no ETag: {response:?}"))
        .to_owned()
}

/// A draft with a category and a tag: its path, and the keys of the two.
fn shelved(blog: &Blog) -> (String, i64, i64) {
    let (category, tag) = (blog.category("Shelf"), blog.tag("label"));
    let body = json!({"title": "A", "body": "b", "category": category, "tags": [tag]});
    let post = blog.author().post("/api/v1/posts/", &body).expect(201);
    (path_to(&post.data()), category, tag)
}

fn knows(client: &Client, path: &str, tag: &str) -> TestResponse {
    client.header("If-None-Match", tag).get(path)
}

on_both_databases! {
    with started;

    fn who_knows_a_post_hears_of_everything_that_changes_in_it(blog) {
        let (path, category, tag) = shelved(blog);
        let (author, editor) = (blog.author(), blog.editor());
        let first = etag(&author.get(&path).expect(200));
        knows(&author, &path, &first).expect(304);

        let mut known = vec![first];
        let mut changed = || {
            let last = known.last().expect("a tag");
            let now = knows(&author, &path, last).expect(200);
            let tag = etag(&now);
            assert!(!known.contains(&tag), "{tag} stood for another state");
            knows(&author, &path, &tag).expect(304);
            known.push(tag);
            now.data()
        };
        let comments = format!("{path}comments/");
        author.post(&comments, &json!({"body": "First."})).expect(201);
        assert_eq!(changed()["comment_count"], 1);
        let label = format!("/api/v1/tags/{tag}/");
        editor.patch(&label, &json!({"name": "other"})).expect(200);
        assert_eq!(changed()["tags"][0]["name"], "other");
        let shelf = format!("/api/v1/categories/{category}/");
        editor.patch(&shelf, &json!({"name": "Board"})).expect(200);
        assert_eq!(changed()["category"]["name"], "Board");
        editor.delete(&shelf).expect(204);
        assert!(changed()["category"].is_null());
    }

    fn a_change_elsewhere_is_no_reason_to_refuse_a_write(blog) {
        let (path, _, tag) = shelved(blog);
        let before = etag(&blog.author().get(&path));
        let label = format!("/api/v1/tags/{tag}/");
        blog.editor().patch(&label, &json!({"name": "other"})).expect(200);
        let client = blog.author().header("If-Match", &before);
        client.patch(&path, &json!({"body": "One."})).expect(200);
        let selected = etag(&blog.author().get(&format!("{path}?fields=title")));
        let client = blog.author().header("If-Match", &selected);
        client.patch(&path, &json!({"body": "Two."})).expect(200);
        client.patch(&path, &json!({"body": "Three."})).expect(412);
    }

    fn answers_to_writes_have_the_tag_of_the_next_read(blog) {
        let category = blog.category("Shelf");
        let author = blog.author();
        let body = json!({"title": "A", "body": "b", "category": category});
        let made = author.post("/api/v1/posts/", &body).expect(201);
        let path = path_to(&made.data());
        knows(&author, &path, &etag(&made)).expect(304);
        let patched = author.patch(&path, &json!({"title": "B"})).expect(200);
        knows(&author, &path, &etag(&patched)).expect(304);
        let put = author.put(&path, &body).expect(200);
        knows(&author, &path, &etag(&put)).expect(304);
    }

    fn who_wants_one_state_gets_no_other(blog) {
        let (path, ..) = shelved(blog);
        let tag = etag(&blog.author().get(&path));
        let wanting = |state: &str| blog.author().header("If-Match", state).get(&path);
        wanting("\"nope\"").expect(412);
        wanting(&format!("W/{tag}")).expect(412);
        wanting(&tag).expect(200);
        wanting("*").expect(200);
        let missing = blog.author().header("If-Match", "\"nope\"");
        missing.get(&crate::blog::path_of("00000000-0000-7000-8000-000000000000")).expect(404);
    }

    fn who_wants_no_state_at_all_gets_none(blog) {
        let (path, ..) = shelved(blog);
        for nothing in ["", ",", " , "] {
            let client = blog.author().header("If-Match", nothing);
            client.get(&path).expect(412);
            client.patch(&path, &json!({"title": "x"})).expect(412);
            client.delete(&path).expect(412);
            knows(&blog.author(), &path, nothing).expect(200);
        }
    }

    fn a_write_to_what_must_not_be_there_is_refused(blog) {
        let (path, ..) = shelved(blog);
        let tag = etag(&blog.author().get(&path));
        for state in ["*".to_owned(), tag.clone(), format!("W/{tag}")] {
            let client = blog.author().header("If-None-Match", &state);
            client.put(&path, &json!({"title": "x", "body": "x"})).expect(412);
            client.patch(&path, &json!({"title": "x"})).expect(412);
            client.delete(&path).expect(412);
            let editor = blog.editor().header("If-None-Match", &state);
            editor.post(&format!("{path}publish/"), &json!({})).expect(412);
        }
        let other = blog.author().header("If-None-Match", "\"other\"");
        other.patch(&path, &json!({"title": "x"})).expect(200);
    }

    fn an_action_on_a_state_that_is_gone_fails(blog) {
        let (path, ..) = shelved(blog);
        let (publish, unpublish) = (format!("{path}publish/"), format!("{path}unpublish/"));
        let editor = blog.editor();
        let stale = etag(&editor.get(&path));
        editor.patch(&path, &json!({"title": "B"})).expect(200);
        let refused = editor.header("If-Match", &stale).post(&publish, &json!({}));
        assert_eq!(refused.expect(412).code(), "precondition_failed");
        let refused = editor.post(&publish, &json!({"version": 1})).expect(409);
        assert_eq!(refused.code(), "stale_version");
        let wrong = editor.post(&publish, &json!({"version": "x"})).expect(400);
        assert_eq!(wrong.errors()["version"], json!(["A valid integer is required."]));
        assert_eq!(editor.get(&path).data()["status"], "draft");

        let fresh = etag(&editor.get(&path));
        editor.header("If-Match", &fresh).post(&publish, &json!({})).expect(200);
        editor.post(&unpublish, &json!({"version": 2})).expect(409);
        editor.post(&unpublish, &json!({"version": 3})).expect(200);
        editor.header("If-Match", "*").post(&publish, &json!({})).expect(200);
    }

    fn an_action_with_a_body_that_cannot_be_read_fails(blog) {
        let (path, ..) = shelved(blog);
        let publish = format!("{path}publish/");
        let send = |media_type: &str, body: &str| {
            let editor = blog.editor().header("Content-Type", media_type);
            editor.send("POST", &publish, Some(body.as_bytes())).status
        };
        let twice = r#"{"version": 7, "version": 7}"#;
        for broken in [r#"{"version": 7"#, "{", "[", "nonsense", "{} {}", twice] {
            assert_eq!(send("application/json", broken), 400, "{broken}");
        }
        for other in ["text/plain", "application/x-www-form-urlencoded"] {
            assert_eq!(send(other, r#"{"version": 7}"#), 415, "{other}");
        }
        assert_eq!(blog.editor().get(&path).data()["status"], "draft");
        assert_eq!(send("application/json", " "), 200);
        assert_eq!(send("application/json", "[]"), 409);
    }

    fn of_two_actions_on_one_state_one_succeeds(blog) {
        let (path, ..) = shelved(blog);
        let editor = blog.editor().header("If-Match", &etag(&blog.editor().get(&path)));
        let outcomes = race(8, |number| {
            if number % 2 == 0 {
                return editor.patch(&path, &json!({"title": "Raced"})).status;
            }
            editor.post(&format!("{path}publish/"), &json!({})).status
        });
        let succeeded = outcomes.iter().filter(|status| **status == 200).count();
        assert_eq!(succeeded, 1, "{outcomes:?}");
        assert!(outcomes.iter().all(|status| [200, 412].contains(status)), "{outcomes:?}");
    }
}
