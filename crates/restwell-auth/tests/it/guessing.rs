//! Passwords that are guessed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use restwell_auth::{Auth, LOGIN_SCOPE, PasswordHasher};
use restwell_core::{Attempt, Error, Principal, Request, Result, State, Throttle};
use restwell_db::Context;
use restwell_testing::{TestDatabase, on_both_databases};
use rustix::time::{ClockId, clock_gettime};

use crate::application::{Application, PASSWORD, User, jwt, started};

/// Remembers which attempts count, and lets in no more than its limit.
struct Guard {
    limit: usize,
    counted: Arc<Mutex<Vec<Attempt>>>,
}

impl Throttle for Guard {
    fn check(
        &self,
        _: &Request,
        _: &Principal,
        _: &[&'static str],
        _: DateTime<Utc>,
    ) -> Result<Vec<(&'static str, String)>> {
        Ok(Vec::new())
    }

    fn attempt(&self, attempt: &Attempt, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let mut counted = self.counted.lock().expect("no panic");
        if counted.len() == self.limit {
            return Err(Error::throttled(60));
        }
        counted.push(attempt.clone());
        Ok(Some(now))
    }

    fn take_back(&self, attempt: &Attempt, _: DateTime<Utc>, _: DateTime<Utc>) {
        let mut counted = self.counted.lock().expect("no panic");
        let own = counted.iter().position(|own| own == attempt);
        counted.remove(own.expect("an attempt that was counted"));
    }

    fn scopes(&self) -> Vec<&str> {
        vec![LOGIN_SCOPE]
    }

    fn describe(&self, _: &[&'static str]) -> String {
        String::new()
    }
}

struct Guarded {
    app: Application,
    state: Arc<State>,
    counted: Arc<Mutex<Vec<Attempt>>>,
}

fn guarded(db: TestDatabase) -> Guarded {
    let counted = Arc::<Mutex<Vec<Attempt>>>::default();
    let throttle: Arc<dyn Throttle> = Arc::new(Guard {
        limit: 2,
        counted: counted.clone(),
    });
    let mut state = State::new();
    state.insert(throttle);
    Guarded {
        app: started(db),
        state: Arc::new(state),
        counted,
    }
}

impl Guarded {
    fn context(&self) -> Context {
        let mut request = Request::new(restwell_core::Method::Post, "/");
        request.client = Some([203, 0, 113, 9].into());
        let (db, clock) = (&self.app.db, self.app.clock.clone());
        Context::new(db.pool(), clock, self.state.clone(), request)
    }

    /// The accounts that have an attempt counted.
    fn counted(&self) -> Vec<String> {
        let counted = self.counted.lock().expect("no panic");
        for attempt in &*counted {
            assert_eq!(attempt.scope, LOGIN_SCOPE);
            assert_eq!(attempt.client, Some([203, 0, 113, 9].into()));
        }
        counted.iter().map(|own| own.account.clone()).collect()
    }
}

/// What this thread has computed so far, however busy the machine is with others.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a time")
}

on_both_databases! {
    with guarded;

    fn wrong_passwords_count_and_right_ones_do_not(guarded) {
        let app = &guarded.app;
        let ada = app.ada();
        for _ in 0..3 {
            app.auth.log_in(&mut guarded.context(), "ada", PASSWORD).expect("tokens");
            app.auth.authenticate(&mut guarded.context(), "ada", PASSWORD).expect("a user");
        }
        assert_eq!(guarded.counted(), [""; 0]);
        app.auth.log_in(&mut guarded.context(), " ADA ", "wrong").expect_err("refused");
        let changed = app.auth.change_password(&mut guarded.context(), &ada, "wrong", "another passphrase");
        assert_eq!(changed.expect_err("refused").status(), 400);
        assert_eq!(guarded.counted(), ["ada", "ada"]);
    }

    fn a_new_password_that_is_too_weak_is_no_guess(guarded) {
        let app = &guarded.app;
        let ada = app.ada();
        let changed = app.auth.change_password(&mut guarded.context(), &ada, PASSWORD, "short");
        assert_eq!(changed.expect_err("refused").status(), 400);
        assert_eq!(guarded.counted(), [""; 0]);
    }

    fn who_guesses_too_often_is_refused_before_any_work(guarded) {
        let slow = Auth::<User>::new(jwt()).hasher(PasswordHasher::default());
        let ada = guarded.app.ada();
        let work = || {
            let mut cx = guarded.context();
            let start = processor_time();
            let error = slow.log_in(&mut cx, "nobody", PASSWORD).expect_err("refused");
            (error.status(), cx.statements(), processor_time() - start)
        };
        let (first, second, refused) = (work(), work(), work());
        assert_eq!([first.0, second.0, refused.0], [401, 401, 429]);
        assert_eq!(refused.1, 0);
        assert!(refused.2 * 5 < second.2, "{refused:?}, {second:?}");
        let changed = slow.change_password(&mut guarded.context(), &ada, PASSWORD, "another passphrase");
        assert_eq!(changed.expect_err("refused").status(), 429);
    }
}
