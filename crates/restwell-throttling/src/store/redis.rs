//! Counts in Redis.

use std::fmt;
use std::iter;
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::time::Duration;

use chrono::{DateTime, Utc};
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{self, AsyncConnectionConfig, Client, RedisError, Script};
use deadpool_redis::{Manager, Pool};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};

use super::{Store, StoreError, Usage, Verdict, Window};

/// How long it waits between attempts to reach a Redis that is away.
const PAUSE: Duration = Duration::from_millis(500);

/// Counts in Redis, which all processes of an application share.
///
/// A request costs one round trip, whatever the number of its windows: one script checks and
/// charges them all, by Redis's own clock. The keys expire with their windows. In a cluster they
/// lie on one node, by their hash tag: windows of a user, an address and a scope meet in one
/// request in every combination, and one script sees one node.
///
/// All requests share the connection of a pool of one, on which their commands follow each other
/// without waiting. It is asked for anew only when it has failed: each time, a pool spends a round
/// trip on whether a connection still lives. It lives on a thread of the store, so that it outlasts
/// the workers of the server. While Redis is away, requests learn so at once, and that thread alone
/// tries to reach it again.
pub struct RedisStore {
    link: Arc<Link>,
    prefix: String,
    runtime: Option<Runtime>,
}

struct Link {
    pool: Pool,
    timeout: Duration,
    charge: Script,
    take_back: Script,
    state: RwLock<State>,
}

enum State {
    Connected(MultiplexedConnection),
    /// A task is trying to reach Redis.
    Away,
}

/// Why there can be no store at a URL.
#[derive(Debug, Error)]
pub enum InvalidRedisUrl {
    /// The URL is malformed, or of a kind that is not compiled in.
    #[error("it is no URL of a Redis server; write one like redis://127.0.0.1:6379/0")]
    Url(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The system gives no thread.
    #[error("the store of the throttles gets no thread")]
    Thread(#[source] std::io::Error),
}

impl RedisStore {
    /// The store at `url`, such as `redis://127.0.0.1:6379/0`. Redis may be away: it is reached as
    /// soon as it is there.
    ///
    /// # Errors
    /// When the URL is malformed.
    pub fn new(url: &str) -> Result<Self, InvalidRedisUrl> {
        Self::with_timeout(url, Duration::from_secs(1))
    }

    /// The same, with another time than one second after which a Redis that does not answer is
    /// away.
    ///
    /// # Errors
    /// When the URL is malformed.
    pub fn with_timeout(url: &str, timeout: Duration) -> Result<Self, InvalidRedisUrl> {
        // The client's own timeout is half a second, of which it says nothing.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(timeout))
            .set_response_timeout(Some(timeout));
        let manager = Manager::new_with_config(url, config)
            .map_err(|error| InvalidRedisUrl::Url(error.into()))?;
        let pool = Pool::builder(manager).max_size(1).build();
        let pool = pool.map_err(|error| InvalidRedisUrl::Url(error.into()))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("restwell-throttles")
            .enable_all()
            .build()
            .map_err(InvalidRedisUrl::Thread)?;
        let link = Arc::new(Link {
            pool,
            timeout,
            charge: Script::new(include_str!("charge.lua")),
            take_back: Script::new(include_str!("take_back.lua")),
            state: RwLock::new(State::Away),
        });
        let store = Self {
            link: link.clone(),
            prefix: "restwell".to_owned(),
            runtime: Some(runtime),
        };
        // What is there at the start is reached before the first request.
        let reached = store.wait(async move {
            match link.connect().await {
                Ok(connection) => {
                    link.set(State::Connected(connection));
                    Ok(())
                }
                Err(error) => {
                    link.reach();
                    Err(error)
                }
            }
        });
        if let Err(error) = reached {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "redis is away at the start"
            );
        }
        Ok(store)
    }

    /// Whether there can be a store at `url`.
    ///
    /// # Errors
    /// When the URL is malformed, or of a kind that is not compiled in.
    pub fn check_url(url: &str) -> Result<(), InvalidRedisUrl> {
        match Client::open(url) {
            Ok(_) => Ok(()),
            Err(error) => Err(InvalidRedisUrl::Url(error.into())),
        }
    }

    /// What the keys begin with, for applications that share a Redis; `restwell` by default.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.to_owned();
        self
    }

