//! What the tests work with: an application with users of its own.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use restwell_auth::{
    Auth, Jwt, JwtAuthentication, KeyRing, MIGRATIONS, Params, PasswordHasher, SigningKey,
};
use restwell_core::{Authenticator, ManualClock, Method, Principal, Request, Result, State};
use restwell_db::{Changes, Context, Model};
use restwell_macros::{Model, UserModel};
use restwell_permissions::{Rbac, rbac};
use restwell_testing::{TestDatabase, clock_at};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "analytical engine";

diesel::table! {
    users (id) {
        id -> Uuid,
        username -> Text,
        email -> Text,
        password -> Text,
        is_active -> Bool,
        is_staff -> Bool,
        is_superuser -> Bool,
        last_login -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int8,
        deleted_at -> Nullable<Timestamptz>,
    }
}

const TABLE: &str = "
CREATE TABLE users (
    id UUID PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    password TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_staff BOOLEAN NOT NULL DEFAULT FALSE,
    is_superuser BOOLEAN NOT NULL DEFAULT FALSE,
    last_login TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
";

#[derive(Model, UserModel, Clone, Debug, PartialEq)]
#[user(crate = restwell_auth)]
#[model(crate = restwell_db, table = users, timestamps, version, soft_delete,
        unique(username), unique(email, ignore_case))]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) email: String,
    #[model(sensitive)]
    pub(crate) password: String,
    pub(crate) is_active: bool,
    pub(crate) is_staff: bool,
    pub(crate) is_superuser: bool,
    pub(crate) last_login: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) version: i64,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
}

pub(crate) struct Application {
    pub(crate) db: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) auth: Auth<User>,
    state: Arc<State>,
}

/// An application over an empty database.
pub(crate) fn started(db: TestDatabase) -> Application {
    db.migrate(&[&MIGRATIONS, &rbac::MIGRATIONS]);
    db.execute(TABLE);
    let rbac = Rbac::new();
    let auth = Auth::new(jwt()).hasher(hasher(64)).roles(rbac.clone());
    let mut state = State::new();
    state.insert(auth.clone());
    state.insert(rbac);
    Application {
        db,
        clock: clock_at("2026-01-15T10:30:00.123456Z"),
        auth,
        state: Arc::new(state),
    }
}

pub(crate) fn jwt() -> Jwt {
    let key = SigningKey::hs256(&"the secret of an application under test".into());
    Jwt::new(KeyRing::new(key.expect("a key")))
}

/// A hasher that takes no time to speak of.
pub(crate) fn hasher(memory_kib: u32) -> PasswordHasher {
    let params = Params::default()
        .with_memory_kib(memory_kib)
        .with_iterations(1);
    PasswordHasher::new(params).expect("sound parameters")
}

impl Application {
    /// What a request carries.
    pub(crate) fn context(&self) -> Context {
        self.context_with(None)
    }

    /// What a request with this `Authorization` carries.
    pub(crate) fn context_with(&self, authorization: Option<&str>) -> Context {
        let mut request = Request::new(Method::Get, "/");
        if let Some(authorization) = authorization {
            request.headers.add("Authorization", authorization);
        }
        let (pool, clock, state) = (self.db.pool(), self.clock.clone(), self.state.clone());
        Context::new(pool, clock, state, request)
    }

    /// What authentication finds in a request with this `Authorization`.
    pub(crate) fn authenticate(&self, authorization: &str) -> Result<Option<Principal>> {
        let mut cx = self.context_with(Some(authorization));
        JwtAuthentication::<User>::new().authenticate(&mut cx)
    }

    /// An active user with [`PASSWORD`].
    pub(crate) fn user(&self, username: &str, email: &str) -> User {
        let hash = self.auth.password_hasher().hash(PASSWORD).expect("hashed");
        let row = Changes::new()
            .with(User::F.username, username)
            .with(User::F.email, email)
            .with(User::F.password, hash)
            .with(User::F.is_active, true);
        let row = User::objects().create(&mut self.context(), row);
        row.expect("a user")
    }

    pub(crate) fn ada(&self) -> User {
        self.user("ada", "Ada@Example.org")
    }

    /// Changes a row behind the back of the library.
    pub(crate) fn change(&self, user: &User, changes: Changes<User>) {
        let rows = User::objects().filter(User::F.id.eq(user.id));
        let changed = rows.update(&mut self.context(), changes).expect("changed");
        assert_eq!(changed, 1);
    }

    /// The row as it is now.
    pub(crate) fn again(&self, user: &User) -> User {
        let rows = User::objects().with_deleted();
        rows.find(&mut self.context(), &user.id).expect("a user")
    }
}
