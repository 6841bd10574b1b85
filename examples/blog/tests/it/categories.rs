//! `/categories/` and `/tags/`: full resources, which editors write.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, keys, started};

const PLACES: [&str; 2] = ["/api/v1/categories/", "/api/v1/tags/"];

fn make(blog: &Blog, place: &str, name: &str) -> Value {
    blog.editor()
        .post(place, &json!({"name": name}))
        .expect(201)
        .data()
}

fn names(blog: &Blog, path: &str) -> Vec<Value> {
    let rows = blog.anonymous().get(path).expect(200).results();
    rows.into_iter().map(|mut row| row["name"].take()).collect()
}

on_both_databases! {
    with started;

    fn they_are_made_read_changed_and_deleted(blog) {
        for place in PLACES {
            let made = make(blog, place, "River boats");
            let path = format!("{place}{}/", made["id"]);
            assert_eq!(blog.anonymous().get(&path).expect(200).data(), made);
            let changed = blog
                .editor()
                .patch(&path, &json!({"name": "Boats"}))
                .expect(200)
                .data();
            assert_eq!(changed["name"], "Boats");
            assert_eq!(
                blog.editor()
                    .put(&path, &json!({"name": "Ships"}))
                    .expect(200)
                    .data()["name"],
                "Ships"
            );
            blog.editor().put(&path, &json!({})).expect(400);
            blog.editor().delete(&path).expect(204);
            blog.anonymous().get(&path).expect(404);
            blog.editor().delete(&path).expect(404);
        }
    }

    fn they_show_their_fields(blog) {
        let made = make(blog, PLACES[0], "River boats");
        assert_eq!(keys(&made), ["id", "name", "slug"]);
        assert_eq!(made["slug"], "river-boats");
        assert_eq!(keys(&make(blog, PLACES[1], "River boats")), ["id", "name"]);
    }

    fn a_name_that_is_taken_is_refused(blog) {
        for (place, kind) in PLACES.into_iter().zip(["category", "tag"]) {
            make(blog, place, "Music");
            let other = make(blog, place, "Travel");
            let message = format!("{kind} with this name already exists.");
            let body = json!({"name": "Music", "slug": "other"});
            let errors = blog.editor().post(place, &body).expect(400).errors();
            assert_eq!(errors, json!({"name": [message]}));
            let path = format!("{place}{}/", other["id"]);
            let errors = blog
                .editor()
                .patch(&path, &json!({"name": "Music"}))
                .expect(400)
                .errors();
            assert_eq!(errors, json!({"name": [message]}));
            blog.editor()
                .patch(&path, &json!({"name": "Travel"}))
                .expect(200);
        }
    }

    fn a_name_that_is_taken_is_named_alone(blog) {
        make(blog, PLACES[0], "Music");
        let message = json!(["category with this name already exists."]);
        let slug = json!(["category with this slug already exists."]);
        for (body, errors) in [
            (json!({"name": "Music"}), json!({"name": message})),
            (json!({"name": "Music", "slug": "music"}), json!({"name": message, "slug": slug})),
            (json!({"name": "Other", "slug": "music"}), json!({"slug": slug})),
        ] {
            let refused = blog.editor().post(PLACES[0], &body).expect(400);
            assert_eq!(refused.errors(), errors, "{body}");
        }
        let path = format!("{}{}/", PLACES[0], make(blog, PLACES[0], "Travel")["id"]);
        let body = json!({"name": "Music", "slug": "music"});
        let refused = blog.editor().patch(&path, &body).expect(400);
        assert_eq!(refused.errors(), json!({"name": message, "slug": slug}));
    }

    fn a_slug_that_is_made_is_made_unique(blog) {
        let slugs = ["Cat X", "cat X", "CAT x"].map(|name| make(blog, PLACES[0], name)["slug"].take());
        assert_eq!(slugs, ["cat-x", "cat-x-2", "cat-x-3"]);
    }

    fn a_slug_that_is_taken_is_refused(blog) {
        make(blog, PLACES[0], "Music");
        let errors = blog
            .editor()
            .post(PLACES[0], &json!({"name": "Other", "slug": "music"}))
            .expect(400)
            .errors();
        assert_eq!(
            errors,
            json!({"slug": ["category with this slug already exists."]})
        );
    }

    fn a_name_must_fit(blog) {
        for (place, most) in PLACES.into_iter().zip([100, 64]) {
            make(blog, place, &"ü".repeat(most));
            for (body, message) in [
                (json!({}), "This field is required.".to_owned()),
                (
                    json!({"name": " "}),
                    "This field may not be blank.".to_owned(),
                ),
                (
                    json!({"name": "x".repeat(most + 1)}),
                    format!("Ensure this field has no more than {most} characters."),
                ),
            ] {
                let errors = blog.editor().post(place, &body).expect(400).errors();
                assert_eq!(errors["name"], json!([message]));
            }
        }
    }

    fn they_are_listed_by_name_searched_and_ordered(blog) {
        for place in PLACES {
            for name in ["music", "bread", "travel"] {
                make(blog, place, name);
            }
            assert_eq!(names(blog, place), ["bread", "music", "travel"]);
            assert_eq!(
                names(blog, &format!("{place}?ordering=-name")),
                ["travel", "music", "bread"]
            );
            assert_eq!(
                names(blog, &format!("{place}?ordering=id")),
                ["music", "bread", "travel"]
            );
            assert_eq!(names(blog, &format!("{place}?search=RE")), ["bread"]);
            assert_eq!(
                names(blog, &format!("{place}?page_size=2&page=2")),
                ["travel"]
            );
        }
    }

    fn a_key_that_is_none_is_not_found(blog) {
        for place in PLACES {
            for key in [
                "0",
                "-1",
                "abc",
                "1.5",
                "99999999999999999999",
                "9223372036854775807",
            ] {
                blog.anonymous().get(&format!("{place}{key}/")).expect(404);
            }
        }
    }

    fn they_have_no_versions(blog) {
        for place in PLACES {
            let made = make(blog, place, "Music");
            let response = blog
                .anonymous()
                .get(&format!("{place}{}/", made["id"]))
                .expect(200);
            assert_eq!(response.header("etag"), None);
        }
    }
}
