//! What happens while the store is away.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::StoreError;

/// What happens to requests while the store is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Away {
    /// They are answered, and not counted.
    #[default]
    Open,
    /// They are refused with 503.
    Closed,
}

/// Tells the log that the store is away, once in an interval, and that it is back.
#[derive(Debug)]
pub(crate) struct Alarm {
    interval: Duration,
    /// Requests since the store went away; zero while it is there.
    uncounted: AtomicU64,
    told: Mutex<Option<Instant>>,
}

impl Alarm {
    pub(crate) fn new(interval: Duration) -> Self {
        Self {
            interval,
            uncounted: AtomicU64::new(0),
            told: Mutex::new(None),
        }
    }

    pub(crate) fn raise(&self, error: &StoreError, away: Away) {
        let uncounted = self.uncounted.fetch_add(1, Ordering::Relaxed) + 1;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|at| at.elapsed() < self.interval) {
            return;
        }
        *told = Some(Instant::now());
        let cause = StdError::source(error).map(ToString::to_string);
        tracing::error!(
            cause,
            uncounted,
            policy = ?away,
            "the store of the throttles is away"
        );
    }

    pub(crate) fn clear(&self) {
        if self.uncounted.load(Ordering::Relaxed) == 0 {
            return;
        }
        let uncounted = self.uncounted.swap(0, Ordering::Relaxed);
        if uncounted > 0 {
            tracing::info!(uncounted, "the store of the throttles is back");
        }
    }
}
