use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{CacheSize, Connection, SimpleConnection};
use diesel::result::QueryResult;

use super::AnyConnection;
use super::instrumentation::{Counts, StatementCounter};
use crate::listener::Observers;
use crate::{Dialect, Listener, Recorder};

/// How many statements a connection keeps prepared before it forgets them all. Clients choose
/// filters, orders and kinds of pages, so they choose texts, and Diesel's cache has no bound.
const MOST_PREPARED: u64 = 1_000;

/// A connection of the pool, with its statement count.
pub struct Session {
    connection: AnyConnection,
    counts: Arc<Counts>,
    observers: Observers,
    broken: bool,
    outages: Outages,
    /// The outages that it was open after.
    seen: u64,
}

/// How often connections of a pool were found lost. What kills one, a restart of the server say,
/// has mostly killed those that were open at the time.
pub(super) type Outages = Arc<AtomicU64>;

impl Session {
    pub(super) fn new(
        mut connection: AnyConnection,
        observers: Observers,
        outages: Outages,
    ) -> Self {
        let counts = Arc::new(Counts::default());
        connection.set_instrumentation(StatementCounter::new(counts.clone()));
        Self {
            connection,
            counts,
            observers,
            broken: false,
            seen: outages.load(Ordering::Relaxed),
            outages,
        }
    }

    /// How many statements ran on this connection since it was opened, transaction control not
    /// counted.
    pub fn statements(&self) -> u64 {
        self.counts.run.load(Ordering::Relaxed)
    }

    /// How many statements the connection keeps prepared, about a thousand at most.
    pub fn prepared(&self) -> u64 {
        self.counts.prepared.load(Ordering::Relaxed)
    }

    /// The SQL dialect of the other side.
    pub fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    /// Who keeps the record of what is written to audited models.
    pub(crate) fn recorder(&self) -> Option<&Arc<dyn Recorder>> {
        self.observers.recorder.as_ref()
    }

    /// Who is told of writes.
    pub(crate) fn listener(&self) -> Option<&Arc<dyn Listener>> {
        self.observers.listener.as_ref()
    }

    /// Keeps the connection from going back into the pool.
    pub(crate) fn mark_broken(&mut self) {
        self.broken = true;
    }

    /// Keeps the connection, which is gone, from going back into the pool, and lets those that are
    /// as old be looked at before they are used.
    pub(crate) fn mark_lost(&mut self) {
        self.broken = true;
        self.outages.fetch_max(self.seen + 1, Ordering::Relaxed);
    }

    /// Whether it can be used: where others of its age were lost, the server is asked. What it keeps
    /// prepared is bounded here.
    pub(crate) fn is_sound(&mut self) -> bool {
        let outages = self.outages.load(Ordering::Relaxed);
        if outages > self.seen {
            self.broken |= self.connection.batch_execute("SELECT 1").is_err();
            self.seen = outages;
        }
        if self.prepared() >= MOST_PREPARED {
            self.broken |= self.forget_prepared().is_err();
        }
        !self.broken
    }

    fn forget_prepared(&mut self) -> QueryResult<()> {
        self.counts.prepared.store(0, Ordering::Relaxed);
        // PostgreSQL keeps them by name, whether Diesel remembers the names or not.
        if self.dialect().is_postgres() {
            self.connection.batch_execute("DEALLOCATE ALL")?;
        }
        for size in [CacheSize::Disabled, CacheSize::Unbounded] {
            self.connection.set_prepared_statement_cache_size(size);
        }
        Ok(())
    }

    pub(super) fn is_broken(&mut self) -> bool {
        self.broken || diesel::r2d2::R2D2Connection::is_broken(&mut self.connection)
    }
}

impl AnyConnection {
    /// The SQL dialect of the other side.
    pub fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "postgres")]
            Self::Pg(_) => Dialect::Postgres,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }
}

impl Deref for Session {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("dialect", &self.dialect())
            .field("statements", &self.statements())
            .finish_non_exhaustive()
    }
}
