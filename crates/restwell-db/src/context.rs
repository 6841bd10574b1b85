//! What a request carries through the pipeline.

mod observation;
mod records;
mod retry;
mod rows;
mod transaction;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use restwell_core::{Clock, Error, Key, Principal, Request, Result, State};

use crate::connection::{AnyConnection, Manager, Pool, Session};
use crate::{ColumnValue, Dialect, PrimaryKey};

pub use rows::RowCache;
pub use transaction::Effect;

/// What a request carries through the pipeline: who asks for what, the time, and the one database
/// connection, which is checked out when it is first needed.
pub struct Context {
    request: Request,
    principal: Principal,
    clock: Arc<dyn Clock>,
    now: DateTime<Utc>,
    state: Arc<State>,
    pool: Pool,
    session: Option<r2d2::PooledConnection<Manager>>,
    /// The count of the session when the request took it.
    statements_before: u64,
    /// What the request ran before that.
    statements_earlier: u64,
    transactions: transaction::Transactions,
    rows: RowCache,
    records: records::Records,
    gathered: Option<Vec<observation::Gathered>>,
    locals: State,
    retrial: Option<retry::Retrial>,
}

impl Context {
    /// The context of `request`.
    pub fn new(pool: Pool, clock: Arc<dyn Clock>, state: Arc<State>, request: Request) -> Self {
        Self {
            request,
            principal: Principal::Anonymous,
            now: clock.now(),
            clock,
            state,
            pool,
            session: None,
            statements_before: 0,
            statements_earlier: 0,
            transactions: transaction::Transactions::default(),
            rows: RowCache::default(),
            records: records::Records::default(),
            gathered: None,
            locals: State::new(),
            retrial: None,
        }
    }

    /// A context outside any request: for commands, jobs and tests.
    pub fn detached(pool: Pool) -> Self {
        let request = Request::new(restwell_core::Method::Post, "");
        Self::new(
            pool,
            Arc::new(restwell_core::SystemClock),
            Arc::default(),
            request,
        )
    }

    /// A context for what comes after this one, with a connection of its own: of the same request
    /// without its body, for the same principal, at the same time.
    #[must_use]
    pub fn successor(&self) -> Self {
        let own = &self.request;
        let mut request = Request::with_id(own.method, own.path.clone(), own.id.clone());
        request.query = own.query.clone();
        request.headers = own.headers.clone();
        request.params = own.params.clone();
        request.origin = own.origin.clone();
        request.client = own.client;
        let (pool, clock, state) = (self.pool.clone(), self.clock.clone(), self.state.clone());
        let mut next = Self::new(pool, clock, state, request);
        next.principal = self.principal.clone();
        next.now = self.now;
        next
    }

    /// What the client sent.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What the client sent, to take its body out.
    pub fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Sets who asks. The authenticators call it; everything that records an actor follows.
    pub fn set_principal(&mut self, principal: Principal) {
        self.principal = principal;
    }

    /// The key of the authenticated user, in the type of the user model's key.
    pub fn user_id<K: PrimaryKey>(&self) -> Option<K> {
        K::from_value(self.principal.key()?.into())
    }

    /// The key of the authenticated user, who must be there.
    ///
    /// # Errors
    /// 401 for nobody.
    pub fn require_user(&self) -> Result<&Key> {
        self.principal.key().ok_or_else(Error::not_authenticated)
    }

    /// The key of the user as the value of a column that refers to users.
    pub(crate) fn user_value<T: ColumnValue>(&self) -> Option<T> {
        T::from_value(self.principal.key()?.into())
    }

    /// The time at which the request is taken to happen: one moment for all it does.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The clock, for what must see time pass.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The application's value of type `T`.
    ///
    /// # Errors
    /// 500 when the application was built without one.
    pub fn state<T: std::any::Any + Send + Sync>(&self) -> Result<&T> {
        self.state.get().ok_or_else(|| {
            Error::internal(format!(
                "the application has no state {}",
                std::any::type_name::<T>()
            ))
        })
    }

