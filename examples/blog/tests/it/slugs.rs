//! Slugs: made of titles, and never the same for two posts.

use std::collections::BTreeSet;

use restwell_testing::{on_both_databases, race};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, path_to, started};

const TAKEN: &str = "post with this slug already exists.";

fn slug_of(blog: &Blog, title: &str) -> String {
    blog.draft(title)["slug"]
        .as_str()
        .expect("a slug")
        .to_owned()
}

fn with_slug(slug: &str) -> Value {
    json!({"title": "A title", "body": "x", "slug": slug})
}

on_both_databases! {
    with started;

    fn a_slug_is_made_of_the_title(blog) {
        for (title, slug) in [
            ("Hello, World!", "hello-world"),
            ("  Many   spaces -- and dashes ", "many-spaces-and-dashes"),
            ("Already-a-slug-2", "already-a-slug-2"),
        ] {
            assert_eq!(slug_of(blog, title), slug);
        }
    }

    fn every_title_has_a_slug(blog) {
        for title in ["???", "Über den Tee", "日本語", "🦀", "-"] {
            let slug = slug_of(blog, title);
            assert!(!slug.is_empty(), "{title}");
            let is_slug = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            assert!(slug.chars().all(is_slug), "{slug} of {title}");
        }
    }

    fn a_slug_that_is_made_is_made_unique(blog) {
        let slugs: Vec<String> = (0..4).map(|_| slug_of(blog, "The same title")).collect();
        assert_eq!(slugs[0], "the-same-title");
        for (place, slug) in slugs.iter().enumerate() {
            assert!(slug.starts_with("the-same-title"), "{slug}");
            assert!(!slugs[..place].contains(slug), "{slugs:?}");
        }
    }

    fn a_long_title_has_a_slug_that_fits_and_is_unique(blog) {
        let title = "long ".repeat(40);
        let (first, second) = (slug_of(blog, &title), slug_of(blog, &title));
        assert_ne!(first, second);
        assert!(first.len() <= 220 && second.len() <= 220);
    }

    fn a_slug_that_is_given_must_be_one(blog) {
        let message =
            "Enter a valid \"slug\" consisting of letters, numbers, underscores or hyphens.";
        for wrong in ["no slug", "sl/ug", "ü", "a.b", "a?b"] {
            let errors = blog
                .author()
                .post(POSTS, &with_slug(wrong))
                .expect(400)
                .errors();
            assert_eq!(errors, json!({"slug": [message]}), "{wrong}");
        }
        let errors = blog
            .author()
            .post(POSTS, &with_slug(&"x".repeat(221)))
            .expect(400)
            .errors();
        assert_eq!(
            errors["slug"][0],
            "Ensure this field has no more than 220 characters."
        );
        let post = blog
            .author()
            .post(POSTS, &with_slug("Mine_1-2"))
            .expect(201)
            .data();
        assert_eq!(post["slug"], "Mine_1-2");
    }

    fn a_slug_that_is_taken_is_refused(blog) {
        blog.author().post(POSTS, &with_slug("mine")).expect(201);
        let refused = blog
            .user("second")
            .post(POSTS, &with_slug("mine"))
            .expect(400);
        assert_eq!(refused.errors(), json!({"slug": [TAKEN]}));
        assert_eq!(refused.json()["details"][0]["code"], "unique");
        assert_eq!(refused.code(), "validation_error");
    }

    fn a_taken_slug_stands_beside_the_other_errors(blog) {
        blog.author().post(POSTS, &with_slug("mine")).expect(201);
        let body = json!({"slug": "mine", "title": ""});
        let errors = blog.author().post(POSTS, &body).expect(400).errors();
        assert_eq!(errors["slug"][0], TAKEN);
        assert_eq!(errors["title"][0], "This field may not be blank.");
        assert_eq!(errors["body"][0], "This field is required.");
    }

    fn a_change_keeps_the_slug_and_may_say_it_again(blog) {
        let post = blog.draft("First");
        let path = path_to(&post);
        let changed = blog
            .author()
            .patch(&path, &json!({"title": "Second"}))
            .expect(200)
            .data();
        assert_eq!(changed["slug"], "first");
        let again = json!({"title": "Third", "body": "x", "slug": "first"});
        assert_eq!(
            blog.author().put(&path, &again).expect(200).data()["slug"],
            "first"
        );
    }

    fn a_change_to_a_slug_that_is_taken_is_refused(blog) {
        blog.draft("First");
        let path = path_to(&blog.draft("Second"));
        let refused = blog
            .author()
            .patch(&path, &json!({"slug": "first"}))
            .expect(400);
        assert_eq!(refused.errors(), json!({"slug": [TAKEN]}));
        assert_eq!(blog.author().get(&path).data()["slug"], "second");
    }

    fn a_deleted_post_leaves_its_slug_to_others(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.author().delete(&path).expect(204);
        assert_eq!(slug_of(blog, "A title"), "a-title");
    }

    fn of_many_who_take_one_slug_at_once_one_succeeds(blog) {
        let client = blog.author();
        let responses = race(8, |_| client.post(POSTS, &with_slug("wanted")));
        let winners = responses
            .iter()
            .filter(|response| response.status == 201)
            .count();
        assert_eq!(winners, 1);
        for refused in responses.iter().filter(|response| response.status != 201) {
            assert_eq!(refused.status, 400, "{refused:?}");
            assert_eq!(refused.errors(), json!({"slug": [TAKEN]}));
        }
        assert_eq!(client.get(POSTS).data()["count"], 1);
    }

    fn many_posts_of_one_title_at_once_have_slugs_of_their_own(blog) {
        let client = blog.author();
        let body = json!({"title": "The same title", "body": "x"});
        let posts = race(24, |_| client.post(POSTS, &body).expect(201).data());
        let slugs: BTreeSet<String> = posts.iter().map(|post| post["slug"].to_string()).collect();
        assert_eq!(slugs.len(), 24, "{slugs:?}");
        assert_eq!(client.get(POSTS).data()["count"], 24);
    }
}
