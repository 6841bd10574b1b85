use restwell::prelude::*;
use restwell_testing::on_both_databases;
use serde_json::json;

use crate::application::{PASSWORD, User, started};

const NEW: &str = "difference engine";

on_both_databases! {
    with started;

    fn users_see_themselves(app) {
        app.client().get("/auth/me/").expect(401);
        app.register("ada");
        let (access, _) = app.log_in("ada");
        let ada = app.client().bearer(&access);
        let profile = ada.get("/auth/me/").expect(200).data();
        assert_eq!(profile, json!({
            "id": app.user("ada").id, "username": "ada", "email": "ada@example.org", "is_active": true,
            "is_staff": false, "is_superuser": false, "last_login": "2026-01-15T10:30:00Z",
        }));
        assert_eq!(ada.get("/auth/me/").expect(200).statements(), 1);
    }

    fn users_change_themselves(app) {
        app.register("ada");
        app.register("bob");
        let (access, _) = app.log_in("ada");
        let ada = app.client().bearer(&access);
        let profile = ada.patch("/auth/me/", &json!({"email": "new@example.org", "username": "eve"}));
        let profile = profile.expect(200).data();
        assert_eq!((&profile["email"], &profile["username"]), (&json!("new@example.org"), &json!("ada")));
        let refused = |body| ada.patch("/auth/me/", &body).expect(400).errors();
        assert_eq!(refused(json!({"email": "nowhere"})), json!({"email": ["Enter a valid email address."]}));
        assert_eq!(refused(json!({"email": "BOB@example.org"})), json!({"email": ["user with this email already exists."]}));
        assert_eq!(app.user("ada").email, "new@example.org");
        app.client().patch("/auth/me/", &json!({})).expect(401);
    }

    fn nobody_gives_themselves_privileges(app) {
        app.register("eve");
        let (access, _) = app.log_in("eve");
        let wishes = json!({"is_staff": true, "is_superuser": true, "is_active": false});
        let profile = app.client().bearer(&access).patch("/auth/me/", &wishes).expect(200).data();
        assert_eq!(profile["is_superuser"], false);
        let eve = app.user("eve");
        assert!(eve.is_active && !eve.is_staff && !eve.is_superuser);
        let staff = Changes::new().with(User::F.is_staff, true);
        app.change("eve", staff);
        app.client().bearer(&access).patch("/auth/me/", &json!({"is_staff": false})).expect(200);
        assert!(app.user("eve").is_staff);
    }

    fn a_password_is_changed_by_who_knows_it(app) {
        app.register("ada");
        let ((access, token), (elsewhere, _)) = (app.log_in("ada"), app.log_in("ada"));
        let ada = app.client().bearer(&access);
        let refused = |old: &str, new: &str| {
            let body = json!({"old_password": old, "new_password": new});
            ada.post("/auth/password/", &body).expect(400).errors()
        };
        assert_eq!(refused("wrong", NEW), json!({
            "old_password": ["Your old password was entered incorrectly. Please enter it again."],
        }));
        assert_eq!(refused(PASSWORD, "example.org"), json!({
            "new_password": ["The password is too similar to the email address."],
        }));
        let required = json!(["This field is required."]);
        assert_eq!(
            ada.post("/auth/password/", &json!({})).expect(400).errors(),
            json!({"old_password": required, "new_password": required})
        );
        let body = json!({"old_password": PASSWORD, "new_password": NEW});
        app.client().post("/auth/password/", &body).expect(401);
        ada.post("/auth/password/", &body).expect(204);
        app.client().bearer(&elsewhere).get("/auth/me/").expect(401);
        ada.get("/auth/me/").expect(200);
        app.client().post("/auth/token/refresh/", &json!({"refresh": token})).expect(401);
        let log_in = |password: &str| {
            let body = json!({"username": "ada", "password": password});
            app.client().post("/auth/token/", &body).status
        };
        assert_eq!((log_in(PASSWORD), log_in(NEW)), (401, 200));
    }
}
