use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::result::QueryResult;
use restwell_core::{Error, Result};

use super::Context;
use crate::connection::{AnyConnection, Session};
use crate::constraint::{Passing, classify};

type Manager = <AnyConnection as Connection>::TransactionManager;

/// Something to do after the commit: send a mail, enqueue a job, drop a cache entry.
pub type Effect = Box<dyn FnOnce() + Send>;

/// The open transaction of a context, and what waits for its commit.
#[derive(Default)]
pub(super) struct Transactions {
    pub(super) depth: usize,
    /// How many of the innermost savepoints are not set yet: the first statement sets them.
    unset: usize,
    waiting: Vec<Effect>,
    committed: Vec<Effect>,
    commits: u64,
}

impl fmt::Debug for Transactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transactions")
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// Runs `work` in a transaction: all of it is kept, or, when it fails or panics, nothing.
    ///
    /// Inside another `atomic` it is a savepoint: when the inner work fails, the outer may go on
    /// without it. It costs nothing until a statement runs in it.
    ///
    /// # Errors
    /// What `work` returns, or 503 when the database refuses to begin or to commit.
    pub fn atomic<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let waiting = self.begin()?;
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(value)) => {
                self.commit(waiting)?;
                Ok(value)
            }
            Ok(Err(error)) => {
                self.roll_back(waiting);
                Err(error)
            }
            Err(panic) => {
                self.roll_back(waiting);
                resume_unwind(panic)
            }
        }
    }

    /// Runs `work` in a transaction whose changes are always undone: a rehearsal.
    ///
    /// # Errors
    /// What `work` returns, or 503 when the database refuses to begin.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mut outcome = None;
        let undone = self.atomic(|cx| {
            outcome = Some(work(cx));
            Err::<(), _>(Error::internal("a rehearsal is undone"))
        });
        match (outcome, undone) {
            (Some(outcome), _) => outcome,
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(Error::unavailable()),
        }
    }

    /// Does `effect` after the commit of the outermost transaction, or where there is none, at the
    /// end of the request: when the context is dropped. It is forgotten when the transaction, or the savepoint around this
    /// call, is rolled back.
    pub fn on_commit(&mut self, effect: impl FnOnce() + Send + 'static) {
        if self.transactions.depth == 0 {
            self.transactions.committed.push(Box::new(effect));
        } else {
            self.transactions.waiting.push(Box::new(effect));
        }
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.transactions.depth > 0
    }

    /// The effects whose transactions are committed, leaving none behind. Whoever takes them does
    /// them; the others are done when the context is dropped.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.transactions.committed)
    }

    /// Runs `work` in the transaction that is open, or else in one of its own.
    pub(crate) fn in_transaction_of<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.in_transaction() {
            work(self)
        } else {
            self.atomic(work)
        }
    }

    /// How many outermost transactions were, or may have been, committed.
    pub(super) fn commits(&self) -> u64 {
        self.transactions.commits
    }

    /// How many effects are due.
    pub(super) fn effects(&self) -> usize {
        self.transactions.committed.len()
    }

    /// Forgets the effects that came after the first `length`.
    pub(super) fn truncate_effects(&mut self, length: usize) {
        self.transactions.committed.truncate(length);
    }

    /// Returns how many effects wait: a rollback forgets those that came later.
    fn begin(&mut self) -> Result<usize> {
        if self.transactions.depth == 0 {
            let session = self.idle_session()?;
            begin_transaction(session).map_err(|error| classify(error, session, None))?;
        } else {
            self.transactions.unset += 1;
        }
        self.transactions.depth += 1;
        Ok(self.transactions.waiting.len())
    }

    /// The connection as a statement finds it, with every savepoint set.
    pub(crate) fn session(&mut self) -> Result<&mut Session> {
        while self.transactions.unset > 0 {
            let session = self.idle_session()?;
            Manager::begin_transaction(&mut **session)
                .map_err(|error| classify(error, session, None))?;
            self.transactions.unset -= 1;
        }
        self.idle_session()
    }

    /// Whether the innermost savepoint was not set, and is now forgotten.
    fn forget_unset(&mut self) -> bool {
        let is_unset = self.transactions.unset > 0;
        self.transactions.unset -= usize::from(is_unset);
        is_unset
    }

    fn commit(&mut self, waiting: usize) -> Result<()> {
        if self.transactions.depth == 1
            && let Err(error) = self.record_changes()
        {
            self.roll_back(waiting);
            return Err(error);
        }
        if is_aborted(self.idle_session()?) || self.records.is_doomed() {
            self.roll_back(waiting);
            return Err(Error::internal(PASSED_OVER));
        }
        self.records.release(self.transactions.depth);
        if self.forget_unset() {
            self.transactions.depth -= 1;
            return Ok(());
        }
        let session = self.idle_session()?;
        let committed = Manager::commit_transaction(&mut **session)
            .map_err(|error| classify(error, session, None));
        self.transactions.depth -= 1;
        // Of a connection that is lost at this moment nobody knows what was kept.
        let lost = |error: &Error| Passing::of(error) == Some(Passing::Lost);
        if self.transactions.depth == 0 && !matches!(&committed, Err(error) if !lost(error)) {
            self.transactions.commits += 1;
        }
        if committed.is_err() {
            self.transactions.waiting.truncate(waiting);
            self.rows.clear();
        } else if self.transactions.depth == 0 {
            let effects = std::mem::take(&mut self.transactions.waiting);
            self.transactions.committed.extend(effects);
        }
        committed
    }

    /// A rollback that fails leaves the connection unusable; it is thrown away.
    fn roll_back(&mut self, waiting: usize) {
        self.records.forget(self.transactions.depth);
        self.transactions.depth -= 1;
        self.transactions.waiting.truncate(waiting);
        self.rows.clear();
        if self.forget_unset() {
            return;
        }
        if let Ok(session) = self.idle_session() {
            let undone = Manager::rollback_transaction(&mut **session);
            if undone.is_err() {
                session.mark_broken();
            }
        }
    }
}

impl Drop for Context {
    /// Does the effects that are due. One that wants a connection finds this one free.
    fn drop(&mut self) {
        let effects = self.take_effects();
        if effects.is_empty() {
            return;
        }
        self.session = None;
        for effect in effects {
            if catch_unwind(AssertUnwindSafe(effect)).is_err() {
                tracing::error!(request_id = %self.request.id, "an effect after the commit panicked");
            }
        }
    }
}

const PASSED_OVER: &str = "a statement failed and its error was passed over, so the database undid \
     the transaction; put what may fail into an `atomic` of its own";

/// Whether PostgreSQL has given the transaction up. It answers a `COMMIT` of such a transaction
/// with success, and rolls back.
fn is_aborted(connection: &mut AnyConnection) -> bool {
    match connection {
        #[cfg(feature = "postgres")]
        AnyConnection::Pg(inner) => {
            let status = AnsiTransactionManager::transaction_manager_status_mut(inner);
            status
                .transaction_state()
                .ok()
                .and_then(|state| state.in_transaction.as_ref())
                .is_some_and(|open| open.requires_rollback_maybe_up_to_top_level)
        }
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => false,
    }
}

/// SQLite takes the write lock at once: a transaction that reads first and writes later would
/// fail when another has written in between.
fn begin_transaction(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")
        }
        #[cfg(feature = "postgres")]
        connection @ AnyConnection::Pg(_) => Manager::begin_transaction(connection),
    }
}
