//! The application: migrations, routes and authentication put together.

use diesel_migrations::embed_migrations;
use restwell::audit::{self, Audit, AuditLog};
use restwell::auth::{self, JwtAuthentication, SessionAuthentication, TokenAuthentication};
use restwell::idempotency::{self, IdempotencyKeys};
use restwell::permissions::Rbac;
use restwell::permissions::rbac;
use restwell::prelude::*;
use restwell::throttling;
use restwell::{Api, ApiBuilder, BuildError, Migrations, Pool, PoolOptions, Signer, health_routes};
use thiserror::Error as ThisError;

use crate::Settings;
use crate::bases::BlogBase;
use crate::categories::Categories;
use crate::comments::{Comment, Comments, PostComments};
use crate::events;
use crate::posts::{PostError, Posts};
use crate::tags::Tags;
use crate::users::{self, User, UserError, Users};

/// The tables of the blog.
static MIGRATIONS: Migrations = Migrations {
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};

/// Brings the database up to date, its roles and grants included, and returns the names of the
/// migrations that ran.
///
/// # Errors
/// When a migration fails.
pub fn migrate(cx: &mut Context) -> Result<Vec<String>> {
    let sets = [
        &MIGRATIONS,
        &auth::MIGRATIONS,
        &rbac::MIGRATIONS,
        &audit::MIGRATIONS,
        &idempotency::MIGRATIONS,
        &restwell::events::MIGRATIONS,
    ];
    let ran = restwell::migrate(cx, &sets)?;
    users::roles::seed(cx)?;
    Ok(ran)
}

/// Why the application cannot start.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum StartError {
    /// A key is too short.
    #[error("SECRET_KEY must have at least 32 bytes")]
    SecretKey(#[from] restwell::WeakSecret),
    /// The key of the tokens cannot be used.
    #[error("JWT_SECRET cannot be used")]
    JwtSecret(#[from] auth::KeyError),
    /// Requests cannot be counted.
    #[error("the throttles have no store")]
    Throttles(#[from] throttling::StoreError),
    /// The routes contradict each other.
    #[error("the routes contradict each other")]
    Routes(#[from] BuildError),
}

/// The pool that the settings describe.
///
/// # Errors
/// When the database cannot be reached.
pub fn pool(settings: &Settings) -> Result<Pool, restwell::ConnectError> {
    pool_options(settings).open(settings.database_url.clone())
}

fn pool_options(settings: &Settings) -> PoolOptions {
    PoolOptions::default()
        .size(settings.pool_size)
        .recorder(Audit::new())
        .listener(events::events())
}

/// The application as it is declared, for listings: they need no database, and make none.
///
/// # Errors
/// As for [`api`].
pub fn declared(settings: &Settings) -> Result<Api, StartError> {
    api(
        settings,
        pool_options(settings).open_lazily(settings.database_url.clone()),
    )
}

/// The application over the database of `pool`.
///
/// # Errors
/// When a key cannot be used or the routes contradict each other.
pub fn api(settings: &Settings, pool: Pool) -> Result<Api, StartError> {
    Ok(builder(settings, pool)?.build()?)
}

/// The application before it is put together, for who wants to change a part of it: tests stop its
/// clock.
///
/// # Errors
/// When a key cannot be used, or requests cannot be counted.
pub fn builder(settings: &Settings, pool: Pool) -> Result<ApiBuilder, StartError> {
    let roles = Rbac::new();
    let auth = users::auth(settings, &roles)?;
    let router = Router::new()
        .register("posts", Posts)
        .nested("posts", Posts, "comments", PostComments, Comment::F.post_id)
        .register("comments", Comments)
        .register("tags", Tags)
        .register("categories", Categories)
        .register("users", Users)
        .register("audit", AuditLog::<BlogBase>::new(users::roles::admins()))
        .include("auth", users::routes(settings))
        .root(allow_any());
    Ok(Api::builder(pool)
        .state(Signer::new(&settings.secret_key)?)
        .authenticator(JwtAuthentication::<User>::new())
        .authenticator(TokenAuthentication::<User>::new())
        .authenticator(SessionAuthentication::<User>::new())
        .state(auth)
        .errors::<PostError>()
        .errors::<UserError>()
        .idempotency(IdempotencyKeys::new())
        .state(roles)
        .throttle(settings.throttles.open(&settings.service_name)?)
        .trusted_proxies(settings.trusted_proxies.clone())
        .allowed_hosts(settings.allowed_hosts.clone())
        .max_body(settings.max_request_size)
        .mount("api/v1", router)
        .routes(health_routes()))
}
