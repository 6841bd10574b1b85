use chrono::TimeDelta;
use restwell_auth::{Jwt, KeyRing, RefreshFamily, SigningKey, delete_expired_logins};
use restwell_core::{Error, Result};
use restwell_db::{Changes, Model};
use restwell_testing::{on_both_databases, race};

use crate::application::{Application, PASSWORD, User, started};

/// The refresh token of a new login.
fn log_in(app: &Application, login: &str) -> String {
    let tokens = app.auth.log_in(&mut app.context(), login, PASSWORD);
    tokens.expect("tokens").1.refresh.as_str().to_owned()
}

fn refresh(app: &Application, token: &str) -> Result<String> {
    let tokens = app.auth.refresh(&mut app.context(), token)?;
    Ok(tokens.refresh.as_str().to_owned())
}

fn refused(outcome: Result<impl std::fmt::Debug>) {
    let error = outcome.expect_err("refused");
    assert_eq!(
        (error.status(), error.code(), error.message()),
        (401, "token_not_valid", "Token is invalid or expired")
    );
}

fn families(app: &Application) -> Vec<RefreshFamily> {
    RefreshFamily::objects()
        .load(&mut app.context())
        .expect("logins")
}

on_both_databases! {
    with started;

    fn each_token_is_good_for_the_next(app) {
        app.ada();
        let mut token = log_in(app, "ada");
        for _ in 0..3 {
            app.clock.advance(TimeDelta::days(6));
            let tokens = app.auth.refresh(&mut app.context(), &token).expect("the next tokens");
            let access = format!("Bearer {}", tokens.access.as_str());
            assert!(app.authenticate(&access).expect("authentic").is_some());
            token = tokens.refresh.as_str().to_owned();
        }
        assert_eq!(families(app).len(), 1);
        app.clock.advance(TimeDelta::days(7));
        refused(refresh(app, &token));
    }

    fn an_exchange_takes_two_statements(app) {
        app.ada();
        let token = log_in(app, "ada");
        let mut cx = app.context();
        app.auth.refresh(&mut cx, &token).expect("tokens");
        assert_eq!(cx.statements(), 2);
    }

    fn a_token_that_comes_again_ends_the_login(app) {
        app.ada();
        let (stolen, other) = (log_in(app, "ada"), log_in(app, "ada"));
        let first = refresh(app, &stolen).expect("the thief was quicker");
        let second = refresh(app, &first).expect("and went on");
        refused(refresh(app, &stolen));
        refused(refresh(app, &second));
        refused(refresh(app, &first));
        refresh(app, &other).expect("another login goes on");
    }

    fn of_two_simultaneous_exchanges_one_succeeds_and_the_login_ends(app) {
        app.ada();
        for _ in 0..10 {
            let token = log_in(app, "ada");
            let outcomes = race(2, |_| refresh(app, &token));
            let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
            assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
            lost.into_iter().for_each(refused);
            for next in won {
                refused(refresh(app, &next.expect("a token")));
            }
        }
        assert!(families(app).iter().all(|family| family.revoked_at.is_some()));
    }

    fn no_token_escapes_the_end_of_its_login(app) {
        app.ada();
        for _ in 0..10 {
            let old = log_in(app, "ada");
            let present = refresh(app, &old).expect("the next token");
            let outcomes = race(2, |i| refresh(app, [&old, &present][i]));
            for token in outcomes.into_iter().flatten() {
                refused(refresh(app, &token));
            }
        }
    }

    fn a_login_that_was_left_is_over(app) {
        app.ada();
        let (token, other) = (log_in(app, "ada"), log_in(app, "ada"));
        for _ in 0..2 {
            app.auth.log_out(&mut app.context(), &token).expect("left");
        }
        refused(refresh(app, &token));
        refresh(app, &other).expect("another login goes on");
    }

    fn all_logins_of_a_user_end_together(app) {
        let (ada, _) = (app.ada(), app.user("bob", "bob@example.org"));
        let (one, two, bobs) = (log_in(app, "ada"), log_in(app, "ada"), log_in(app, "bob"));
        let ended = app.auth.log_out_everywhere(&mut app.context(), &ada.key()).expect("left");
        assert_eq!(ended, 2);
        refused(refresh(app, &one));
        refused(refresh(app, &two));
        refresh(app, &bobs).expect("bob goes on");
    }

    fn an_inactive_user_gets_no_more_tokens(app) {
        let ada = app.ada();
        let token = log_in(app, "ada");
        app.change(&ada, Changes::new().with(User::F.is_active, false));
        let error = refresh(app, &token).expect_err("refused");
        assert_eq!((error.status(), error.code()), (401, "no_active_account"));
        app.change(&ada, Changes::new().with(User::F.is_active, true));
        let token = refresh(app, &token).expect("the token was not used");
        User::objects().filter(User::F.id.eq(ada.id)).purge(&mut app.context()).expect("deleted");
        assert_eq!(refresh(app, &token).expect_err("refused").status(), 401);
    }

    fn what_is_no_refresh_token_is_refused(app) {
        let ada = app.ada();
        let access = app.auth.jwt().issue_access(&ada.key(), &*app.clock).expect("a token");
        let unknown = app.auth.jwt().issue_pair(&ada.key(), &*app.clock).expect("tokens");
        let key = SigningKey::hs256(&"the secret of quite another application".into());
        let foreign = Jwt::new(KeyRing::new(key.expect("a key")));
        let foreign = foreign.issue_pair(&ada.key(), &*app.clock).expect("tokens");
        for token in ["", "garbage", "a.b.c", access.as_str(), unknown.refresh.as_str(), foreign.refresh.as_str()] {
            refused(refresh(app, token));
        }
        let expired = log_in(app, "ada");
        app.clock.advance(TimeDelta::days(7));
        refused(refresh(app, &expired));
        refused(app.auth.log_out(&mut app.context(), &expired));
        refused(app.auth.log_out(&mut app.context(), access.as_str()));
    }

    fn a_token_is_good_for_its_user_alone(app) {
        let (_, bob) = (app.ada(), app.user("bob", "bob@example.org"));
        let token = log_in(app, "ada");
        let row = Changes::new().with(RefreshFamily::F.user_key, bob.id.to_string());
        RefreshFamily::objects().update(&mut app.context(), row).expect("changed");
        refused(refresh(app, &token));
    }

    fn no_exchange_happens_inside_a_transaction(app) {
        app.ada();
        let token = log_in(app, "ada");
        let outcome = app.context().atomic(|cx| app.auth.refresh(cx, &token));
        assert_eq!(outcome.map(|_| ()).map_err(|error: Error| error.status()), Err(500));
        refresh(app, &token).expect("the token was not used");
    }

    fn expired_logins_are_cleared_away(app) {
        app.ada();
        log_in(app, "ada");
        app.clock.advance(TimeDelta::days(1));
        log_in(app, "ada");
        app.clock.advance(TimeDelta::days(6) + TimeDelta::seconds(1));
        assert_eq!(delete_expired_logins(&mut app.context()).expect("cleared"), 1);
        assert_eq!(families(app).len(), 1);
    }
}
