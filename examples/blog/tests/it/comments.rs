//! Comments: below a post, and alone.

use blog::posts::Status;
use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, Sample, keys, local, path_to, started};

/// The path of the comments of a new public post.
fn open(blog: &Blog) -> String {
    format!("{}comments/", blog.add(Sample::default()))
}

fn say(blog: &Blog, name: &str, place: &str, body: &Value) -> Value {
    blog.user(name).post(place, body).expect(201).data()
}

fn path_of(comment: &Value) -> String {
    format!("/api/v1/comments/{}/", comment["id"])
}

on_both_databases! {
    with started;

    fn a_comment_is_made_below_its_post(blog) {
        let post = blog.add(Sample::default());
        let place = format!("{post}comments/");
        let response = blog
            .reader()
            .post(&place, &json!({"body": "Well said."}))
            .expect(201);
        let comment = response.data();
        assert_eq!(path_to(&json!({"id": comment["post"]})), post);
        assert_eq!(
            comment["author"],
            json!({"id": blog.key_of("reader"), "username": "reader"})
        );
        assert_eq!(comment["body"], "Well said.");
        assert!(comment["parent"].is_null());
        assert_eq!(comment["created_at"], "2026-01-15T10:30:00.123456Z");
        assert_eq!(
            keys(&comment),
            [
                "author",
                "body",
                "created_at",
                "id",
                "parent",
                "post",
                "updated_at"
            ]
        );
        let location = response.header("location").expect("a location");
        assert_eq!(local(&json!(location)), path_of(&comment));
        assert_eq!(
            blog.anonymous().get(&path_of(&comment)).expect(200).data(),
            comment
        );
    }

    fn the_comments_of_a_post_are_its_own_the_oldest_first(blog) {
        let (one, other) = (open(blog), open(blog));
        for (place, text) in [(&one, "first"), (&other, "elsewhere"), (&one, "second")] {
            say(blog, "reader", place, &json!({"body": text}));
            blog.clock.advance(chrono::TimeDelta::seconds(1));
        }
        let page = blog.anonymous().get(&one).expect(200);
        let texts: Vec<Value> = page
            .results()
            .into_iter()
            .map(|mut row| row["body"].take())
            .collect();
        assert_eq!(texts, ["first", "second"]);
        assert_eq!(page.data()["count"], 2);
    }

    fn comments_come_in_pages(blog) {
        let place = open(blog);
        for number in 0..5 {
            say(blog, "reader", &place, &json!({"body": number}));
        }
        for paging in ["page_size=2", "limit=2", "cursor=&page_size=2"] {
            let mut path = format!("{place}?{paging}");
            let mut found = Vec::new();
            loop {
                let page = blog.anonymous().get(&path).expect(200);
                found.extend(page.results().into_iter().map(|mut row| row["body"].take()));
                match &page.data()["next"] {
                    Value::Null => break,
                    next => path = local(next),
                }
            }
            assert_eq!(found, ["0", "1", "2", "3", "4"], "{paging}");
        }
    }

    fn the_post_is_that_of_the_path_whatever_the_body_says(blog) {
        let (one, other) = (blog.add(Sample::default()), blog.add(Sample::default()));
        let id = other
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .expect("a key")
            .to_owned();
        let body = json!({"body": "x", "post": id, "post_id": id, "author": blog.key_of("editor")});
        let comment = say(blog, "reader", &format!("{one}comments/"), &body);
        assert_eq!(path_to(&json!({"id": comment["post"]})), one);
        assert_eq!(comment["author"]["username"], "reader");
    }

    fn a_post_that_is_not_there_has_no_comments(blog) {
        for id in ["00000000-0000-0000-0000-000000000000", "nonsense", "1"] {
            let place = format!("/api/v1/posts/{id}/comments/");
            blog.anonymous().get(&place).expect(404);
            blog.reader()
                .post(&place, &json!({"body": "x"}))
                .expect(404);
            blog.reader().post(&place, &json!({})).expect(404);
        }
    }

    fn a_post_out_of_sight_has_no_comments(blog) {
        for status in [Status::Draft, Status::Archived] {
            let place = format!(
                "{}comments/",
                blog.add(Sample {
                    status,
                    ..Sample::default()
                })
            );
            let comment = say(
                blog,
                "author",
                &place,
                &json!({"body": "A note to myself."}),
            );
            for client in [blog.reader(), blog.user("second")] {
                client.get(&place).expect(404);
                client.post(&place, &json!({"body": "x"})).expect(404);
                client.get(&path_of(&comment)).expect(404);
                client
                    .patch(&path_of(&comment), &json!({"body": "x"}))
                    .expect(404);
                client.delete(&path_of(&comment)).expect(404);
            }
            blog.anonymous().get(&place).expect(404);
            blog.anonymous().get(&path_of(&comment)).expect(404);
            assert_eq!(blog.author().get(&place).expect(200).data()["count"], 1);
            blog.editor().get(&path_of(&comment)).expect(200);
        }
    }

    fn comments_vanish_with_their_post_and_come_back_with_it(blog) {
        let post = blog.add(Sample::default());
        let comment = say(
            blog,
            "reader",
            &format!("{post}comments/"),
            &json!({"body": "x"}),
        );
        blog.editor()
            .post(&format!("{post}unpublish/"), &json!({}))
            .expect(200);
        blog.reader().get(&path_of(&comment)).expect(404);
        blog.editor()
            .post(&format!("{post}publish/"), &json!({}))
            .expect(200);
        blog.reader().get(&path_of(&comment)).expect(200);
    }

    fn a_comment_answers_another_below_the_same_post(blog) {
        let place = open(blog);
        let first = say(blog, "reader", &place, &json!({"body": "A question?"}));
        let second = say(
            blog,
            "author",
            &place,
            &json!({"body": "An answer.", "parent": first["id"]}),
        );
        assert_eq!(second["parent"], first["id"]);
    }

    fn a_comment_answers_none_below_another_post(blog) {
        let (one, other) = (open(blog), open(blog));
        let elsewhere = say(blog, "reader", &other, &json!({"body": "x"}));
        let body = json!({"body": "x", "parent": elsewhere["id"]});
        let errors = blog.reader().post(&one, &body).expect(400).errors();
        assert!(errors["parent"][0].is_string(), "{errors}");
        assert_eq!(blog.anonymous().get(&one).data()["count"], 0);
    }

    fn an_answer_cannot_be_moved_to_another_comment(blog) {
        let (one, other) = (open(blog), open(blog));
        let first = say(blog, "reader", &one, &json!({"body": "x"}));
        let elsewhere = say(blog, "reader", &other, &json!({"body": "x"}));
        blog.reader()
            .patch(&path_of(&first), &json!({"parent": elsewhere["id"]}));
        assert!(blog.reader().get(&path_of(&first)).data()["parent"].is_null());
    }

    fn a_parent_that_is_none_is_refused(blog) {
        let place = open(blog);
        for (parent, message) in [
            (
                json!(12345),
                "Invalid pk \"12345\" - object does not exist.",
            ),
            (
                json!(true),
                "Incorrect type. Expected pk value, received bool.",
            ),
            (
                json!("abc"),
                "Incorrect type. Expected pk value, received str.",
            ),
        ] {
            let body = json!({"body": "x", "parent": parent});
            let errors = blog.reader().post(&place, &body).expect(400).errors();
            assert_eq!(errors, json!({"parent": [message]}));
        }
    }

    fn a_comment_has_a_text_that_fits(blog) {
        let place = open(blog);
        for (body, message) in [
            (json!({}), "This field is required."),
            (json!({"body": " "}), "This field may not be blank."),
            (json!({"body": null}), "This field may not be null."),
            (
                json!({"body": "x".repeat(2_001)}),
                "Ensure this field has no more than 2000 characters.",
            ),
        ] {
            assert_eq!(
                blog.reader().post(&place, &body).expect(400).errors(),
                json!({"body": [message]})
            );
        }
        say(blog, "reader", &place, &json!({"body": "ü".repeat(2_000)}));
    }

    fn who_wrote_a_comment_changes_and_deletes_it(blog) {
        let place = open(blog);
        let comment = say(blog, "reader", &place, &json!({"body": "x"}));
        let path = path_of(&comment);
        assert_eq!(
            blog.reader()
                .patch(&path, &json!({"body": "y"}))
                .expect(200)
                .data()["body"],
            "y"
        );
        assert_eq!(
            blog.reader()
                .put(&path, &json!({"body": "z"}))
                .expect(200)
                .data()["body"],
            "z"
        );
        blog.reader().put(&path, &json!({})).expect(400);
        for name in ["author", "second"] {
            blog.user(name)
                .patch(&path, &json!({"body": "x"}))
                .expect(403);
            blog.user(name).delete(&path).expect(403);
        }
        blog.anonymous()
            .patch(&path, &json!({"body": "x"}))
            .expect(401);
        blog.anonymous().delete(&path).expect(401);
        blog.reader().delete(&path).expect(204);
        blog.reader().get(&path).expect(404);
        assert_eq!(blog.anonymous().get(&place).data()["count"], 0);
    }

    fn editors_are_in_charge_of_all_comments(blog) {
        let place = open(blog);
        for name in ["editor", "admin", "super"] {
            let comment = say(blog, "reader", &place, &json!({"body": "x"}));
            blog.user(name)
                .patch(&path_of(&comment), &json!({"body": "Edited."}))
                .expect(200);
            let shown = blog.anonymous().get(&path_of(&comment)).data();
            assert_eq!(shown["author"]["username"], "reader", "the author stays");
            blog.user(name).delete(&path_of(&comment)).expect(204);
        }
    }

    fn nobody_comments_without_a_name(blog) {
        let place = open(blog);
        let response = blog
            .anonymous()
            .post(&place, &json!({"body": "x"}))
            .expect(401);
        assert_eq!(response.code(), "not_authenticated");
        assert!(response.header("www-authenticate").is_some());
    }

    fn comments_as_a_whole_have_no_list_of_their_own(blog) {
        blog.admin().get("/api/v1/comments/").expect(404);
    }
}
