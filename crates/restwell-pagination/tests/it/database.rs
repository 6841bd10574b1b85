//! A database for each test, of either kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use restwell_core::{Method, QueryString, Request, State, SystemClock};
use restwell_db::{Context, Pool, PoolOptions};
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

/// A database with the tables of the tests, which is gone when the test is over.
pub(crate) struct Database {
    pool: Pool,
    state: Arc<State>,
    _place: Place,
}

enum Place {
    File { _folder: TempDir },
    Schema(String),
}

impl Database {
    /// A new SQLite file.
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite3").display());
        Self::open(
            &url,
            Place::File { _folder: folder },
            &crate::schema::sqlite(),
        )
    }

    /// A new schema on the server that `DATABASE_URL` names.
    pub(crate) fn postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = server();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("pages_{}_{number}", std::process::id());
        on_server(&format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"
        ));
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}");
        Self::open(&url, Place::Schema(schema), crate::schema::TABLES)
    }

    fn open(url: &str, place: Place, tables: &str) -> Self {
        let pool = PoolOptions::default()
            .size(2)
            .open(url.parse().expect("a database URL"))
            .expect("a database that can be reached");
        let database = Self {
            pool,
            state: Arc::new(crate::schema::state()),
            _place: place,
        };
        database.execute(tables);
        database
    }

    /// What a request with this query carries.
    pub(crate) fn context(&self, query: &str) -> Context {
        let mut request = Request::new(Method::Get, "/things/");
        request.origin = "http://testserver".to_owned();
        request.query = QueryString::parse(query).expect("a query string");
        Context::new(
            self.pool.clone(),
            Arc::new(SystemClock),
            self.state.clone(),
            request,
        )
    }

    pub(crate) fn pool(&self) -> Pool {
        self.pool.clone()
    }

    /// Runs statements as they are.
    pub(crate) fn execute(&self, statements: &str) {
        self.context("")
            .connection()
            .expect("a connection")
            .batch_execute(statements)
            .expect("statements that run");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self {
            Self::File { .. } => {}
            Self::Schema(schema) => on_server(&format!("DROP SCHEMA {schema} CASCADE")),
        }
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
