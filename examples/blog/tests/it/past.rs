//! What a post was, and making it that again.

use chrono::TimeDelta;
use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, path_to, started};

/// A post that was made at 10:30 with tag `tea`, got another title and no tag at 10:31, and another
/// text at 10:32. It is 10:33.
fn changed(blog: &Blog) -> String {
    let (tea, music) = (blog.tag("tea"), blog.category("Music"));
    let body =
        json!({"title": "One", "slug": "one", "body": "First.", "tags": [tea], "category": music});
    let path = path_to(&blog.author().post(POSTS, &body).expect(201).data());
    for change in [
        json!({"title": "Two", "slug": "two", "tags": [], "category": null}),
        json!({"body": "Second."}),
    ] {
        blog.clock.advance(TimeDelta::minutes(1));
        blog.author().patch(&path, &change).expect(200);
    }
    blog.clock.advance(TimeDelta::minutes(1));
    path
}

fn entry(blog: &Blog, path: &str, place: usize) -> Value {
    let entries = blog.author().get(&format!("{path}history/"));
    entries.expect(200).results()[place]["id"].clone()
}

on_both_databases! {
    with started;

    fn a_post_is_shown_as_it_was(blog) {
        let path = changed(blog);
        let at = |time: &str| {
            let past = blog.author().get(&format!("{path}?as_of={time}")).expect(200);
            assert_eq!(past.header("etag"), None);
            past.data()
        };
        let first = at("2026-01-15T10:30:30Z");
        assert_eq!(first["title"], "One");
        assert_eq!(first["slug"], "one");
        assert_eq!(first["body"], "First.");
        assert_eq!(first["version"], 1);
        assert_eq!(first["tags"][0]["name"], "tea");
        assert_eq!(first["category"]["name"], "Music");
        assert_eq!(first["updated_at"], "2026-01-15T10:30:00.123456Z");
        let second = at("2026-01-15T10:31:00.123456Z");
        assert_eq!((&second["title"], &second["body"]), (&json!("Two"), &json!("First.")));
        assert_eq!(second["tags"], json!([]));
        assert!(second["category"].is_null());
        let now = blog.author().get(&path).expect(200).data();
        assert_eq!(at("2026-01-15T10:33:00Z"), now);
        assert_eq!(at("2027-01-01T00:00:00Z"), now);
        let few = blog.author().get(&format!("{path}?as_of=2026-01-15T10:30:30Z&fields=title"));
        assert_eq!(few.expect(200).data(), json!({"title": "One"}));
    }

    fn there_is_nothing_before_the_creation_and_after_the_deletion(blog) {
        let path = changed(blog);
        blog.author().get(&format!("{path}?as_of=2026-01-15T10:29:00Z")).expect(404);
        blog.author().delete(&path).expect(204);
        blog.clock.advance(TimeDelta::minutes(1));
        for (time, status) in [("10:29:00", 404), ("10:32:30", 200), ("10:33:30", 404)] {
            let path = format!("{path}?as_of=2026-01-15T{time}Z");
            blog.admin().get(&path).expect(status);
            blog.author().get(&path).expect(404);
        }
        blog.admin().post(&format!("{path}restore/"), &json!({})).expect(200);
        blog.admin().get(&format!("{path}?as_of=2026-01-15T10:33:30Z")).expect(404);
        blog.author().get(&format!("{path}?as_of=2026-01-15T10:34:30Z")).expect(200);
    }

    fn a_time_that_is_none_is_refused(blog) {
        let path = changed(blog);
        for time in ["", "yesterday", "2026-13-01T00:00:00Z", "7", "null"] {
            let errors = blog.author().get(&format!("{path}?as_of={time}")).expect(400).errors();
            assert!(errors["as_of"].is_array(), "{time}: {errors}");
        }
        blog.author().get(&format!("{POSTS}?as_of=2026-01-15T10:30:30Z")).expect(400);
        blog.author().get("/api/v1/tags/1/?as_of=2026-01-15T10:30:30Z").expect(400);
    }

    fn the_past_is_for_who_reads_the_history(blog) {
        let path = changed(blog);
        let past = format!("{path}?as_of=2026-01-15T10:30:30Z");
        blog.anonymous().get(&past).expect(401);
        blog.reader().get(&past).expect(404);
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(200);
        blog.anonymous().get(&path).expect(200);
        blog.anonymous().get(&past).expect(401);
        blog.reader().get(&past).expect(403);
        blog.editor().get(&past).expect(200);
    }

    fn a_post_is_made_what_it_was(blog) {
        let path = changed(blog);
        let revert = format!("{path}revert/");
        let first = entry(blog, &path, 2);
        let reverted = blog.author().post(&revert, &json!({"entry": first})).expect(200);
        let post = reverted.data();
        assert_eq!(reverted.header("etag"), blog.author().get(&path).header("etag"));
        assert_eq!((&post["title"], &post["slug"], &post["body"]), (&json!("One"), &json!("one"), &json!("First.")));
        assert_eq!(post["tags"][0]["name"], "tea");
        assert_eq!(post["category"]["name"], "Music");
        assert_eq!(post["version"], 4);
        assert_eq!(post["updated_at"], "2026-01-15T10:33:00.123456Z");
        let at = json!({"at": "2026-01-15T10:31:30Z"});
        let post = blog.author().post(&revert, &at).expect(200).data();
        assert_eq!((&post["title"], &post["body"], &post["tags"]), (&json!("Two"), &json!("First."), &json!([])));
        let last = blog.author().get(&format!("{path}history/")).results().remove(0);
        assert_eq!(last["action"], "revert");
        assert_eq!(last["changes"]["title"], json!({"old": "One", "new": "Two"}));
    }

    fn a_reversion_is_refused_as_an_update_would_be(blog) {
        let path = changed(blog);
        let revert = format!("{path}revert/");
        let first = json!({"entry": entry(blog, &path, 2)});
        blog.anonymous().post(&revert, &first).expect(401);
        blog.user("second").post(&revert, &first).expect(404);
        blog.author().header("If-Match", "\"x\"").post(&revert, &first).expect(412);
        let mut stale = first.clone();
        stale["version"] = json!(1);
        blog.author().post(&revert, &stale).expect(409);
        blog.author().post(POSTS, &json!({"title": "x", "slug": "one", "body": "x"})).expect(201);
        let errors = blog.author().post(&revert, &first).expect(400).errors();
        assert!(errors["slug"].is_array(), "{errors}");
        assert_eq!(blog.author().get(&path).data()["version"], 3);
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(200);
        blog.user("second").post(&revert, &first).expect(403);
    }

    fn a_state_that_never_was_is_refused(blog) {
        let path = changed(blog);
        let revert = format!("{path}revert/");
        let other = entry(blog, &path_to(&blog.draft("Another")), 0);
        for (body, field) in [
            (json!({}), "entry"),
            (json!({"entry": null}), "entry"),
            (json!({"entry": "x"}), "entry"),
            (json!({"entry": 999_999}), "entry"),
            (json!({"entry": other}), "entry"),
            (json!({"entry": 1, "at": "2026-01-15T10:31:30Z"}), "entry"),
            (json!({"at": "x"}), "at"),
            (json!({"at": "2020-01-01T00:00:00Z"}), "at"),
        ] {
            let errors = blog.author().post(&revert, &body).expect(400).errors();
            assert!(errors[field].is_array(), "{body}: {errors}");
        }
        blog.author().post(&revert, &json!([])).expect(400);
    }
}
