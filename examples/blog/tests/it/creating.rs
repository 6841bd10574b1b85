//! `POST /posts/`.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, keys, path_to, started};

const REQUIRED: &str = "This field is required.";

/// The errors of a post that the author cannot make, which is not stored.
fn refused(blog: &Blog, body: &Value) -> Value {
    let errors = blog.author().post(POSTS, body).expect(400).errors();
    assert_eq!(
        blog.editor().get(POSTS).data()["count"],
        0,
        "nothing is stored"
    );
    errors
}

/// The one error of a post whose field `name` is `value`.
fn refused_field(blog: &Blog, name: &str, value: &Value) -> String {
    let mut body = json!({"title": "A title", "body": "Some text."});
    body[name] = value.clone();
    let errors = refused(blog, &body);
    assert_eq!(keys(&errors), [name], "{errors}");
    errors[name][0]
        .as_str()
        .unwrap_or_else(|| panic!("{errors}"))
        .to_owned()
}

on_both_databases! {
    with started;

    fn a_number_in_a_text_keeps_every_digit_or_is_refused(blog) {
        let long = "{\"title\": 12345678901234567890123, \"body\": \"x\"}";
        let client = blog.author().header("Content-Type", "application/json");
        let refused = client.send("POST", POSTS, Some(long.as_bytes())).expect(400);
        assert_eq!(refused.errors(), json!({"title": ["Not a valid string."]}));
        let most = json!({"title": u64::MAX, "body": "x"});
        let post = blog.author().post(POSTS, &most).expect(201).data();
        assert_eq!(post["title"], "18446744073709551615");
    }

    fn what_is_no_choice_is_shown_as_in_drf(blog) {
        for (value, shown) in [(json!(true), "True"), (json!(false), "False"), (json!("true"), "true")] {
            let message = format!("\"{shown}\" is not a valid choice.");
            assert_eq!(refused_field(blog, "status", &value), message);
        }
    }

    fn a_post_is_created_and_shown_whole(blog) {
        let (music, tea) = (blog.category("Music"), blog.tag("tea"));
        let body =
            json!({"title": "A Title", "body": "Some text.", "category": music, "tags": [tea]});
        let response = blog.author().post(POSTS, &body).expect(201);
        let post = response.data();
        assert_eq!(post["title"], "A Title");
        assert_eq!(post["slug"], "a-title");
        assert_eq!(post["body"], "Some text.");
        assert_eq!(post["status"], "draft");
        assert_eq!(post["views"], 0);
        assert_eq!(post["published_at"], json!(null));
        assert_eq!(
            post["author"],
            json!({"id": blog.key_of("author"), "username": "author"})
        );
        assert_eq!(
            post["category"],
            json!({"id": music, "name": "Music", "slug": "music"})
        );
        assert_eq!(post["tags"], json!([{"id": tea, "name": "tea"}]));
        assert_eq!(post["comment_count"], 0);
        assert_eq!(post["created_at"], "2026-01-15T10:30:00.123456Z");
        assert_eq!(post["updated_at"], post["created_at"]);
        assert_eq!(post["version"], 1);
        assert_eq!(response.message(), "Post created successfully");
        let names: Vec<&String> = post.as_object().into_iter().flat_map(|post| post.keys()).collect();
        assert_eq!(
            names,
            [
                "id", "title", "slug", "status", "views", "published_at", "author", "category",
                "tags", "comment_count", "body", "created_at", "updated_at", "version",
            ]
        );
    }

    fn the_answer_says_where_the_post_is(blog) {
        let client = blog.author().header("Host", "blog.example");
        let response = client
            .post(POSTS, &json!({"title": "A title", "body": "x"}))
            .expect(201);
        let path = path_to(&response.data());
        assert_eq!(
            response.header("location"),
            Some(&*format!("http://blog.example{path}"))
        );
        let shown = client.get(&path).expect(200);
        assert_eq!(shown.data(), response.data());
        assert_eq!(shown.header("etag"), response.header("etag"));
        assert!(shown.header("etag").is_some());
    }

    fn every_required_field_is_named_at_once(blog) {
        let errors = refused(blog, &json!({}));
        assert_eq!(errors, json!({"title": [REQUIRED], "body": [REQUIRED]}));
    }

    fn everything_that_is_wrong_is_said_at_once(blog) {
        let errors = refused(
            blog,
            &json!({
                "title": "x".repeat(201), "slug": "no slug", "status": "bogus", "category": 99,
                "tags": ["x", 99, true],
            }),
        );
        assert_eq!(
            keys(&errors),
            ["body", "category", "slug", "status", "tags", "title"],
            "{errors}"
        );
        assert_eq!(
            errors["tags"]["0"][0],
            "Incorrect type. Expected pk value, received str."
        );
        assert_eq!(
            errors["tags"]["2"][0],
            "Incorrect type. Expected pk value, received bool."
        );
    }

    fn an_error_has_a_code_and_a_pointer(blog) {
        let body = json!({"body": "x", "title": "A title", "tags": [true]});
        let details = blog.author().post(POSTS, &body).expect(400).json()["details"].take();
        assert_eq!(
            details,
            json!([{
                "pointer": "/tags/0",
                "code": "incorrect_type",
                "message": "Incorrect type. Expected pk value, received bool.",
            }])
        );
    }

    fn an_empty_body_is_an_empty_object(blog) {
        for body in [None, Some(&b""[..]), Some(b" \r\n\t")] {
            let client = blog.author().header("Content-Type", "application/json");
            let errors = client.send("POST", POSTS, body).expect(400).errors();
            assert_eq!(errors["title"][0], REQUIRED);
        }
    }

    fn a_body_that_is_no_object_is_refused(blog) {
        for (body, found) in [
            (json!("text"), "str"),
            (json!(1), "int"),
            (json!(1.5), "float"),
            (json!(true), "bool"),
        ] {
            let message = format!("Invalid data. Expected a dictionary, but got {found}.");
            assert_eq!(refused(blog, &body), json!({"non_field_errors": [message]}));
        }
        assert_eq!(
            refused(blog, &json!(null)),
            json!({"non_field_errors": ["No data provided"]})
        );
    }

    fn a_list_is_not_taken_for_a_post(blog) {
        for body in [json!([]), json!([1]), json!([{}])] {
            let response = blog.author().post(POSTS, &body);
            assert!([400, 403].contains(&response.status), "{response:?}");
        }
        assert_eq!(blog.editor().get(POSTS).data()["count"], 0);
    }

    fn blank_null_and_missing_are_three_things(blog) {
        for blank in ["", "  ", "\n\t "] {
            assert_eq!(
                refused_field(blog, "title", &json!(blank)),
                "This field may not be blank."
            );
            assert_eq!(
                refused_field(blog, "body", &json!(blank)),
                "This field may not be blank."
            );
        }
        assert_eq!(
            refused_field(blog, "title", &json!(null)),
            "This field may not be null."
        );
        let errors = refused(blog, &json!({"body": "x"}));
        assert_eq!(errors, json!({"title": [REQUIRED]}));
    }

    fn a_text_has_its_length_in_characters(blog) {
        let message = "Ensure this field has no more than 200 characters.";
        assert_eq!(
            refused_field(blog, "title", &json!("ü".repeat(201))),
            message
        );
        let body = json!({"title": "ü".repeat(200), "body": "x"});
        let post = blog.author().post(POSTS, &body).expect(201).data();
        assert_eq!(post["title"], "ü".repeat(200));
    }

    fn a_text_of_another_type_is_refused_and_a_number_is_one(blog) {
        for other in [json!(true), json!(["x"]), json!({"x": 1})] {
            assert_eq!(refused_field(blog, "title", &other), "Not a valid string.");
        }
        let post = blog
            .author()
            .post(POSTS, &json!({"title": 12, "body": 1.5}))
            .expect(201)
            .data();
        assert_eq!(post["title"], "12");
        assert_eq!(post["body"], "1.5");
    }

    fn a_null_character_is_refused(blog) {
        for name in ["title", "body", "slug"] {
            let message = refused_field(blog, name, &json!("a\u{0}b"));
            assert_eq!(message, "Null characters are not allowed.", "in {name}");
        }
    }

    fn text_is_kept_as_it_is_but_for_the_space_around_it(blog) {
        let text = "  Ünïcode 🦀 <b>&amp;</b> \u{202e} '; DROP TABLE posts; \\ \" \n\tline  ";
        let body = json!({"title": "A title", "body": text});
        let post = blog.author().post(POSTS, &body).expect(201).data();
        assert_eq!(post["body"], text.trim());
        assert_eq!(
            blog.author().get(&path_to(&post)).data()["body"],
            text.trim()
        );
    }

    fn a_choice_that_is_none_is_refused(blog) {
        for (value, shown) in [
            (json!("bogus"), "bogus"),
            (json!("Draft"), "Draft"),
            (json!(1), "1"),
        ] {
            let message = format!("\"{shown}\" is not a valid choice.");
            assert_eq!(refused_field(blog, "status", &value), message);
        }
        assert_eq!(
            refused_field(blog, "status", &json!(null)),
            "This field may not be null."
        );
    }

    fn read_only_and_unknown_fields_are_passed_over(blog) {
        let body = json!({
            "title": "A title", "body": "x", "id": "00000000-0000-0000-0000-000000000000",
            "views": 99,
            "published_at": "2020-01-01T00:00:00Z", "author": blog.key_of("editor"),
            "author_id": blog.key_of("editor"), "created_by": blog.key_of("editor"), "version": 7,
            "created_at": "2020-01-01T00:00:00Z", "deleted_at": "2020-01-01T00:00:00Z",
            "comment_count": 5, "nonsense": {"deep": [1, 2, 3]},
        });
        let post = blog.author().post(POSTS, &body).expect(201).data();
        assert_ne!(post["id"], body["id"]);
        assert_eq!(post["views"], 0);
        assert_eq!(post["author"]["username"], "author");
        assert_eq!(post["published_at"], json!(null));
        assert_eq!(post["created_at"], "2026-01-15T10:30:00.123456Z");
        assert_eq!(post["version"], 1);
        assert_eq!(post["comment_count"], 0);
        assert!(post.get("nonsense").is_none());
        blog.author().get(&path_to(&post)).expect(200);
    }

    fn of_a_repeated_member_the_last_counts(blog) {
        let client = blog.author().header("Content-Type", "application/json");
        let body = br#"{"title": "first", "title": "last", "body": "x"}"#;
        assert_eq!(
            client.send("POST", POSTS, Some(body)).expect(201).data()["title"],
            "last"
        );
        let body = br#"{"title": true, "title": "sound", "body": "x"}"#;
        client.send("POST", POSTS, Some(body)).expect(201);
    }

    fn only_editors_create_what_is_public_at_once(blog) {
        let body = json!({"title": "A title", "body": "x", "status": "published"});
        blog.author().post(POSTS, &body).expect(403);
        let post = blog.editor().post(POSTS, &body).expect(201).data();
        assert_eq!(post["status"], "published");
        assert_eq!(post["published_at"], "2026-01-15T10:30:00.123456Z");
        blog.anonymous().get(&path_to(&post)).expect(200);
    }
}
