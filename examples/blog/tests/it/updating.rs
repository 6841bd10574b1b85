//! `GET`, `PUT` and `PATCH` of `/posts/{id}/`.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, Sample, path_of, path_to, started};

fn tags_of(post: &Value) -> Vec<i64> {
    let tags = post["tags"].as_array().expect("tags");
    let mut keys: Vec<i64> = tags.iter().filter_map(|tag| tag["id"].as_i64()).collect();
    keys.sort_unstable();
    keys
}

/// A draft of the author with a category and a tag.
fn full(blog: &Blog) -> (Value, i64, i64) {
    let (music, tea) = (blog.category("Music"), blog.tag("tea"));
    let body = json!({"title": "A title", "body": "Text.", "category": music, "tags": [tea]});
    (
        blog.author().post(POSTS, &body).expect(201).data(),
        music,
        tea,
    )
}

on_both_databases! {
    with started;

    fn put_needs_every_required_field(blog) {
        let path = path_to(&blog.draft("A title"));
        let errors = blog.author().put(&path, &json!({})).expect(400).errors();
        let required = json!(["This field is required."]);
        assert_eq!(errors, json!({"title": required, "body": required}));
    }

    fn put_leaves_optional_fields_that_are_not_there(blog) {
        let (post, music, tea) = full(blog);
        let body = json!({"title": "Another", "body": "Other."});
        let changed = blog.author().put(&path_to(&post), &body).expect(200).data();
        assert_eq!(changed["title"], "Another");
        assert_eq!(changed["body"], "Other.");
        assert_eq!(changed["slug"], post["slug"]);
        assert_eq!(changed["category"]["id"], music);
        assert_eq!(tags_of(&changed), [tea]);
    }

    fn patch_changes_what_it_names(blog) {
        let (post, music, tea) = full(blog);
        let path = path_to(&post);
        let changed = blog
            .author()
            .patch(&path, &json!({"body": "Other."}))
            .expect(200)
            .data();
        assert_eq!(changed["body"], "Other.");
        assert_eq!(changed["title"], "A title");
        assert_eq!(changed["category"]["id"], music);
        assert_eq!(tags_of(&changed), [tea]);
        assert_eq!(blog.author().get(&path).expect(200).data(), changed);
    }

    fn patch_with_nothing_is_fine(blog) {
        let post = blog.draft("A title");
        let path = path_to(&post);
        for body in [Some(&b"{}"[..]), Some(b"")] {
            let client = blog.author().header("Content-Type", "application/json");
            let same = client.send("PATCH", &path, body).expect(200).data();
            assert_eq!(same["title"], "A title");
        }
    }

    fn patch_tells_null_from_absent(blog) {
        let (post, ..) = full(blog);
        let path = path_to(&post);
        let changed = blog
            .author()
            .patch(&path, &json!({"category": null}))
            .expect(200)
            .data();
        assert!(changed["category"].is_null());
        for name in ["title", "body", "slug", "tags"] {
            let errors = blog
                .author()
                .patch(&path, &json!({name: null}))
                .expect(400)
                .errors();
            assert_eq!(errors, json!({name: ["This field may not be null."]}));
        }
    }

    fn patch_checks_what_it_names(blog) {
        let path = path_to(&blog.draft("A title"));
        let body = json!({"title": "", "category": true});
        let errors = blog.author().patch(&path, &body).expect(400).errors();
        assert_eq!(errors["title"][0], "This field may not be blank.");
        assert_eq!(
            errors["category"][0],
            "Incorrect type. Expected pk value, received bool."
        );
        assert_eq!(blog.author().get(&path).data()["title"], "A title");
    }

    fn tags_are_replaced_as_a_whole(blog) {
        let (post, _, tea) = full(blog);
        let (bread, cake) = (blog.tag("bread"), blog.tag("cake"));
        let path = path_to(&post);
        let patch = |tags: &[i64]| {
            let changed = blog
                .author()
                .patch(&path, &json!({"tags": tags}))
                .expect(200)
                .data();
            assert_eq!(blog.author().get(&path).data()["tags"], changed["tags"]);
            tags_of(&changed)
        };
        assert_eq!(patch(&[bread, cake]), [bread, cake]);
        assert_eq!(patch(&[cake, tea, cake]), [tea, cake]);
        assert_eq!(patch(&[]), [0; 0]);
    }

    fn a_change_moves_the_time_and_the_version(blog) {
        let post = blog.draft("A title");
        blog.clock.advance(chrono::TimeDelta::seconds(5));
        let changed = blog
            .author()
            .patch(&path_to(&post), &json!({"title": "Other"}))
            .expect(200)
            .data();
        assert_eq!(changed["created_at"], "2026-01-15T10:30:00.123456Z");
        assert_eq!(changed["updated_at"], "2026-01-15T10:30:05.123456Z");
        assert_eq!(changed["version"], 2);
    }

    fn read_only_fields_stay(blog) {
        let post = blog.draft("A title");
        let body = json!({
            "id": "00000000-0000-0000-0000-000000000000", "views": 99,
            "author": blog.key_of("editor"), "author_id": blog.key_of("editor"),
            "created_at": "2020-01-01T00:00:00Z", "status": "published",
            "published_at": "2020-01-01T00:00:00Z", "deleted_at": "2020-01-01T00:00:00Z",
        });
        blog.author().patch(&path_to(&post), &body);
        let same = blog.author().get(&path_to(&post)).expect(200).data();
        for name in [
            "id",
            "views",
            "author",
            "created_at",
            "status",
            "published_at",
        ] {
            assert_eq!(same[name], post[name], "{name}");
        }
    }

    fn a_post_that_is_not_there_is_not_found(blog) {
        let client = blog.author();
        for id in [
            "00000000-0000-0000-0000-000000000000",
            "1",
            "abc",
            "99999999999999999999999",
            "-1",
            "%00",
            "%FF",
            "a%2Fb",
            "null",
            "'; DROP TABLE posts",
            &"x".repeat(5_000),
        ] {
            let path = path_of(&id.replace(' ', "%20"));
            let body = json!({"title": "x", "body": "x"});
            for response in [
                client.get(&path),
                client.put(&path, &body),
                client.patch(&path, &body),
                client.delete(&path),
            ] {
                assert_eq!(response.status, 404, "{response:?}");
                assert_eq!(response.code(), "not_found");
            }
        }
    }

    fn a_post_out_of_sight_is_not_found(blog) {
        let path = path_to(&blog.draft("A draft"));
        for client in [blog.user("second"), blog.reader()] {
            client.get(&path).expect(404);
        }
        blog.anonymous().get(&path).expect(404);
        let second = blog.user("second");
        second
            .put(&path, &json!({"title": "x", "body": "x"}))
            .expect(404);
        second.patch(&path, &json!({"title": "x"})).expect(404);
        second.delete(&path).expect(404);
        assert_eq!(
            blog.author().get(&path).expect(200).data()["title"],
            "A draft"
        );
    }

    fn the_public_post_of_another_is_forbidden(blog) {
        let path = blog.add(Sample::default());
        let second = blog.user("second");
        second.get(&path).expect(200);
        second
            .put(&path, &json!({"title": "x", "body": "x"}))
            .expect(403);
        second.patch(&path, &json!({"title": "x"})).expect(403);
        second.patch(&path, &json!({"title": true})).expect(403);
        second.delete(&path).expect(403);
        assert_eq!(
            blog.anonymous().get(&path).expect(200).data()["title"],
            "A post"
        );
    }

    fn what_the_collection_cannot_do_is_said(blog) {
        for response in [
            blog.editor().put(POSTS, &json!({})),
            blog.editor().patch(POSTS, &json!({})),
            blog.editor().delete(POSTS),
        ] {
            assert_eq!(response.status, 405, "{response:?}");
            assert_eq!(response.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
        }
        let response = blog
            .editor()
            .post(&path_to(&blog.draft("x")), &json!({}))
            .expect(405);
        assert_eq!(response.message(), "Method \"POST\" not allowed.");
        assert_eq!(
            response.header("allow"),
            Some("GET, PUT, PATCH, DELETE, HEAD, OPTIONS")
        );
    }

    fn detail_is_the_whole_post(blog) {
        let (post, ..) = full(blog);
        let response = blog.author().get(&path_to(&post)).expect(200);
        assert_eq!(response.data(), post);
        assert_eq!(response.message(), "Post retrieved successfully");
    }

    fn put_never_creates(blog) {
        let path = path_of("01900000-0000-7000-8000-000000000000");
        blog.editor()
            .put(&path, &json!({"title": "x", "body": "x"}))
            .expect(404);
        blog.editor().get(&path).expect(404);
    }
}
