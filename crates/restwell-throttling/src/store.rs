//! Where requests are counted.

mod log;
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::{InvalidRedisUrl, RedisStore};

/// Counts requests.
///
/// The count of a key is that of a sliding window: at no moment have more than `limit` requests
/// been let in during the last `period`. A token bucket would be cheaper to keep, but lets in
/// nearly twice as many at its start, and how many of a burst it lets in depends on how long the
/// burst takes.
///
/// A window with a limit over 64 is cut into 64 slots whose requests leave it together, with the
/// last of them: a key costs 65 entries at most, whatever its limit, and a client waits a 64th of
/// the period too long at most.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Counts one request at `now` in every window, or in none when one of them is full. No other
    /// request comes between. A store with a clock of its own may prefer it.
    ///
    /// # Errors
    /// When the store is away.
    fn charge(&self, windows: &[Window], now: DateTime<Utc>) -> Result<Verdict, StoreError>;

    /// Takes a request back that was let in at the moment `at` of a verdict, out of every window
    /// that it has not left by `now`.
    ///
    /// # Errors
    /// When the store is away.
    fn take_back(
        &self,
        windows: &[Window],
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}

/// What is counted under a key. No two of a request have the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// Names rate and client.
    pub key: String,
    /// How many requests it may have.
    pub limit: u32,
    /// How long a request stays in it.
    pub period: Duration,
}

impl Window {
    /// A window of `limit` requests in `period`, counted under `key`.
    pub fn new(key: impl Into<String>, limit: u32, period: Duration) -> Self {
        Self {
            key: key.into(),
            limit,
            period,
        }
    }

    fn period_micros(&self) -> u64 {
        u64::try_from(self.period.as_micros()).unwrap_or(u64::MAX)
    }

    /// How many microseconds are kept as one moment; zero for none.
    fn slot_micros(&self) -> u64 {
        const SLOTS: u32 = 64;
        if self.limit > SLOTS {
            (self.period_micros() / u64::from(SLOTS)).max(1)
        } else {
            0
        }
    }
}

/// Whether a request was let in, and how the windows are now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether it was let in, and counted.
    pub admitted: bool,
    /// When, by the clock of the store.
    pub at: DateTime<Utc>,
    /// The windows, in their order.
    pub usages: Vec<Usage>,
}

impl Verdict {
    /// A verdict.
    pub fn new(admitted: bool, at: DateTime<Utc>, usages: Vec<Usage>) -> Self {
        Self {
            admitted,
            at,
            usages,
        }
    }
}

/// How a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How many requests are in it.
    pub used: u32,
    /// When there will be room for another one than there is now.
    pub reset: Duration,
}

/// A store is away.
#[derive(Debug)]
pub struct StoreError(Box<dyn StdError + Send + Sync>);

impl StoreError {
    /// A store is away because of `source`.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of the throttles is away")
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}
