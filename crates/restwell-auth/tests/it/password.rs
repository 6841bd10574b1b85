use restwell_auth::UserModel;
use restwell_core::{Error, Result};
use restwell_db::Model;
use restwell_testing::{on_both_databases, race};

use crate::application::{Application, PASSWORD, User, started};

const NEW: &str = "difference engine";

fn errors(outcome: Result<()>) -> String {
    let error = outcome.expect_err("refused");
    assert_eq!(error.status(), 400);
    error.fields().to_json().to_string()
}

fn can_log_in(app: &Application, password: &str) -> bool {
    let outcome = app.auth.log_in(&mut app.context(), "ada", password);
    outcome
        .map_err(|error| assert_eq!(error.status(), 401))
        .is_ok()
}

on_both_databases! {
    with started;

    fn a_new_password_takes_the_place_of_the_old_and_ends_all_logins(app) {
        let ada = app.ada();
        let (_, tokens) = app.auth.log_in(&mut app.context(), "ada", PASSWORD).expect("tokens");
        app.auth.change_password(&mut app.context(), &ada, PASSWORD, NEW).expect("changed");
        assert!(!can_log_in(app, PASSWORD) && can_log_in(app, NEW));
        let error = app.auth.refresh(&mut app.context(), tokens.refresh.as_str());
        assert_eq!(error.expect_err("ended").status(), 401);
        assert_eq!(app.again(&ada).version, ada.version + 1);
    }

    fn the_old_password_must_be_right(app) {
        let ada = app.ada();
        assert_eq!(
            errors(app.auth.change_password(&mut app.context(), &ada, NEW, NEW)),
            r#"{"old_password":["Your old password was entered incorrectly. Please enter it again."]}"#
        );
        assert!(can_log_in(app, PASSWORD));
    }

    fn the_policy_judges_the_new_password(app) {
        let ada = app.ada();
        assert_eq!(
            errors(app.auth.change_password(&mut app.context(), &ada, PASSWORD, "example.org")),
            r#"{"new_password":["The password is too similar to the email address."]}"#
        );
        assert_eq!(
            errors(app.auth.set_password(&mut app.context(), &ada, "1234567")),
            r#"{"new_password":["This password is too short. It must contain at least 8 characters.","This password is too common.","This password is entirely numeric."]}"#
        );
        assert!(can_log_in(app, PASSWORD));
    }

    fn an_administrator_needs_no_old_password(app) {
        let ada = app.ada();
        app.auth.set_password(&mut app.context(), &ada, NEW).expect("set");
        assert!(can_log_in(app, NEW));
        User::objects().filter(User::F.id.eq(ada.id)).purge(&mut app.context()).expect("deleted");
        let error = app.auth.set_password(&mut app.context(), &ada, PASSWORD);
        assert_eq!(error.expect_err("gone").status(), 404);
    }

    fn of_two_simultaneous_changes_one_succeeds(app) {
        let ada = app.ada();
        let passwords = ["first of all", "second of all"];
        let outcomes = race(2, |i| {
            app.auth.change_password(&mut app.context(), &ada, PASSWORD, passwords[i])
        });
        let winner = outcomes.iter().position(Result::is_ok).expect("one succeeds");
        assert!(outcomes[1 - winner].is_err(), "{outcomes:?}");
        assert!(can_log_in(app, passwords[winner]) && !can_log_in(app, passwords[1 - winner]));
    }

    fn no_password_is_hashed_inside_a_transaction(app) {
        let ada = app.ada();
        let status = |outcome: Result<()>| outcome.map_err(|error: Error| error.status());
        let mut cx = app.context();
        let changed = cx.atomic(|cx| app.auth.change_password(cx, &ada, PASSWORD, NEW));
        let set = cx.atomic(|cx| app.auth.set_password(cx, &ada, NEW));
        let attributes = ada.attributes();
        let hashed = cx.atomic(|cx| app.auth.hash_new(cx, "password", NEW, &attributes).map(drop));
        for outcome in [changed, set, hashed] {
            assert_eq!(status(outcome), Err(500));
        }
    }
}
