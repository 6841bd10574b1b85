use std::time::Duration;

use restwell_auth::{Auth, PasswordHasher, RefreshFamily, TokenType, UserModel, Verdict};
use restwell_core::Key;
use restwell_db::{Changes, Context, Model};
use restwell_testing::on_both_databases;
use rustix::time::{ClockId, clock_gettime};

use crate::application::{PASSWORD, User, hasher, jwt, started};

fn refusal(
    auth: &Auth<User>,
    cx: &mut Context,
    login: &str,
    password: &str,
) -> (u16, String, String) {
    let error = auth.log_in(cx, login, password).expect_err("refused");
    (
        error.status(),
        error.code().to_owned(),
        error.message().to_owned(),
    )
}

/// What this thread has computed so far, however busy the machine is with others.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a time")
}

on_both_databases! {
    with started;

    fn a_user_logs_in_with_the_username_or_the_address(app) {
        let ada = app.ada();
        for login in ["ada", "Ada@Example.org", "ada@example.ORG"] {
            let (user, _) = app.auth.log_in(&mut app.context(), login, PASSWORD).expect(login);
            assert_eq!(user.id, ada.id, "{login}");
        }
        for login in ["Ada", "ada ", "a%", "ada@example_org", "", "\0", &"x".repeat(2_000)] {
            let (status, ..) = refusal(&app.auth, &mut app.context(), login, PASSWORD);
            assert_eq!(status, 401, "{login:?}");
        }
    }

    fn the_tokens_are_good_for_what_they_say(app) {
        let ada = app.ada();
        let (_, tokens) = app.auth.log_in(&mut app.context(), "ada", PASSWORD).expect("tokens");
        let access = app.auth.jwt().verify(tokens.access.as_str(), TokenType::Access, &*app.clock);
        assert_eq!(access.expect("valid").user_id, Key::Uuid(ada.id));
        let refresh = app.auth.jwt().verify(tokens.refresh.as_str(), TokenType::Refresh, &*app.clock);
        let refresh = refresh.expect("valid");
        let family = RefreshFamily::objects().get(&mut app.context()).expect("a login");
        assert_eq!(Some(family.family), refresh.family);
        assert_eq!((family.token, family.expires_at), (refresh.id, refresh.expires_at));
        assert_eq!((family.user_key, family.used_at, family.revoked_at), (ada.id.to_string(), None, None));
    }

    fn who_cannot_log_in_learns_nothing_of_why(app) {
        let (_, bob, eve) = (app.ada(), app.user("bob", "bob@example.org"), app.user("eve", "eve@example.org"));
        app.change(&bob, Changes::new().with(User::F.is_active, false));
        User::objects().filter(User::F.id.eq(eve.id)).delete(&mut app.context()).expect("deleted");
        let answer = (
            401,
            "no_active_account".to_owned(),
            "No active account found with the given credentials".to_owned(),
        );
        for (login, password) in [("nobody", PASSWORD), ("ada", "wrong"), ("ada", ""), ("bob", PASSWORD), ("bob", "wrong"), ("eve", PASSWORD)] {
            let mut cx = app.context();
            assert_eq!(refusal(&app.auth, &mut cx, login, password), answer, "{login}");
            assert_eq!(cx.statements(), 1, "{login}");
        }
        assert_eq!(RefreshFamily::objects().count(&mut app.context()).expect("counted"), 0);
    }

    fn an_unknown_user_is_as_much_work_as_a_wrong_password(app) {
        let slow = Auth::<User>::new(jwt()).hasher(PasswordHasher::default());
        let hash = slow.password_hasher().hash(PASSWORD).expect("hashed");
        let (ada, bob) = (app.ada(), app.user("bob", "bob@example.org"));
        app.change(&ada, Changes::new().with(User::F.password, hash.as_str()));
        let inactive = Changes::new().with(User::F.password, hash).with(User::F.is_active, false);
        app.change(&bob, inactive);
        let work = |login, password| {
            let attempt = |_| {
                let mut cx = app.context();
                let start = processor_time();
                refusal(&slow, &mut cx, login, password);
                processor_time() - start
            };
            (0..3).map(attempt).min().unwrap_or_default()
        };
        let wrong = work("ada", "wrong");
        for (login, password) in [("nobody", PASSWORD), ("bob", PASSWORD)] {
            let other = work(login, password);
            assert!(other > wrong / 2 && other < wrong * 2, "{login}: {other:?}, not {wrong:?}");
        }
    }

    fn a_login_means_the_name_before_the_address(app) {
        let ada = app.user("ada@example.org", "other@example.org");
        let thief = app.user("thief", "Ada@example.org");
        app.change(&thief, Changes::new().with(User::F.password, "!"));
        let user = app.auth.authenticate(&mut app.context(), "ada@example.org", PASSWORD);
        assert_eq!(user.expect("the owner of the name").id, ada.id);
        for (name, is_free) in [("ada", true), ("ada@example.org", false), ("@", false), ("", true)] {
            let changes = Changes::<User>::new().with(User::F.username, name);
            assert_eq!(User::validate_login(&changes).is_ok(), is_free, "{name}");
        }
        let other = app.user("other", "bob");
        let bob = app.user("bob", "bob@example.org");
        assert_ne!(other.id, bob.id);
        let user = app.auth.authenticate(&mut app.context(), "bob", PASSWORD);
        assert_eq!(user.expect("the owner of the name").id, bob.id);
    }

    fn the_last_login_is_noted_and_nothing_else_changes(app) {
        let ada = app.ada();
        app.clock.advance(chrono::TimeDelta::hours(1));
        let mut cx = app.context();
        app.auth.authenticate(&mut cx, "ada", PASSWORD).expect("the password");
        assert_eq!((cx.statements(), app.again(&ada)), (1, ada.clone()));
        app.auth.log_in(&mut cx, "ada", PASSWORD).expect("a login");
        let now = User { last_login: Some(cx.now()), ..ada.clone() };
        assert_eq!(app.again(&ada), now);
    }

    fn an_outdated_hash_is_replaced_at_the_login(app) {
        let ada = app.ada();
        let raised = app.auth.clone().hasher(hasher(128));
        refusal(&raised, &mut app.context(), "ada", "wrong");
        assert_eq!(app.again(&ada).password, ada.password);
        raised.log_in(&mut app.context(), "ada", PASSWORD).expect("tokens");
        let hash = app.again(&ada).password;
        assert_eq!(raised.password_hasher().verify(PASSWORD, &hash), Verdict::Valid);
        raised.log_in(&mut app.context(), "ada", PASSWORD).expect("tokens");
        assert_eq!(app.again(&ada).password, hash);
    }

    fn no_login_begins_inside_a_transaction(app) {
        app.ada();
        let outcome = app.context().atomic(|cx| app.auth.authenticate(cx, "ada", PASSWORD));
        assert_eq!(outcome.expect_err("refused").status(), 500);
    }
}
