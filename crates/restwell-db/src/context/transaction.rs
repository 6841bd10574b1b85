use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::result::QueryResult;
use restwell_core::{Error, Result};

use super::Context;
use crate::connection::AnyConnection;
use crate::constraint::{Passing, classify};

/// Something to do after the commit: send a mail, enqueue a job, drop a cache entry.
pub type Effect = Box<dyn FnOnce() + Send>;

/// The open transaction of a context, and what waits for its commit.
#[derive(Default)]
pub(super) struct Transactions {
    pub(super) depth: usize,
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
    /// without it.
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
        let outermost = self.transactions.depth == 0;
        let session = self.session()?;
        begin_transaction(session, outermost).map_err(|error| classify(error, session, None))?;
        self.transactions.depth += 1;
        Ok(self.transactions.waiting.len())
    }

    fn commit(&mut self, waiting: usize) -> Result<()> {
        if self.transactions.depth == 1
            && let Err(error) = self.record_changes()
        {
            self.roll_back(waiting);
            return Err(error);
        }
        if is_aborted(self.session()?) || self.records.is_doomed() {
            self.roll_back(waiting);
            return Err(Error::internal(PASSED_OVER));
        }
        self.records.release(self.transactions.depth);
        let session = self.session()?;
        let committed =
            <AnyConnection as Connection>::TransactionManager::commit_transaction(session)
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
        if let Ok(session) = self.session() {
            let undone =
                <AnyConnection as Connection>::TransactionManager::rollback_transaction(session);
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
fn begin_transaction(connection: &mut AnyConnection, outermost: bool) -> QueryResult<()> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(inner) if outermost => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")
        }
        connection => {
            <AnyConnection as Connection>::TransactionManager::begin_transaction(connection)
        }
    }
}
