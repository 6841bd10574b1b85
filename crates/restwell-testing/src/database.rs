use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use restwell_audit::Audit;
use restwell_core::{Clock, Method, Request};
use restwell_db::{
    AnyConnection, Context, Listener, Migrations, Pool, PoolOptions, Recorder, migrate,
};
use tempfile::TempDir;
use uuid::Uuid;

const REMEDY: &str = "run `cargo xtask test`, or set DATABASE_URL to a postgres:// URL";

/// More than the server of a test has workers, so that no request waits for the test itself.
const CONNECTIONS: u32 = 6;

/// A database of its own for one test, empty at first and gone with the value. Any number of
/// tests may have theirs at the same time.
pub struct TestDatabase {
    pool: Pool,
    options: PoolOptions,
    url: String,
    _place: Place,
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// What is removed with the database.
#[expect(dead_code, reason = "the fields are kept for what their drop does")]
enum Place {
    Folder(TempDir),
    Schema(Schema),
}

impl TestDatabase {
    /// A new SQLite file in a temporary directory.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite3").display());
        let options = options();
        Self {
            pool: open(&url, options.clone()),
            options,
            url,
            _place: Place::Folder(folder),
        }
    }

    /// A new schema on the PostgreSQL server that `DATABASE_URL` names.
    ///
    /// # Panics
    /// When there is no such server: a test that is skipped proves nothing.
    pub fn postgres() -> Self {
        let schema = Schema::create(server());
        let url = schema.url();
        let options = options();
        Self {
            pool: open(&url, options.clone()),
            options,
            url,
            _place: Place::Schema(schema),
        }
    }

    /// The same database, whose writes to audited models are told to `recorder`. By default they
    /// are told to an [`Audit`] without sinks.
    #[must_use]
    pub fn recording(self, recorder: impl Recorder) -> Self {
        let options = self.options.clone().recorder(recorder);
        self.opened(options)
    }

    /// The same database, whose writes `listener` is told of as they happen.
    #[must_use]
    pub fn listening(self, listener: impl Listener) -> Self {
        let options = self.options.clone().listener(listener);
        self.opened(options)
    }

    fn opened(mut self, options: PoolOptions) -> Self {
        self.pool = open(&self.url, options.clone());
        self.options = options;
        self
    }

    /// The connections of the database.
    pub fn pool(&self) -> Pool {
        self.pool.clone()
    }

    /// The URL of the database, for programs that open it themselves.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A context outside any request: to arrange what a test needs, and to look what it did.
    ///
    /// It keeps its connection, and an SQLite database has one writer: let go of it before the
    /// server is to write.
    pub fn context(&self) -> Context {
        Context::detached(self.pool())
    }

    /// Like [`context`](Self::context), at the time that `clock` shows.
    pub fn context_at(&self, clock: Arc<dyn Clock>) -> Context {
        let request = Request::new(Method::Post, "");
        Context::new(self.pool(), clock, Arc::default(), request)
    }

    /// Runs the migrations of `sets`.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn migrate(&self, sets: &[&Migrations]) {
        if let Err(error) = migrate(&mut self.context(), sets) {
            panic!("cannot migrate {self:?}: {}", with_causes(&error));
        }
    }

    /// The rows of `table` as the database has them, every column of them, as one text each: to see
    /// whether anything changed at all.
    ///
    /// # Panics
    /// When there is no such table.
    pub fn rows(&self, table: &str) -> Vec<String> {
        let mut cx = self.context();
        let connection = cx.connection().expect("a connection");
        let row = match connection {
            AnyConnection::Pg(_) => "t::text".to_owned(),
            AnyConnection::Sqlite(_) => {
                let columns = format!(
                    "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') AS text \
                     FROM pragma_table_info('{table}')"
                );
                let columns: Vec<Text> = diesel::sql_query(columns)
                    .load(connection)
                    .expect("columns");
                columns.into_iter().map(|columns| columns.text).collect()
            }
        };
        let rows = format!("SELECT {row} AS text FROM {table} AS t ORDER BY 1");
        let rows = diesel::sql_query(rows).load(connection);
        let rows: Vec<Text> = rows.unwrap_or_else(|error| panic!("no rows of {table}: {error}"));
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Runs SQL statements as they are.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn execute(&self, statements: &str) {
        let mut cx = self.context();
        let outcome = cx
            .connection()
            .map(|connection| connection.batch_execute(statements));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => panic!("{self:?} refuses {statements:?}: {error}"),
            Err(error) => panic!("{self:?} gives no connection: {error}"),
        }
    }
}

/// Shows no password.
impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self._place {
            Place::Folder(_) => f.write_str("the SQLite database"),
            Place::Schema(schema) => write!(f, "the PostgreSQL schema {}", schema.name),
        }
    }
}

/// A schema on a server, dropped with all that is in it.
struct Schema {
    server: String,
    name: String,
}

impl Schema {
    fn create(server: String) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unique = Uuid::new_v4().simple().to_string();
        let name = format!("test_{}_{number}_{}", std::process::id(), &unique[..8]);
        let connection = open(&server, PoolOptions::default().size(1)).get();
        connection
            .expect("the connection that was just opened")
            .batch_execute(&format!("CREATE SCHEMA {name}"))
            .unwrap_or_else(|error| panic!("cannot create a schema: {error}; {REMEDY}"));
        Self { server, name }
    }

    fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!(
            "{}{separator}options=-csearch_path%3D{}",
            self.server, self.name
        )
    }
}

/// A drop must not panic: what is left of a schema does no harm to other tests.
impl Drop for Schema {
    fn drop(&mut self) {
        let Ok(url) = self.server.parse() else { return };
        let pool = PoolOptions::default().size(1).open(url);
        if let Some(mut connection) = pool.ok().and_then(|pool| pool.get().ok()) {
            let statement = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name);
            let _ = connection.batch_execute(&statement);
        }
    }
}

fn server() -> String {
    let url = std::env::var("DATABASE_URL").unwrap_or_default();
    assert!(
        url.starts_with("postgres://") || url.starts_with("postgresql://"),
        "this test needs PostgreSQL: {REMEDY}"
    );
    url
}

fn options() -> PoolOptions {
    PoolOptions::default()
        .size(CONNECTIONS)
        .recorder(Audit::new())
}

fn open(url: &str, options: PoolOptions) -> Pool {
    let parsed = url
        .parse()
        .unwrap_or_else(|error| panic!("cannot open a database of the test: {error}"));
    options
        .open(parsed)
        .unwrap_or_else(|error| panic!("{}; {REMEDY}", with_causes(&error)))
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
