//! Who may do what: the table of the roles.

use blog::posts::Status;
use restwell_testing::{Client, on_both_databases};
use serde_json::json;

use crate::blog::{Blog, POSTS, Sample, path_to, started};

const EVERYBODY: [&str; 6] = ["anonymous", "reader", "author", "editor", "admin", "super"];

fn client(blog: &Blog, name: &str) -> Client {
    match name {
        "anonymous" => blog.anonymous(),
        name => blog.user(name),
    }
}

/// Checks the status that each of [`EVERYBODY`] gets.
fn check(blog: &Blog, what: &str, expected: [u16; 6], act: impl Fn(&Client) -> u16) {
    let statuses = EVERYBODY.map(|name| act(&client(blog, name)));
    assert_eq!(statuses, expected, "{what}, as {EVERYBODY:?}");
}

on_both_databases! {
    with started;

    fn everybody_reads_what_is_public(blog) {
        let path = blog.add(Sample::default());
        let tag = blog.tag("tea");
        for place in [
            POSTS,
            &path,
            &format!("{path}comments/"),
            "/api/v1/tags/",
            &format!("/api/v1/tags/{tag}/"),
            "/api/v1/categories/",
        ] {
            check(blog, place, [200; 6], |client| client.get(place).status);
            check(blog, place, [200; 6], |client| client.head(place).status);
        }
    }

    fn drafts_are_for_their_author_and_editors(blog) {
        for status in [Status::Draft, Status::Archived] {
            let path = blog.add(Sample {
                status,
                ..Sample::default()
            });
            check(
                blog,
                "read a draft",
                [404, 404, 200, 200, 200, 200],
                |client| client.get(&path).status,
            );
        }
    }

    fn authors_and_editors_write_posts(blog) {
        let body = json!({"title": "A title", "body": "x"});
        check(blog, "create", [401, 403, 201, 201, 201, 201], |client| {
            client.post(POSTS, &body).status
        });
    }

    fn a_body_is_looked_at_only_after_the_role(blog) {
        check(
            blog,
            "create nonsense",
            [401, 403, 400, 400, 400, 400],
            |client| {
                client
                    .header("Content-Type", "application/json")
                    .send("POST", POSTS, Some(b"{"))
                    .status
            },
        );
    }

    fn posts_are_changed_by_their_author_and_editors(blog) {
        let path = blog.add(Sample::default());
        let body = json!({"body": "Changed."});
        let expected = [401, 403, 200, 200, 200, 200];
        check(blog, "change", expected, |client| {
            client.patch(&path, &body).status
        });
        let body = json!({"title": "Changed", "body": "x"});
        check(blog, "replace", expected, |client| {
            client.put(&path, &body).status
        });
        let second = blog.add(Sample {
            author: "second",
            ..Sample::default()
        });
        check(
            blog,
            "change another's",
            [401, 403, 403, 200, 200, 200],
            |client| client.patch(&second, &body).status,
        );
    }

    fn posts_are_deleted_by_their_author_and_editors(blog) {
        let delete = |client: &Client| client.delete(&blog.add(Sample::default())).status;
        check(blog, "delete", [401, 403, 204, 204, 204, 204], delete);
        let delete = |client: &Client| {
            client
                .delete(&blog.add(Sample {
                    author: "second",
                    ..Sample::default()
                }))
                .status
        };
        check(
            blog,
            "delete another's",
            [401, 403, 403, 204, 204, 204],
            delete,
        );
    }

    fn drafts_of_others_are_not_even_there(blog) {
        let path = blog.add(Sample {
            author: "second",
            status: Status::Draft,
            ..Sample::default()
        });
        let body = json!({"body": "Changed."});
        check(
            blog,
            "change another's draft",
            [401, 403, 404, 200, 200, 200],
            |client| client.patch(&path, &body).status,
        );
    }

    fn publication_is_for_editors(blog) {
        let publish = |client: &Client| {
            let path = path_to(&blog.draft("A title"));
            client.post(&format!("{path}publish/"), &json!({})).status
        };
        check(blog, "publish", [401, 403, 403, 200, 200, 200], publish);
        let unpublish = |client: &Client| {
            client
                .post(
                    &format!("{}unpublish/", blog.add(Sample::default())),
                    &json!({}),
                )
                .status
        };
        check(blog, "unpublish", [401, 403, 403, 200, 200, 200], unpublish);
    }

    fn everybody_with_a_name_comments(blog) {
        let place = format!("{}comments/", blog.add(Sample::default()));
        check(blog, "comment", [401, 201, 201, 201, 201, 201], |client| {
            client.post(&place, &json!({"body": "x"})).status
        });
    }

    fn editors_write_tags_and_categories(blog) {
        for place in ["/api/v1/tags/", "/api/v1/categories/"] {
            let made = std::cell::Cell::new(0);
            let name = || {
                made.set(made.get() + 1);
                json!({"name": format!("name {}", made.get())})
            };
            check(blog, place, [401, 403, 403, 201, 201, 201], |client| {
                client.post(place, &name()).status
            });
            let path = || {
                let row = blog.editor().post(place, &name()).expect(201).data();
                format!("{place}{}/", row["id"])
            };
            check(blog, place, [401, 403, 403, 200, 200, 200], |client| {
                client.put(&path(), &name()).status
            });
            check(blog, place, [401, 403, 403, 200, 200, 200], |client| {
                client.patch(&path(), &name()).status
            });
            check(blog, place, [401, 403, 403, 204, 204, 204], |client| {
                client.delete(&path()).status
            });
        }
    }

    fn roles_are_for_admins(blog) {
        let place = format!("/api/v1/users/{}/roles/", blog.key_of("second"));
        check(blog, "roles", [401, 403, 403, 403, 200, 200], |client| {
            client.put(&place, &json!(["reader"])).status
        });
    }

    fn options_show_the_fields_that_one_may_send(blog) {
        let path = blog.add(Sample::default());
        for (name, may) in EVERYBODY
            .into_iter()
            .zip([false, false, true, true, true, true])
        {
            let list = client(blog, name).options(POSTS).expect(200).data();
            assert_eq!(
                list["actions"]["POST"]["title"].is_object(),
                may,
                "{name}: {list}"
            );
            let detail = client(blog, name).options(&path).expect(200).data();
            assert_eq!(
                detail["actions"]["PUT"]["title"].is_object(),
                may,
                "{name}: {detail}"
            );
        }
    }
}
