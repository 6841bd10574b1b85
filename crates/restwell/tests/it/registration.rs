use restwell::Model;
use restwell::auth::{AuthRoutes, PasswordHasher};
use restwell::prelude::*;
use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::application::{PASSWORD, Profile, User, started, tokens};

on_both_databases! {
    with started;

    fn who_registers_is_a_user(app) {
        let profile = app.register("ada");
        let ada = app.user("ada");
        assert_eq!(profile, json!({
            "id": ada.id, "username": "ada", "email": "ada@example.org", "is_active": true,
            "is_staff": false, "is_superuser": false, "last_login": null,
        }));
        assert!(PasswordHasher::default().verify(PASSWORD, &ada.password).is_valid());
        let (access, _) = app.log_in("ada");
        let ada = app.client().bearer(&access);
        assert_eq!(ada.get("/auth/me/").expect(200).data()["username"], "ada");
        // The role that the hook gives.
        ada.post("/posts/", &json!({})).expect(204);
    }

    fn everything_that_is_wrong_is_said_at_once(app) {
        let refused = |body| app.client().post("/auth/register/", &body).expect(400).errors();
        assert_eq!(refused(json!({})), json!({
            "username": ["This field is required."],
            "email": ["This field is required."],
            "password": ["This field is required."],
        }));
        assert_eq!(refused(json!({"username": "", "email": "nowhere", "password": "1234"})), json!({
            "username": ["This field may not be blank."],
            "email": ["Enter a valid email address."],
            "password": [
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ],
        }));
        app.register("ada");
        assert_eq!(refused(json!({"username": "ada", "email": "ADA@example.org", "password": null})), json!({
            "username": ["user with this username already exists."],
            "email": ["user with this email already exists."],
            "password": ["This field may not be null."],
        }));
        let similar = json!({"username": "lovelace", "email": "a@b.org", "password": "Lovelace1"});
        assert_eq!(refused(similar), json!({
            "password": ["The password is too similar to the username."],
        }));
        let long = json!({"username": "lovelace", "email": "a@b.org", "password": "x".repeat(1_025)});
        assert_eq!(refused(long), json!({
            "password": ["This password is too long. It must contain at most 1024 bytes."],
        }));
        assert_eq!(User::objects().count(&mut app.db.context()).expect("counted"), 1);
    }

    fn a_name_or_an_address_is_taken_whatever_the_case_of_the_address(app) {
        app.register("ada");
        let refused = |username: &str, email: &str| {
            let body = json!({"username": username, "email": email, "password": PASSWORD});
            app.client().post("/auth/register/", &body).expect(400).errors()
        };
        assert_eq!(refused("ada", "new@example.org"), json!({"username": ["user with this username already exists."]}));
        assert_eq!(refused("new", "ADA@Example.org"), json!({"email": ["user with this email already exists."]}));
    }

    fn a_name_that_could_be_an_address_is_refused(app) {
        app.register("ada");
        let refused = |username: &str, password: &str| {
            let body = json!({"username": username, "email": "eve@example.org", "password": password});
            app.client().post("/auth/register/", &body).expect(400).errors()
        };
        let message = "This field may not contain an @: only mail addresses do.";
        for name in ["ada@example.org", "ADA@example.org", "new@example.org", "@"] {
            assert_eq!(refused(name, PASSWORD), json!({"username": [message]}), "{name}");
        }
        let both = refused("ada@example.org", "short");
        assert_eq!((both["username"][0].as_str(), both["password"].is_array()), (Some(message), true));
        let body = json!({"username": "a@b.org", "email": "nowhere", "password": PASSWORD});
        let errors = app.client().post("/auth/register/", &body).expect(400).errors();
        assert_eq!(errors["username"], json!([message]), "{errors}");
        assert!(errors["email"].is_array(), "{errors}");
    }

    fn nobody_locks_another_out_by_an_address(app) {
        app.register("ada");
        app.register("eve");
        app.change("ada", Changes::new().with(User::F.username, "N@v.com"));
        let log_in = |username: &str| {
            let body = json!({"username": username, "password": PASSWORD});
            let (access, _) = tokens(&app.client().post("/auth/token/", &body).expect(200).data());
            app.client().bearer(&access)
        };
        let eve = log_in("eve");
        eve.patch("/auth/me/", &json!({"email": "N@v.com"})).expect(200);
        for (login, username) in [("N@v.com", "N@v.com"), ("ada@example.org", "N@v.com"), ("eve", "eve")] {
            assert_eq!(log_in(login).get("/auth/me/").expect(200).data()["username"], username, "{login}");
        }
    }

    fn of_many_who_want_a_name_one_gets_it(app) {
        let statuses = race(4, |i| {
            let email = format!("{i}@example.org");
            let body = json!({"username": "ada", "email": email, "password": PASSWORD});
            app.client().post("/auth/register/", &body).status
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 3, "{statuses:?}");
    }

    fn nobody_registers_with_privileges(app) {
        let body = json!({
            "username": "eve", "email": "eve@example.org", "password": PASSWORD,
            "is_staff": true, "is_superuser": true,
        });
        app.client().post("/auth/register/", &body).expect(201);
        let eve = app.user("eve");
        assert!(eve.is_active && !eve.is_staff && !eve.is_superuser);
    }

    fn space_belongs_to_a_password(app) {
        let password = "  analytical engine ";
        let body = json!({"username": "ada", "email": "ada@example.org", "password": password});
        app.client().post("/auth/register/", &body).expect(201);
        let log_in = |password| {
            let body = json!({"username": "ada", "password": password});
            app.client().post("/auth/token/", &body).status
        };
        assert_eq!((log_in(password), log_in(password.trim())), (200, 401));
    }

    fn a_hook_that_fails_leaves_no_user(app) {
        let body = json!({"username": "unwelcome", "email": "u@example.org", "password": PASSWORD});
        app.client().post("/auth/register/", &body).expect(403);
        assert_eq!(User::objects().count(&mut app.db.context()).expect("counted"), 0);
    }

    fn what_is_no_json_is_refused(app) {
        let client = app.client();
        let send = |kind: &str, body: &[u8]| {
            client.header("content-type", kind).send("POST", "/auth/register/", Some(body)).status
        };
        assert_eq!(send("application/json", b"{\"username\": "), 400);
        assert_eq!(send("application/json", b"[]"), 400);
        assert_eq!(send("application/json", b"{\"username\": \"a\\u0000b\"}"), 400);
        assert_eq!(send("text/plain", b"{}"), 415);
        let answer = client.get("/auth/register/").expect(405);
        assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    }

    fn a_token_is_had_at_once(app) {
        app.register("ada");
        let body = json!({"email": "Ada@Example.ORG", "password": PASSWORD});
        let (access, refresh) = tokens(&app.client().post("/auth/token/", &body).expect(200).data());
        assert_ne!(access, refresh);
    }
}

/// It shows the hash.
#[serializer(model = User, read_only)]
struct Indiscreet {
    username: String,
    password: String,
}

/// It takes the space off the password.
#[serializer(model = User, write_only)]
struct Tidy {
    username: String,
    email: String,
    password: String,
}

#[test]
#[should_panic(
    expected = "Indiscreet shows the column password: mark the field `#[field(write_only)]`"
)]
fn a_serializer_that_shows_the_hash_does_not_start() {
    let _ = AuthRoutes::<User>::new().register::<Tidy, Indiscreet>(|_, _| Ok(()));
}

#[test]
#[should_panic(
    expected = "Tidy takes the space off password: mark the field `#[field(trim = false)]`"
)]
fn a_serializer_that_trims_the_password_does_not_start() {
    let _ = AuthRoutes::<User>::new().register::<Tidy, Profile>(|_, _| Ok(()));
}
