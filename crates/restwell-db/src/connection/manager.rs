use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{Connection, SimpleConnection};
use thiserror::Error;

use super::session::Outages;
use super::{AnyConnection, DatabaseUrl, Session};
use crate::listener::Observers;
use crate::{Dialect, Listener, Recorder};

/// A pool of connections.
pub type Pool = r2d2::Pool<Manager>;

/// Opens connections of the database that a URL names.
///
/// Unlike the `establish` that Diesel derives, it tries that one database alone and reports the
/// real error.
#[derive(Clone)]
pub struct Manager {
    url: DatabaseUrl,
    timeouts: Timeouts,
    observers: Observers,
    outages: Outages,
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("url", &self.url)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug)]
struct Timeouts {
    statement: Duration,
    lock: Option<Duration>,
}

impl Timeouts {
    /// How long a statement waits for a lock.
    fn lock(&self, dialect: Dialect) -> Duration {
        let default = Duration::from_secs(if dialect.is_postgres() { 2 } else { 10 });
        self.lock.unwrap_or(default)
    }
}

/// Why a connection cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The database refused it.
    #[error("cannot connect to the database")]
    Connect(#[from] diesel::ConnectionError),
    /// The connection could not be set up.
    #[error("cannot set up the database connection")]
    SetUp(#[from] diesel::result::Error),
    /// The pool has no connection to give.
    #[error("the pool has no database connection to give")]
    Pool(#[from] r2d2::Error),
}

/// How a pool is sized and how patient it is.
#[derive(Clone)]
#[must_use]
pub struct PoolOptions {
    size: u32,
    wait: Duration,
    timeouts: Timeouts,
    observers: Observers,
}

impl fmt::Debug for PoolOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolOptions")
            .field("size", &self.size)
            .field("wait", &self.wait)
            .field("timeouts", &self.timeouts)
            .field("records", &self.observers.recorder.is_some())
            .field("listens", &self.observers.listener.is_some())
            .finish()
    }
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            size: 10,
            wait: Duration::from_secs(5),
            timeouts: Timeouts {
                statement: Duration::from_secs(30),
                lock: None,
            },
            observers: Observers::default(),
        }
    }
}

impl PoolOptions {
    /// At most `size` connections, 10 by default. A database in memory always has one.
    pub fn size(mut self, size: u32) -> Self {
        self.size = size.max(1);
        self
    }

    /// How long a request waits for a connection, 5 s by default; then it is answered 503.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// How long one statement may run, 30 s by default.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.statement = timeout;
        self
    }

    /// How long a statement waits for a lock. By default 10 s on SQLite, and 2 s on PostgreSQL, where
    /// a request gives its connection back then, for others to have meanwhile, and
    /// [tries again](crate::Context::retrying).
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.lock = Some(timeout);
        self
    }

    /// Who keeps the record of what is written to audited models; nobody by default, and then such
    /// writes are refused.
    pub fn recorder(mut self, recorder: impl Recorder) -> Self {
        self.observers.recorder = Some(Arc::new(recorder));
        self
    }

    /// Who is told of writes as they happen; nobody by default.
    pub fn listener(mut self, listener: impl Listener) -> Self {
        self.observers.listener = Some(Arc::new(listener));
        self
    }

    /// Opens the pool, with one connection to show that the database is there.
    ///
    /// # Errors
    /// When the database cannot be reached; the error says what it said.
    pub fn open(self, url: DatabaseUrl) -> Result<Pool, ConnectError> {
        let manager = self.manager(url);
        let probe = r2d2::ManageConnection::connect(&manager)?;
        drop(probe);
        Ok(self.builder(&manager).min_idle(Some(1)).build(manager)?)
    }

    /// The pool, which connects when it is first asked for a connection: for programs that may do
    /// without the database, such as a listing of routes. Nothing is opened or made before.
    pub fn open_lazily(self, url: DatabaseUrl) -> Pool {
        let manager = self.manager(url);
        let builder = self.builder(&manager).min_idle(Some(0));
        builder.build_unchecked(manager)
    }

    fn manager(&self, url: DatabaseUrl) -> Manager {
        Manager {
            url,
            timeouts: self.timeouts,
            observers: self.observers.clone(),
            outages: Outages::default(),
        }
    }

    fn builder(&self, manager: &Manager) -> r2d2::Builder<Manager> {
        let size = if manager.url.is_memory() {
            1
        } else {
            self.size
        };
        r2d2::Pool::builder()
            .max_size(size)
            .connection_timeout(self.wait)
            .test_on_check_out(false)
            .max_lifetime(None)
            .idle_timeout((size > 1).then_some(Duration::from_secs(600)))
    }
}

impl Manager {
    fn set_up(&self, connection: &mut AnyConnection) -> Result<(), diesel::result::Error> {
        let dialect = connection.dialect();
        let lock = self.timeouts.lock(dialect).as_millis();
        let statements = match dialect {
            #[cfg(feature = "sqlite")]
            // 8 MB of pages: a transaction of some thousand rows need not spill into the log.
            Dialect::Sqlite => format!(
                "PRAGMA busy_timeout = {lock}; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000;"
            ),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => format!(
                "SET statement_timeout = {}; SET lock_timeout = {lock}; \
                 SET idle_in_transaction_session_timeout = 60000; SET TIME ZONE 'UTC';",
                self.timeouts.statement.as_millis()
            ),
        };
        connection.batch_execute(&statements)
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Session;
    type Error = ConnectError;

    fn connect(&self) -> Result<Session, ConnectError> {
        let target = self.url.target();
        let mut connection = match self.url.dialect() {
            #[cfg(feature = "postgres")]
            Dialect::Postgres => AnyConnection::Pg(diesel::PgConnection::establish(target)?),
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => AnyConnection::Sqlite(diesel::SqliteConnection::establish(target)?),
        };
        self.set_up(&mut connection)?;
        match &mut connection {
            #[cfg(feature = "postgres")]
            AnyConnection::Pg(_) => {}
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(inner) => super::functions::register(inner)?,
        }
        Ok(Session::new(
            connection,
            self.observers.clone(),
            self.outages.clone(),
        ))
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), ConnectError> {
        Ok(session.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.is_broken()
    }
}
