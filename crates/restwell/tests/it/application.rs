//! A small application with users of its own.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use restwell::auth::{
    self, Auth, AuthRoutes, BasicAuthentication, Jwt, JwtAuthentication, KeyRing, Params,
    PasswordHasher, SessionAuthentication, SigningKey, TokenAuthentication, UserModel,
};
use restwell::permissions::rbac::{self, Operations, Rbac};
use restwell::prelude::*;
use restwell::{Api, ManualClock, Pool, Signer};
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped, clock_at};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::mails::{self, Mails};

pub(crate) const JWT_SECRET: &str = "the secret of an application under test";
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
        version -> Int8,
    }
}

const TABLE: &str = "
CREATE TABLE users (
    id UUID PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    password TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_staff BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    last_login TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
";

#[derive(Model, UserModel, Clone, Debug)]
#[model(table = users, version, unique(username), unique(email, ignore_case))]
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
    pub(crate) version: i64,
}

/// What a user sends to become one. It is careless about privileges.
#[serializer(model = User)]
pub(crate) struct Registration {
    #[field(read_only)]
    id: Uuid,
    #[validate(length(max = 150))]
    username: String,
    #[validate(email, length(max = 254))]
    email: String,
    #[field(write_only, trim = false)]
    password: String,
    #[field(required = false)]
    is_staff: bool,
    #[field(required = false)]
    is_superuser: bool,
}

/// What users see of themselves, and may change. It is careless about privileges too.
#[serializer(model = User)]
pub(crate) struct Profile {
    #[field(read_only)]
    id: Uuid,
    #[field(read_only)]
    username: String,
    #[validate(email, length(max = 254))]
    email: String,
    is_active: bool,
    is_staff: bool,
    is_superuser: bool,
    #[field(read_only)]
    last_login: Option<DateTime<Utc>>,
}

pub(crate) struct Application {
    pub(crate) db: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) mails: Mails,
    server: TestServer,
}

/// The application over an empty database.
pub(crate) fn started(db: TestDatabase) -> Application {
    let pool = db.pool();
    started_with(db, pool, hasher(64))
}

/// The same with other connections to the database, and another hasher.
pub(crate) fn started_with(db: TestDatabase, pool: Pool, hasher: PasswordHasher) -> Application {
    db.migrate(&[&auth::MIGRATIONS, &rbac::MIGRATIONS]);
    db.execute(TABLE);
    rbac::seed(&mut db.context(), &[("author", "posts", Operations::ALL)]).expect("roles");
    let clock = clock_at("2026-01-15T10:30:00Z");
    let rbac = Rbac::new();
    let auth = auth(&rbac, hasher);
    let (post, mails) = mails::post();
    let accounts = AuthRoutes::<User>::new()
        .profile::<Profile>()
        .api_tokens("app")
        .sessions()
        .password_reset(post)
        .register::<Registration, Profile>(become_author);
    let posts = View::new("posts", grants("posts")).post(|_| Ok(Reply::no_content()));
    let router = Router::new()
        .include("auth", accounts.into())
        .view("posts", posts)
        .view(
            "open",
            View::new("open", allow_any()).get(|_| Ok(Reply::no_content())),
        );
    let api = Api::builder(pool)
        .clock(clock.clone())
        .authenticator(JwtAuthentication::<User>::new())
        .authenticator(TokenAuthentication::<User>::new())
        .authenticator(BasicAuthentication::<User>::new())
        .authenticator(SessionAuthentication::<User>::new())
        .state(Signer::new(&"the secret that cookies are signed with".into()).expect("long enough"))
        .state(auth)
        .state(rbac)
        .count_statements()
        .routes(router)
        .build()
        .expect("an api");
    Application {
        server: TestServer::start(&api),
        db,
        clock,
        mails,
    }
}

fn auth(rbac: &Rbac, hasher: PasswordHasher) -> Auth<User> {
    let key = SigningKey::hs256(&JWT_SECRET.into());
    let jwt = Jwt::new(KeyRing::new(key.expect("a key")));
    Auth::new(jwt).hasher(hasher).roles(rbac.clone())
}

/// A hasher that takes no time to speak of.
pub(crate) fn hasher(memory_kib: u32) -> PasswordHasher {
    let params = Params::default()
        .with_memory_kib(memory_kib)
        .with_iterations(1);
    PasswordHasher::new(params).expect("sound parameters")
}

fn become_author(cx: &mut Context, user: &User) -> Result<()> {
    if user.username == "unwelcome" {
        return Err(Error::permission_denied());
    }
    rbac::add_role(cx, &user.key(), "author")
}

impl Application {
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn client(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }

    /// Registers a user with [`PASSWORD`] and an address at example.org.
    pub(crate) fn register(&self, username: &str) -> Value {
        let body = json!({
            "username": username,
            "email": format!("{username}@example.org"),
            "password": PASSWORD,
        });
        let answer = self.client().post("/auth/register/", &body).expect(201);
        answer.data()
    }

    /// The access and the refresh token of a new login.
    pub(crate) fn log_in(&self, username: &str) -> (String, String) {
        let body = json!({"username": username, "password": PASSWORD});
        tokens(&self.client().post("/auth/token/", &body).expect(200).data())
    }

    /// The row of a user.
    pub(crate) fn user(&self, username: &str) -> User {
        let rows = User::objects().filter(User::F.username.eq(username));
        rows.get(&mut self.db.context()).expect("a user")
    }

    /// Changes the row of a user behind the back of the library.
    pub(crate) fn change(&self, username: &str, changes: Changes<User>) {
        let rows = User::objects().filter(User::F.username.eq(username));
        rows.update(&mut self.db.context(), changes)
            .expect("changed");
    }
}

pub(crate) fn tokens(data: &Value) -> (String, String) {
    let token = |name: &str| data[name].as_str().expect("a token").to_owned();
    (token("access"), token("refresh"))
}
