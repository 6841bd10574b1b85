//! `POST /auth/register/`.

use std::process::{Command, Stdio};

use restwell_testing::{on_both_databases, race};
use serde_json::{Value, json};

use crate::blog::{Blog, PASSWORD, POSTS, keys, started};

const REGISTER: &str = "/api/v1/auth/register/";

fn ada() -> Value {
    json!({"username": "ada", "email": "Ada@Example.com", "password": PASSWORD})
}

/// The errors of a registration like Ada's with another `name`.
fn refused(blog: &Blog, name: &str, value: Value) -> Value {
    let mut body = ada();
    body[name] = value;
    let errors = blog.anonymous().post(REGISTER, &body).expect(400).errors();
    assert_eq!(keys(&errors), [name], "{errors}");
    errors[name].clone()
}

/// What the command prints, and whether it succeeds.
fn create_superuser(blog: &Blog, username: &str, email: &str, password: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_blog"))
        .args(["createsuperuser", "--username", username, "--email", email])
        .envs([
            ("DATABASE_URL", blog.db.url()),
            ("SUPERUSER_PASSWORD", password),
        ])
        .stdin(Stdio::null())
        .output()
        .expect("a process");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), errors)
}

on_both_databases! {
    with started;

    fn a_superuser_is_held_to_the_rules_of_registration(blog) {
        for (name, email, password, wrong) in [
            ("a b", "boss@example.com", PASSWORD, "username: Enter a valid username."),
            ("boss@example.com", "boss@example.com", PASSWORD, "username: Enter a valid"),
            ("boss", "nowhere", PASSWORD, "email: Enter a valid email address."),
            ("boss", "boss@example.com", "12345", "password: This password is too short."),
            ("author", "boss@example.com", PASSWORD, "username: A user with that username"),
            ("boss", "AUTHOR@example.com", PASSWORD, "email: user with this email already"),
        ] {
            let (succeeds, errors) = create_superuser(blog, name, email, password);
            assert!(!succeeds && errors.contains(wrong), "{name} {email}: {errors}");
            assert!(!errors.contains("constraint"), "{errors}");
        }
        let (succeeds, errors) = create_superuser(blog, "boss", "boss@example.com", PASSWORD);
        assert!(succeeds, "{errors}");
        blog.user("boss").get("/api/v1/users/").expect(200);
    }

    fn whoever_registers_logs_in_and_writes(blog) {
        let response = blog.anonymous().post(REGISTER, &ada()).expect(201);
        assert_eq!(response.data()["username"], "ada");
        let ada = blog.user("ada");
        let post = ada
            .post(POSTS, &json!({"title": "x", "body": "x"}))
            .expect(201)
            .data();
        assert_eq!(post["author"]["username"], "ada");
    }

    fn a_password_is_never_shown(blog) {
        let text = blog
            .anonymous()
            .post(REGISTER, &ada())
            .expect(201)
            .text()
            .to_owned();
        assert!(
            !text.contains(PASSWORD) && !text.contains("argon2") && !text.contains("password"),
            "{text}"
        );
        let profile = blog
            .user("ada")
            .get("/api/v1/auth/me/")
            .expect(200)
            .text()
            .to_owned();
        assert!(
            !profile.contains("argon2") && !profile.contains("password"),
            "{profile}"
        );
    }

    fn every_required_field_is_named_at_once(blog) {
        let errors = blog
            .anonymous()
            .post(REGISTER, &json!({}))
            .expect(400)
            .errors();
        let required = json!(["This field is required."]);
        assert_eq!(
            errors,
            json!({"username": required, "email": required, "password": required})
        );
    }

    fn a_name_that_is_taken_is_refused(blog) {
        let message = "A user with that username already exists.";
        assert_eq!(refused(blog, "username", json!("author")), json!([message]));
    }

    fn an_address_that_is_taken_is_refused_whatever_its_case(blog) {
        for taken in ["author@example.com", "AUTHOR@EXAMPLE.COM"] {
            assert_eq!(
                refused(blog, "email", json!(taken)),
                json!(["user with this email already exists."])
            );
        }
    }

    fn a_name_that_looks_like_another_is_refused(blog) {
        let message = "This field may not contain characters that stand for others.";
        for name in ["\u{ff41}uthor", "\u{fb01}ne", "e\u{301}lan", "\u{2460}"] {
            let letters = name.chars().all(char::is_alphanumeric);
            let errors = refused(blog, "username", json!(name));
            assert!(!letters || errors == json!([message]), "{name}: {errors}");
        }
        for name in ["\u{e9}lan", "\u{65e5}\u{672c}", "Caf\u{e9}.1"] {
            let body = json!({"username": name, "email": format!("{}@example.org", name.len()), "password": PASSWORD});
            blog.anonymous().post(REGISTER, &body).expect(201);
        }
    }

    fn an_address_has_a_domain(blog) {
        for wrong in ["a@b", "a@b.c", "a@example.com-", "@example.com"] {
            assert_eq!(
                refused(blog, "email", json!(wrong)),
                json!(["Enter a valid email address."]),
                "{wrong}"
            );
        }
        for (number, right) in ["a@b.cd", "a@localhost", "a@[127.0.0.1]", "a@bücher.example"]
            .into_iter()
            .enumerate()
        {
            let name = format!("name{number}");
            let body = json!({"username": name, "email": right, "password": PASSWORD});
            blog.anonymous().post(REGISTER, &body).expect(201);
        }
    }

    fn everything_that_is_wrong_is_said_at_once(blog) {
        let body = json!({"username": "author", "email": "nonsense", "password": "12345"});
        let errors = blog.anonymous().post(REGISTER, &body).expect(400).errors();
        assert_eq!(keys(&errors), ["email", "password", "username"], "{errors}");
        assert_eq!(errors["email"][0], "Enter a valid email address.");
    }

    fn a_weak_password_is_refused(blog) {
        for weak in ["short", "12345678901", "password123", "ada"] {
            let errors = refused(blog, "password", json!(weak));
            assert!(
                errors[0]
                    .as_str()
                    .is_some_and(|message| message.contains("password")),
                "{errors}"
            );
        }
        let name = "longusername";
        let body = json!({"username": name, "email": "a@example.com", "password": name});
        blog.anonymous().post(REGISTER, &body).expect(400);
    }

    fn a_name_has_letters_digits_and_little_else(blog) {
        for wrong in ["a b", "a/b", "<script>", "a\n", "editor@example.com"] {
            let errors = refused(blog, "username", json!(format!("x{wrong}x")));
            assert!(
                errors[0]
                    .as_str()
                    .is_some_and(|message| message.starts_with("Enter a valid username")),
                "{errors}"
            );
        }
        refused(blog, "username", json!("x".repeat(151)));
        refused(blog, "username", json!(""));
        refused(blog, "username", json!("a\u{0}b"));
    }

    fn nobody_makes_himself_more_than_an_author(blog) {
        let mut body = ada();
        for (name, value) in [
            ("is_staff", json!(true)),
            ("is_superuser", json!(true)),
            ("is_active", json!(false)),
            ("roles", json!(["admin"])),
        ] {
            body[name] = value;
        }
        blog.anonymous().post(REGISTER, &body).expect(201);
        let ada = blog.user("ada");
        ada.get("/api/v1/users/").expect(403);
        ada.get(&format!("{POSTS}summary/")).expect(403);
        assert_eq!(
            ada.get("/api/v1/auth/me/").expect(200).data()["is_staff"],
            false
        );
    }

    fn of_many_who_take_one_name_at_once_one_succeeds(blog) {
        let client = blog.anonymous();
        let mut statuses = race(4, |i| {
            let mut body = ada();
            body["email"] = json!(format!("ada{i}@example.com"));
            client.post(REGISTER, &body).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400, 400, 400]);
    }

    fn of_many_who_take_one_address_at_once_one_succeeds(blog) {
        let client = blog.anonymous();
        let mut statuses = race(4, |i| {
            let mut body = ada();
            body["username"] = json!(format!("ada{i}"));
            client.post(REGISTER, &body).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400, 400, 400]);
    }
}
