use chrono::TimeDelta;
use restwell_auth::JwtAuthentication;
use restwell_core::{Authenticator, Key};
use restwell_db::{Changes, Context, Model};
use restwell_permissions::rbac;
use restwell_testing::on_both_databases;

use crate::application::{Application, User, started};

fn bearer(app: &Application, user: impl Into<Key>) -> String {
    let token = app.auth.jwt().issue_access(&user.into(), &*app.clock);
    format!("Bearer {}", token.expect("a token").as_str())
}

fn refusal(app: &Application, authorization: &str) -> (u16, String, String) {
    let error = app.authenticate(authorization).expect_err("refused");
    (
        error.status(),
        error.code().to_owned(),
        error.message().to_owned(),
    )
}

fn finish(mut cx: Context) {
    cx.take_effects().into_iter().for_each(|effect| effect());
}

on_both_databases! {
    with started;

    fn a_token_stands_for_its_user(app) {
        let ada = app.ada();
        app.change(&ada, Changes::new().with(User::F.is_staff, true));
        let mut cx = app.context_with(Some(&bearer(app, ada.id)));
        let principal = JwtAuthentication::<User>::new().authenticate(&mut cx);
        let principal = principal.expect("authentic").expect("somebody");
        let identity = principal.identity().expect("somebody");
        assert_eq!((&identity.key, identity.username.as_str()), (&Key::Uuid(ada.id), "ada"));
        assert!(identity.is_staff && !identity.is_superuser && identity.roles.is_empty());
        let row = app.again(&ada);
        assert_eq!(identity.get::<User>(), Some(&row));
        assert_eq!(cx.rows().get::<User>(&Key::Uuid(ada.id)), Some(row));
    }

    fn roles_cost_a_query_once(app) {
        let ada = app.ada();
        rbac::seed(&mut app.context(), &[("author", "posts", rbac::Operations::ALL)]).expect("seeded");
        let see = || {
            let mut cx = app.context_with(Some(&bearer(app, ada.id)));
            let principal = JwtAuthentication::<User>::new().authenticate(&mut cx);
            let principal = principal.expect("authentic").expect("somebody");
            (principal.has_role("author"), cx.statements())
        };
        assert_eq!(see(), (false, 2));
        assert_eq!(see(), (false, 1));
        let mut cx = app.context();
        rbac::set_roles(&mut cx, &ada.key(), &["author"]).expect("set");
        finish(cx);
        assert_eq!(see(), (true, 2));
        assert_eq!(see(), (true, 1));
    }

    fn who_sends_nothing_is_nobody(app) {
        let authentication = JwtAuthentication::<User>::new();
        for authorization in [None, Some("Basic YWRhOnNlY3JldA=="), Some("Token abc"), Some("Bearerx y"), Some("")] {
            let mut cx = app.context_with(authorization);
            let principal = authentication.authenticate(&mut cx).expect("no failure");
            assert!(principal.is_none());
            assert_eq!(cx.statements(), 0);
        }
    }

    fn a_bad_token_is_refused(app) {
        let ada = app.ada();
        let good = bearer(app, ada.id);
        let invalid = (
            401,
            "token_not_valid".to_owned(),
            "Given token not valid for any token type".to_owned(),
        );
        let (head, signature) = good.rsplit_once('.').expect("a token");
        let tampered = format!("{head}.{}", signature.chars().rev().collect::<String>());
        let (_, pair) = app.auth.log_in(&mut app.context(), "ada", crate::application::PASSWORD).expect("tokens");
        let refresh = format!("Bearer {}", pair.refresh.as_str());
        let none = "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VyX2lkIjoxfQ.";
        for token in ["Bearer garbage", "Bearer a.b.c", none, &tampered, &refresh] {
            assert_eq!(refusal(app, token), invalid, "{token}");
        }
        for malformed in ["Bearer", "Bearer a b"] {
            assert_eq!(refusal(app, malformed).1, "bad_authorization_header");
        }
        assert!(app.authenticate(&good.replace("Bearer", "bEARER")).expect("authentic").is_some());
        app.clock.advance(TimeDelta::minutes(15));
        assert_eq!(refusal(app, &good), invalid);
    }

    fn an_inactive_or_deleted_user_is_out_at_once(app) {
        let gone = (
            401,
            "authentication_failed".to_owned(),
            "User inactive or deleted.".to_owned(),
        );
        let ada = app.ada();
        let token = bearer(app, ada.id);
        app.change(&ada, Changes::new().with(User::F.is_active, false));
        assert_eq!(refusal(app, &token), gone);
        app.change(&ada, Changes::new().with(User::F.is_active, true));
        assert!(app.authenticate(&token).expect("authentic").is_some());
        User::objects().filter(User::F.id.eq(ada.id)).delete(&mut app.context()).expect("deleted");
        assert_eq!(refusal(app, &token), gone);
        for other in [Key::Int(1), Key::Text("ada".into()), Key::Uuid(uuid::Uuid::nil())] {
            assert_eq!(refusal(app, &bearer(app, other)), gone);
        }
    }

    fn a_key_of_another_library_is_understood(app) {
        let ada = app.ada();
        let token = bearer(app, ada.id.simple().to_string());
        assert!(app.authenticate(&token).expect("authentic").is_some());
    }
}

#[test]
fn the_challenge_names_the_realm() {
    let authentication = JwtAuthentication::<User>::new();
    assert_eq!(authentication.challenge(), "Bearer realm=\"api\"");
    assert_eq!(
        authentication.realm("blog").challenge(),
        "Bearer realm=\"blog\""
    );
}
