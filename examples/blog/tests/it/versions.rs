//! Conditional requests: `ETag`, `If-None-Match`, `If-Match`, and `version` in the body.

use restwell_testing::{Client, TestResponse, on_both_databases, race};
use serde_json::json;

use crate::blog::{Sample, path_to, started};

fn etag(response: &TestResponse) -> String {
    response
        .header("etag")
        .unwrap_or_else(|| panic!("no ETag: {response:?}"))
        .to_owned()
}

fn changing(client: &Client, path: &str) -> String {
    let before = etag(&client.get(path).expect(200));
    client.patch(path, &json!({"body": "Changed."})).expect(200);
    before
}

on_both_databases! {
    with started;

    fn a_read_has_a_tag_that_changes_with_the_post(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        let (first, again) = (etag(&client.get(&path)), etag(&client.head(&path)));
        assert_eq!(first, again);
        assert!(first.starts_with('"') && first.ends_with('"'), "{first}");
        let changed = client
            .patch(&path, &json!({"body": "Changed."}))
            .expect(200);
        assert_ne!(etag(&changed), first);
        assert_eq!(etag(&client.get(&path)), etag(&changed));
    }

    fn two_posts_have_two_tags(blog) {
        let (one, other) = (path_to(&blog.draft("One")), path_to(&blog.draft("Other")));
        let tag = etag(&blog.author().get(&one));
        assert_ne!(etag(&blog.author().get(&other)), tag);
        blog.author()
            .header("If-Match", &tag)
            .patch(&other, &json!({}))
            .expect(412);
    }

    fn who_has_the_present_state_gets_no_body(blog) {
        let path = blog.add(Sample::default());
        let tag = etag(&blog.anonymous().get(&path));
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let response = blog
                .anonymous()
                .header("If-None-Match", &known)
                .get(&path)
                .expect(304);
            assert_eq!(etag(&response), tag);
        }
        for other in ["\"other\"", "", tag.trim_matches('"')] {
            blog.anonymous()
                .header("If-None-Match", other)
                .get(&path)
                .expect(200);
        }
    }

    fn a_change_of_the_present_state_succeeds(blog) {
        let path = path_to(&blog.draft("A title"));
        for body in ["One.", "Two."] {
            let tag = etag(&blog.author().get(&path));
            let client = blog.author().header("If-Match", &tag);
            client.patch(&path, &json!({"body": body})).expect(200);
        }
        blog.author()
            .header("If-Match", "*")
            .patch(&path, &json!({"body": "Three."}))
            .expect(200);
        let tag = etag(&blog.author().get(&path));
        let any = blog
            .author()
            .header("If-Match", &format!("\"other\", {tag}"));
        any.put(&path, &json!({"title": "x", "body": "Four."}))
            .expect(200);
    }

    fn a_change_of_a_state_that_is_gone_fails(blog) {
        let path = path_to(&blog.draft("A title"));
        let stale = changing(&blog.author(), &path);
        let client = blog.author().header("If-Match", &stale);
        for response in [
            client.patch(&path, &json!({"body": "x"})),
            client.put(&path, &json!({"title": "x", "body": "x"})),
            client.delete(&path),
        ] {
            assert_eq!(response.status, 412, "{response:?}");
            assert_eq!(response.code(), "precondition_failed");
        }
        assert_eq!(
            blog.author().get(&path).expect(200).data()["body"],
            "Changed."
        );
    }

    fn a_weak_tag_is_good_for_no_change(blog) {
        let path = path_to(&blog.draft("A title"));
        let tag = etag(&blog.author().get(&path));
        let client = blog.author().header("If-Match", &format!("W/{tag}"));
        client.patch(&path, &json!({"body": "x"})).expect(412);
    }

    fn a_post_that_is_not_there_is_not_found_rather_than_changed(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.author().delete(&path).expect(204);
        blog.author()
            .header("If-Match", "*")
            .patch(&path, &json!({}))
            .expect(404);
    }

    fn a_version_in_the_body_must_be_the_present_one(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        client
            .patch(&path, &json!({"body": "One.", "version": 1}))
            .expect(200);
        let stale = client
            .patch(&path, &json!({"body": "Two.", "version": 1}))
            .expect(409);
        assert!(stale.message().contains("modified"), "{stale:?}");
        client
            .put(&path, &json!({"title": "x", "body": "x", "version": 99}))
            .expect(409);
        client
            .patch(&path, &json!({"body": "Three.", "version": 2}))
            .expect(200);
        assert_eq!(client.get(&path).data()["version"], 3);
    }

    fn a_version_that_is_no_number_is_refused(blog) {
        let path = path_to(&blog.draft("A title"));
        for wrong in [json!("abc"), json!(true), json!([1]), json!(1.5)] {
            let errors = blog
                .author()
                .patch(&path, &json!({"version": wrong}))
                .expect(400)
                .errors();
            assert_eq!(errors, json!({"version": ["A valid integer is required."]}));
        }
    }

    fn of_two_changes_of_one_version_one_succeeds(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        let mut statuses = race(6, |i| {
            client
                .patch(&path, &json!({"body": format!("By {i}."), "version": 1}))
                .status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
        assert_eq!(client.get(&path).data()["version"], 2);
    }

    fn of_two_changes_of_one_tag_one_succeeds(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog
            .author()
            .header("If-Match", &etag(&blog.author().get(&path)));
        let mut statuses = race(6, |i| {
            client
                .patch(&path, &json!({"body": format!("By {i}.")}))
                .status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    }

    fn of_two_deletions_at_once_one_succeeds(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        let mut statuses = race(4, |_| client.delete(&path).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404, 404, 404]);
    }

    fn a_change_that_names_no_version_counts_up_all_the_same(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        race(6, |i| {
            client
                .patch(&path, &json!({"body": format!("By {i}.")}))
                .expect(200)
        });
        assert_eq!(client.get(&path).data()["version"], 7, "no change is lost");
    }
}