    /// Puts a value of this request's own in, in place of one of the same type.
    pub fn set_local<T: std::any::Any + Send + Sync>(&mut self, value: T) {
        self.locals.insert(value);
    }

    /// This request's own value of type `T`.
    pub fn local<T: std::any::Any + Send + Sync>(&self) -> Option<&T> {
        self.locals.get()
    }

    /// Rows that this request has read already, so that it need not read them again.
    pub fn rows(&mut self) -> &mut RowCache {
        &mut self.rows
    }

    /// The connection, for Diesel queries of your own. It is the one that the library's own
    /// statements run on, in the same transaction.
    ///
    /// Since they may change anything, rows that this request has read are read again.
    ///
    /// # Errors
    /// 503 when the pool has none to give.
    pub fn connection(&mut self) -> Result<&mut AnyConnection> {
        self.rows.clear();
        Ok(&mut *self.session()?)
    }

    /// The connection, for statements on tables of a library's own whose rows nothing shows:
    /// what this request has read stays known.
    ///
    /// # Errors
    /// 503 when the pool has none to give.
    pub fn own_connection(&mut self) -> Result<&mut AnyConnection> {
        Ok(&mut *self.session()?)
    }

    /// The SQL dialect of the database.
    ///
    /// # Errors
    /// 503 when the pool has no connection to give.
    pub fn dialect(&mut self) -> Result<Dialect> {
        Ok(self.idle_session()?.dialect())
    }

    /// How many statements this request ran, transaction control and tries that were undone not
    /// counted.
    pub fn statements(&self) -> u64 {
        let own = self.session.as_ref();
        let here = own.map_or(0, |session| session.statements() - self.statements_before);
        self.statements_earlier + here
    }

    /// Gives the connection back, unless a transaction is open on it: before work that takes its
    /// time and needs none, so that others have it meanwhile. The next statement checks one out.
    pub fn release(&mut self) {
        if !self.in_transaction() {
            self.count_from(self.statements());
            self.session = None;
        }
    }

    /// Checks the connection out, if that takes no longer than `wait`.
    ///
    /// # Errors
    /// 503 when the pool has none to give in that time.
    pub fn connect_within(&mut self, wait: Duration) -> Result<()> {
        if self.session.is_none() {
            let session = checked_out(&self.pool, wait)?;
            self.statements_before = session.statements();
            self.session = Some(session);
        }
        Ok(())
    }

    /// Counts on as if `statements` had run.
    fn count_from(&mut self, statements: u64) {
        self.statements_earlier = statements;
        if let Some(session) = &self.session {
            self.statements_before = session.statements();
        }
    }

    /// Gives the connection back as lost.
    fn drop_session(&mut self) {
        if let Some(session) = &mut self.session {
            session.mark_lost();
        }
        self.release();
    }

    /// The connection, for what is no statement.
    pub(crate) fn idle_session(&mut self) -> Result<&mut Session> {
        self.connect_within(self.pool.connection_timeout())?;
        match &mut self.session {
            Some(session) => Ok(session),
            None => Err(Error::unavailable()),
        }
    }
}

/// A connection that can be used, awaited no longer than `wait`. One that cannot goes back, and is
/// replaced.
fn checked_out(pool: &Pool, wait: Duration) -> Result<r2d2::PooledConnection<Manager>> {
    let until = Instant::now() + wait;
    for _ in 0..=pool.max_size() {
        let mut session = pool
            .get_timeout(until.saturating_duration_since(Instant::now()))
            .map_err(|error| Error::unavailable().with_source(error))?;
        if session.is_sound() {
            return Ok(session);
        }
    }
    Err(Error::unavailable())
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("request", &self.request.id)
            .field("principal", &self.principal)
            .field("connected", &self.session.is_some())
            .finish_non_exhaustive()
    }
}
