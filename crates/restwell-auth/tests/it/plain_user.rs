//! A model of users with nothing but what is needed.

use std::cell::Cell;
use std::sync::Arc;

use restwell_auth::{Auth, JwtAuthentication, MIGRATIONS, RefreshFamily, UserModel};
use restwell_core::{Authenticator, Method, Request, State, SystemClock};
use restwell_db::{Changes, Context, Field, Model};
use restwell_macros::Model;
use restwell_testing::{TestDatabase, on_both_databases, race};

use crate::application::{PASSWORD, hasher, jwt};

diesel::table! {
    accounts (id) {
        id -> Int8,
        mail -> Text,
        hash -> Text,
        enabled -> Bool,
    }
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = accounts, unique(mail))]
struct Account {
    id: i64,
    mail: String,
    #[model(sensitive)]
    hash: String,
    enabled: bool,
}

impl UserModel for Account {
    const USERNAME: Field<Self, String> = Self::F.mail;
    const PASSWORD: Field<Self, String> = Self::F.hash;
    const IS_ACTIVE: Field<Self, bool> = Self::F.enabled;

    /// Asked when the password was found to be right, and before the login begins.
    fn may_authenticate(&self) -> bool {
        if let Some(meanwhile) = MEANWHILE.take() {
            meanwhile();
        }
        self.enabled
    }
}

thread_local! {
    /// What somebody else does while the next login is on its way.
    static MEANWHILE: Cell<Option<Box<dyn FnOnce()>>> = const { Cell::new(None) };
}

struct Shop {
    db: TestDatabase,
    auth: Auth<Account>,
}

fn opened(db: TestDatabase) -> Shop {
    db.migrate(&[&MIGRATIONS]);
    db.execute(
        "CREATE TABLE accounts (id BIGINT PRIMARY KEY, mail TEXT NOT NULL UNIQUE, \
         hash TEXT NOT NULL, enabled BOOLEAN NOT NULL)",
    );
    let auth = Auth::new(jwt()).hasher(hasher(64));
    let hash = auth.password_hasher().hash(PASSWORD).expect("hashed");
    let row = Changes::new()
        .with(Account::F.id, 7)
        .with(Account::F.mail, "ada@example.org")
        .with(Account::F.hash, hash)
        .with(Account::F.enabled, true);
    Account::objects()
        .create(&mut db.context(), row)
        .expect("an account");
    Shop { db, auth }
}

fn meanwhile(work: impl FnOnce() + 'static) {
    MEANWHILE.set(Some(Box::new(work)));
}

fn log_in(shop: &Shop, password: &str) -> Result<(), u16> {
    let mut cx = shop.db.context();
    let outcome = shop.auth.log_in(&mut cx, "ada@example.org", password);
    outcome.map(drop).map_err(|error| error.status())
}

fn live_logins(shop: &Shop) -> i64 {
    let live = RefreshFamily::objects().filter(RefreshFamily::F.revoked_at.is_null(true));
    live.count(&mut shop.db.context()).expect("counted")
}

on_both_databases! {
    with opened;

    fn it_logs_in_and_authenticates(shop) {
        let (account, tokens) = shop.auth.log_in(&mut shop.db.context(), "ada@example.org", PASSWORD).expect("tokens");
        assert_eq!((account.id, account.mail.as_str(), account.enabled), (7, "ada@example.org", true));
        let tokens = shop.auth.refresh(&mut shop.db.context(), tokens.refresh.as_str()).expect("tokens");
        let mut request = Request::new(Method::Get, "/");
        request.headers.add("authorization", format!("Bearer {}", tokens.access.as_str()));
        let clock = Arc::new(SystemClock);
        let mut state = State::new();
        state.insert(shop.auth.clone());
        let mut cx = Context::new(shop.db.pool(), clock, Arc::new(state), request);
        let principal = JwtAuthentication::<Account>::new().authenticate(&mut cx);
        let principal = principal.expect("authentic").expect("somebody");
        assert_eq!(principal.key().map(ToString::to_string).as_deref(), Some("7"));
        assert_eq!(cx.statements(), 1);
    }

    fn a_login_does_not_begin_when_the_user_was_deactivated_meanwhile(shop) {
        let pool = shop.db.pool();
        meanwhile(move || {
            let off = Changes::new().with(Account::F.enabled, false);
            Account::objects().update(&mut Context::detached(pool), off).expect("deactivated");
        });
        assert_eq!(log_in(shop, PASSWORD), Err(401));
        assert_eq!(live_logins(shop), 0);
    }

    fn a_login_does_not_begin_when_the_password_was_changed_meanwhile(shop) {
        let (pool, auth) = (shop.db.pool(), shop.auth.clone());
        meanwhile(move || {
            let mut cx = Context::detached(pool);
            let account = Account::objects().get(&mut cx).expect("an account");
            auth.set_password(&mut cx, &account, "difference engine").expect("changed");
        });
        assert_eq!(log_in(shop, PASSWORD), Err(401));
        assert_eq!(live_logins(shop), 0);
        assert_eq!(log_in(shop, "difference engine"), Ok(()));
    }

    fn a_login_that_races_a_deactivation_leaves_nothing_behind(shop) {
        for _ in 0..10 {
            let outcomes = race(2, |i| {
                let mut cx = shop.db.context();
                if i == 0 {
                    return shop.auth.log_in(&mut cx, "ada@example.org", PASSWORD).map(drop);
                }
                let off = Changes::new().with(Account::F.enabled, false);
                Account::objects().update(&mut cx, off)?;
                shop.auth.log_out_everywhere(&mut cx, &7.into()).map(drop)
            });
            assert!(outcomes[1].is_ok());
            assert_eq!(live_logins(shop), 0);
            let on = Changes::new().with(Account::F.enabled, true);
            Account::objects().update(&mut shop.db.context(), on).expect("changed");
        }
    }
}
