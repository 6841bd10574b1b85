//! Keys of other rows in bodies.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, Sample, path_to, started};

/// The errors of a post with `value` in the field `name`.
fn refused(blog: &Blog, name: &str, value: Value) -> Value {
    let mut body = json!({"title": "A title", "body": "x"});
    body[name] = value;
    let errors = blog.author().post(POSTS, &body).expect(400).errors();
    assert_eq!(
        errors.as_object().map(serde_json::Map::len),
        Some(1),
        "{errors}"
    );
    errors[name].clone()
}

on_both_databases! {
    with started;

    fn a_key_without_a_row_is_refused(blog) {
        assert_eq!(
            refused(blog, "category", json!(99)),
            json!(["Invalid pk \"99\" - object does not exist."])
        );
        assert_eq!(
            refused(blog, "category", json!("99")),
            json!(["Invalid pk \"99\" - object does not exist."])
        );
        assert_eq!(
            refused(blog, "category", json!(-1)),
            json!(["Invalid pk \"-1\" - object does not exist."])
        );
    }

    fn a_key_of_another_type_is_refused(blog) {
        for (value, found) in [
            (json!(true), "bool"),
            (json!("abc"), "str"),
            (json!([1]), "list"),
            (json!({"id": 1}), "dict"),
            (json!(1.5), "float"),
        ] {
            let message = format!("Incorrect type. Expected pk value, received {found}.");
            assert_eq!(refused(blog, "category", value), json!([message]));
        }
    }

    fn a_huge_key_is_refused(blog) {
        for huge in [
            "9223372036854775807",
            "18446744073709551615",
            "99999999999999999999999999",
            "1e300",
        ] {
            let body =
                format!(r#"{{"title": "x", "body": "x", "category": {huge}, "tags": [{huge}]}}"#);
            let client = blog.author().header("Content-Type", "application/json");
            let errors = client
                .send("POST", POSTS, Some(body.as_bytes()))
                .expect(400)
                .errors();
            assert!(errors["category"][0].is_string(), "{errors}");
            assert!(errors["tags"]["0"][0].is_string(), "{errors}");
        }
    }

    fn each_element_of_a_list_has_its_own_error(blog) {
        let tea = blog.tag("tea");
        let errors = refused(blog, "tags", json!([tea, true, null, "x"]));
        assert_eq!(
            errors,
            json!({
                "1": ["Incorrect type. Expected pk value, received bool."],
                "2": ["This field may not be null."],
                "3": ["Incorrect type. Expected pk value, received str."],
            })
        );
        let errors = refused(blog, "tags", json!([98, tea, 99]));
        assert_eq!(
            errors,
            json!({
                "0": ["Invalid pk \"98\" - object does not exist."],
                "2": ["Invalid pk \"99\" - object does not exist."],
            })
        );
    }

    fn a_list_that_is_none_is_refused(blog) {
        for (value, found) in [
            (json!("abc"), "str"),
            (json!(1), "int"),
            (json!({"0": 1}), "dict"),
            (json!(true), "bool"),
        ] {
            let message = format!("Expected a list of items but got type \"{found}\".");
            assert_eq!(refused(blog, "tags", value), json!([message]));
        }
        assert_eq!(
            refused(blog, "tags", json!(null)),
            json!(["This field may not be null."])
        );
    }

    fn keys_may_come_as_text(blog) {
        let (music, tea) = (blog.category("Music"), blog.tag("tea"));
        let (category, tag) = (music.to_string(), tea.to_string());
        let body = json!({"title": "x", "body": "x", "category": category, "tags": [tag]});
        let post = blog.author().post(POSTS, &body).expect(201).data();
        assert_eq!(post["category"]["id"], music);
        assert_eq!(post["tags"][0]["id"], tea);
    }

    fn the_same_tag_twice_is_one(blog) {
        let tea = blog.tag("tea");
        let body = json!({"title": "x", "body": "x", "tags": [tea, tea, tea.to_string()]});
        let post = blog.author().post(POSTS, &body).expect(201).data();
        assert_eq!(post["tags"].as_array().map(Vec::len), Some(1));
    }

    fn many_tags_cost_no_more_statements_than_one(blog) {
        let tags: Vec<i64> = (0..30)
            .map(|number| blog.tag(&format!("tag {number}")))
            .collect();
        let statements = |tags: &[i64]| {
            let body = json!({"title": "x", "body": "x", "tags": tags});
            blog.author().post(POSTS, &body).expect(201).statements()
        };
        statements(&[]);
        assert_eq!(statements(&tags), statements(&tags[..1]));
    }

    fn a_list_that_is_too_long_is_refused(blog) {
        let tags: Vec<i64> = (1..=20_000).collect();
        refused(blog, "tags", json!(tags));
    }

    fn a_category_that_vanishes_meanwhile_is_no_failure_of_the_server(blog) {
        let music = blog.category("Music");
        let path = path_to(&blog.draft("x"));
        let editor = blog.editor();
        let author = blog.author();
        let statuses = restwell_testing::race(2, |i| match i {
            0 => {
                editor
                    .delete(&format!("/api/v1/categories/{music}/"))
                    .status
            }
            _ => author.patch(&path, &json!({"category": music})).status,
        });
        assert_eq!(statuses[0], 204);
        assert!([200, 400].contains(&statuses[1]), "{statuses:?}");
    }

    fn a_comment_answers_only_what_its_author_can_see(blog) {
        let open = blog.add(Sample::default());
        let hidden = path_to(&blog.draft("A draft"));
        let body = json!({"body": "One."});
        let secret = blog
            .author()
            .post(&format!("{hidden}comments/"), &body)
            .expect(201)
            .data();
        let errors = blog
            .reader()
            .post(
                &format!("{open}comments/"),
                &json!({"body": "x", "parent": secret["id"]}),
            )
            .expect(400)
            .errors();
        let message = format!("Invalid pk \"{}\" - object does not exist.", secret["id"]);
        assert_eq!(errors, json!({"parent": [message]}));
    }
}
