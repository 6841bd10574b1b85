//! `/auth/me/`: one's own profile.

use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{keys, started};

const ME: &str = "/api/v1/auth/me/";

on_both_databases! {
    with started;

    fn everybody_sees_himself(blog) {
        for name in ["reader", "author", "editor", "admin", "super"] {
            let me = blog.user(name).get(ME).expect(200).data();
            assert_eq!(me["username"], name);
            assert_eq!(me["email"], format!("{name}@example.com"));
            assert_eq!(me["id"], blog.key_of(name).to_string());
        }
    }

    fn a_profile_has_no_secrets(blog) {
        let me = blog.author().get(ME).expect(200).data();
        for name in [
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "date_joined",
        ] {
            assert!(keys(&me).contains(&name), "{name} in {me}");
        }
        for name in ["password", "is_superuser"] {
            assert!(!keys(&me).contains(&name), "{name} in {me}");
        }
    }

    fn nobody_has_no_profile(blog) {
        let response = blog.anonymous().get(ME).expect(401);
        assert_eq!(response.code(), "not_authenticated");
        assert_eq!(
            response.message(),
            "Authentication credentials were not provided."
        );
        assert!(response.header("www-authenticate").is_some());
        blog.anonymous()
            .patch(ME, &json!({"first_name": "x"}))
            .expect(401);
    }

    fn everybody_changes_his_own_names(blog) {
        let body = json!({"first_name": "Ada", "last_name": "Lovelace"});
        let me = blog.author().patch(ME, &body).expect(200).data();
        assert_eq!(me["first_name"], "Ada");
        assert_eq!(blog.author().get(ME).data(), me);
        let me = blog
            .author()
            .patch(ME, &json!({"first_name": ""}))
            .expect(200)
            .data();
        assert_eq!(
            (&me["first_name"], &me["last_name"]),
            (&json!(""), &json!("Lovelace"))
        );
        assert_eq!(
            blog.reader().get(ME).data()["last_name"],
            "",
            "and nobody else's"
        );
    }

    fn nobody_changes_what_he_is(blog) {
        let body = json!({
            "username": "other", "is_staff": true, "is_superuser": true, "is_active": false,
            "password": "another-password", "date_joined": "2020-01-01T00:00:00Z",
            "roles": ["admin"],
        });
        let before = blog.author().get(ME).data();
        blog.author().patch(ME, &body);
        assert_eq!(blog.author().get(ME).expect(200).data(), before);
        blog.author().get("/api/v1/users/").expect(403);
    }

    fn an_address_must_be_one_and_nobody_elses(blog) {
        for (email, message) in [
            ("nonsense", "Enter a valid email address."),
            ("", "This field may not be blank."),
            ("READER@example.com", "user with this email already exists."),
        ] {
            let errors = blog
                .author()
                .patch(ME, &json!({"email": email}))
                .expect(400)
                .errors();
            assert_eq!(errors, json!({"email": [message]}));
        }
        blog.author()
            .patch(ME, &json!({"email": "author@example.com"}))
            .expect(200);
        blog.author()
            .patch(ME, &json!({"email": "AUTHOR@example.com"}))
            .expect(200);
    }

    fn a_client_names_the_fields_that_it_wants(blog) {
        let me = format!("{ME}?fields=username,email");
        let names = json!({"username": "author", "email": "author@example.com"});
        assert_eq!(blog.author().get(&me).expect(200).data(), names);
        let changed = blog.author().patch(&me, &json!({"first_name": "Ada"})).expect(200);
        assert_eq!(changed.data(), names);
        let wrong = blog
            .author()
            .patch(&format!("{ME}?fields=password"), &json!({"first_name": "Eve"}))
            .expect(400);
        assert_eq!(wrong.errors()["fields"].as_array().map(Vec::len), Some(1), "{wrong:?}");
        assert_eq!(blog.author().get(ME).data()["first_name"], "Ada");
        let body = json!({"username": "new", "email": "new@example.com", "password": "a-long-password-1"});
        let register = "/api/v1/auth/register/?fields=";
        blog.anonymous().post(&format!("{register}nothing"), &body).expect(400);
        let made = blog.anonymous().post(&format!("{register}username"), &body).expect(201);
        assert_eq!(made.data(), json!({"username": "new"}));
    }

    fn what_no_route_of_an_account_knows_is_refused(blog) {
        let body = json!({});
        for (method, path) in [
            ("GET", "me/"),
            ("PATCH", "me/"),
            ("POST", "register/"),
            ("POST", "token/"),
            ("POST", "token/refresh/"),
            ("POST", "logout/"),
            ("POST", "logout/all/"),
            ("POST", "password/"),
            ("GET", "tokens/"),
            ("POST", "tokens/"),
            ("GET", "session/"),
        ] {
            let path = format!("/api/v1/auth/{path}?zzz=1");
            let answer = blog.author().send_json(method, &path, &body);
            assert_eq!(answer.status, 400, "{path}: {answer:?}");
            let message = answer.errors()["zzz"][0].as_str().unwrap_or_default().to_owned();
            assert!(message.starts_with("Unknown filter."), "{method} {path}: {answer:?}");
        }
        blog.author().get(&format!("{ME}?format=json")).expect(200);
    }

    fn a_profile_that_one_has_is_not_sent_again(blog) {
        let shown = blog.author().get(ME).expect(200);
        let tag = shown.header("etag").expect("a tag").to_owned();
        assert_eq!(blog.author().head(ME).header("etag"), Some(&*tag));
        let known = blog.author().header("If-None-Match", &tag).get(ME).expect(304);
        assert_eq!(known.header("etag"), Some(&*tag));
        blog.reader().header("If-None-Match", &tag).get(ME).expect(200);
        let changed = blog.author().patch(ME, &json!({"first_name": "Ada"})).expect(200);
        let fresh = changed.header("etag").expect("a tag");
        assert_ne!(fresh, tag);
        assert_eq!(blog.author().get(ME).header("etag"), Some(fresh));
        blog.author().header("If-None-Match", &tag).get(ME).expect(200);
        blog.author().header("If-Match", &tag).get(ME).expect(412);
    }

    fn a_profile_is_changed_in_the_state_that_one_has_seen(blog) {
        let tag = |name: &str| blog.user(name).get(ME).header("etag").expect("a tag").to_owned();
        let named = |tag: &str| blog.author().header("If-Match", tag);
        let (first, other) = (tag("author"), tag("reader"));
        let body = json!({"first_name": "Ada"});
        for wrong in [&other, "\"x\"", &format!("W/{first}")] {
            let refused = named(wrong).patch(ME, &body).expect(412);
            assert_eq!(refused.code(), "precondition_failed");
        }
        blog.author().header("If-None-Match", "*").patch(ME, &body).expect(412);
        named(&first).patch(ME, &json!({"email": "nonsense"})).expect(400);
        assert_eq!(tag("author"), first, "nothing was changed");
        named(&first).patch(ME, &body).expect(200);
        named(&first).patch(ME, &json!({"first_name": "Eve"})).expect(412);
        named("*").patch(ME, &json!({"last_name": "L."})).expect(200);
        let me = blog.author().get(ME).data();
        assert_eq!((&me["first_name"], &me["last_name"]), (&json!("Ada"), &json!("L.")));
    }

    fn a_version_in_the_body_must_be_the_present_one(blog) {
        let changed = |version: i64, name: &str| {
            blog.author().patch(ME, &json!({"version": version, "first_name": name}))
        };
        changed(1, "Ada").expect(200);
        let stale = changed(1, "Eve").expect(409);
        assert!(stale.message().contains("modified"), "{stale:?}");
        blog.author().patch(ME, &json!({"version": "x"})).expect(400);
        assert_eq!(blog.author().get(ME).data()["first_name"], "Ada");
    }

    fn of_changes_of_one_profile_at_once_one_succeeds(blog) {
        let tag = blog.author().get(ME).header("etag").expect("a tag").to_owned();
        let client = blog.author().header("If-Match", &tag);
        let mut statuses = race(6, |i| {
            client.patch(ME, &json!({"first_name": format!("By {i}.")})).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    }

    fn a_profile_is_not_made_or_deleted(blog) {
        for response in [blog.author().delete(ME), blog.author().post(ME, &json!({}))] {
            assert_eq!(response.status, 405, "{response:?}");
            assert!(
                response
                    .header("allow")
                    .is_some_and(|allow| allow.contains("GET, PATCH")),
                "{response:?}"
            );
        }
    }
}
