//! A database for each test, of either kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use restwell_core::{Identity, ManualClock, Method, Principal, Request, State};
use restwell_db::{Context, Pool, PoolOptions, migrate};
use restwell_permissions::{Rbac, rbac};
use tempfile::TempDir;

/// Makes of `fn name(db: &Database) { … }` a test on each database.
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($db:ident: &Database) $body:block)*) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                fn check($db: &crate::database::Database) $body

                #[test]
                fn sqlite() {
                    check(&crate::database::Database::sqlite());
                }

                #[test]
                fn postgres() {
                    check(&crate::database::Database::postgres());
                }
            }
        )*
    };
}

/// A database with the tables of the crate, which is gone when the test is over, and the memory of
/// an application over it.
pub(crate) struct Database {
    pub(crate) pool: Pool,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) rbac: Rbac,
    state: Arc<State>,
    _place: Box<dyn std::any::Any + Send + Sync>,
}

/// A schema on the server, dropped with its tables.
struct Schema(String);

impl Drop for Schema {
    fn drop(&mut self) {
        on_server(&format!("DROP SCHEMA {} CASCADE", self.0));
    }
}

impl Database {
    /// A new SQLite file.
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite3").display());
        Self::open(&url, folder)
    }

    /// A new schema on the server that `DATABASE_URL` names.
    pub(crate) fn postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = server();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("permissions_{}_{number}", std::process::id());
        on_server(&format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"
        ));
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}");
        Self::open(&url, Schema(schema))
    }

    fn open(url: &str, place: impl std::any::Any + Send + Sync) -> Self {
        let pool = PoolOptions::default()
            .size(4)
            .open(url.parse().expect("a database URL"))
            .expect("a database that can be reached");
        migrate(&mut Context::detached(pool.clone()), &[&rbac::MIGRATIONS]).expect("migrations");
        let rbac = Rbac::new();
        let mut state = State::new();
        state.insert(rbac.clone());
        let now = "2026-01-15T10:30:00.123456Z".parse().expect("a time");
        Self {
            pool,
            clock: Arc::new(ManualClock::at(now)),
            rbac,
            state: Arc::new(state),
            _place: Box::new(place),
        }
    }

    /// What a request of nobody carries.
    pub(crate) fn context(&self) -> Context {
        let request = Request::new(Method::Get, "/");
        Context::new(
            self.pool.clone(),
            self.clock.clone(),
            self.state.clone(),
            request,
        )
    }

    /// What a request of this user carries.
    pub(crate) fn context_of(&self, user: Identity) -> Context {
        let mut cx = self.context();
        cx.set_principal(Principal::User(Arc::new(user)));
        cx
    }
}

fn server() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| {
        panic!(
            "these tests need a PostgreSQL server; set DATABASE_URL, \
             such as postgres://postgres@127.0.0.1:5432/postgres"
        )
    })
}

fn on_server(statements: &str) {
    PgConnection::establish(&server())
        .expect("the server that DATABASE_URL names")
        .batch_execute(statements)
        .expect("statements that run");
}