    /// Calls a script with the keys of `windows`.
    fn invoke(
        &self,
        script: fn(&Link) -> &Script,
        windows: &[Window],
        arguments: Vec<u64>,
    ) -> Result<Vec<i64>, StoreError> {
        let connection = self.link.connection();
        let mut connection = connection.ok_or_else(|| StoreError::new("not connected"))?;
        let key = |window: &Window| format!("{{{}:throttle}}:{}", self.prefix, window.key);
        let keys: Vec<String> = windows.iter().map(key).collect();
        let link = self.link.clone();
        self.wait(async move {
            let mut call = script(&link).prepare_invoke();
            call.key(keys).arg(arguments);
            let invoked = tokio::time::timeout(link.timeout, call.invoke_async(&mut connection));
            match invoked.await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(error)) => Err(link.failed(error)),
                Err(_) => {
                    link.reconnect();
                    Err(StoreError::new("no answer in time"))
                }
            }
        })
    }

    /// Waits for a task of the store's own thread. The caller may be a worker of the server, whose
    /// runtime nobody must block on from within.
    fn wait<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::new("the thread of the store has ended");
        let runtime = self.runtime.as_ref().ok_or_else(gone)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            let _ = sender.send(task.await);
        });
        receiver.recv().map_err(|_| gone())?
    }
}

impl Store for RedisStore {
    fn charge(&self, windows: &[Window], _: DateTime<Utc>) -> Result<Verdict, StoreError> {
        let numbers = |window: &Window| {
            let (limit, period) = (u64::from(window.limit), window.period_micros());
            [limit, period, window.slot_micros()]
        };
        let arguments = windows.iter().flat_map(numbers).collect();
        let answer = self.invoke(|link| &link.charge, windows, arguments)?;
        verdict(&answer).ok_or_else(|| StoreError::new("an answer of another form"))
    }

    fn take_back(
        &self,
        windows: &[Window],
        at: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let at = u64::try_from(at.timestamp_micros()).unwrap_or_default();
        let periods = windows.iter().map(Window::period_micros);
        let arguments = iter::once(at).chain(periods).collect();
        self.invoke(|link| &link.take_back, windows, arguments)
            .map(drop)
    }
}

fn verdict(answer: &[i64]) -> Option<Verdict> {
    let [admitted, at, usages @ ..] = answer else {
        return None;
    };
    let usages = usages.chunks_exact(2).map(|usage| {
        Some(Usage {
            used: usage[0].try_into().ok()?,
            reset: Duration::from_micros(usage[1].try_into().ok()?),
        })
    });
    let at = DateTime::from_timestamp_micros(*at)?;
    Some(Verdict::new(
        *admitted == 1,
        at,
        usages.collect::<Option<_>>()?,
    ))
}

impl Link {
    fn connection(&self) -> Option<MultiplexedConnection> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Connected(connection) => Some(connection.clone()),
            State::Away => None,
        }
    }

    fn set(&self, state: State) -> State {
        let mut place = self.state.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut place, state)
    }

    /// A connection to a Redis that answers.
    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        let pooled = self.pool.get().await.map_err(StoreError::new)?;
        let mut connection = MultiplexedConnection::clone(&pooled);
        let ping = redis::cmd("PING");
        let answered = ping.query_async::<String>(&mut connection).await;
        answered.map_err(StoreError::new)?;
        Ok(connection)
    }

    /// An error of Redis itself, such as one about memory, says nothing against the connection.
    fn failed(self: &Arc<Self>, error: RedisError) -> StoreError {
        if error.is_unrecoverable_error() || error.is_io_error() || error.is_timeout() {
            self.reconnect();
        }
        StoreError::new(error)
    }

    /// Gives the connection up, if nobody has done so yet.
    fn reconnect(self: &Arc<Self>) {
        if let State::Connected(_) = self.set(State::Away) {
            self.reach();
        }
    }

    /// Tries for a connection until there is one or the store is gone.
    fn reach(self: &Arc<Self>) {
        let link = self.clone();
        tokio::spawn(async move {
            loop {
                if let Ok(connection) = link.connect().await {
                    link.set(State::Connected(connection));
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        // Waiting for it would panic where the last owner is a worker of the server.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
