//! Where the time comes from.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time. Everything in restwell that stamps, expires or throttles asks the context's
/// clock, so a test can stop it.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment, in UTC, with microsecond resolution (what both databases keep).
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        let now = Utc::now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }
}

/// A clock that stands still until it is told to move.
///
/// ```
/// use restwell_core::{Clock, ManualClock};
/// let clock = ManualClock::at("2026-01-15T10:30:00Z".parse().expect("a time"));
/// clock.advance(chrono::TimeDelta::seconds(5));
/// assert_eq!(clock.now().to_rfc3339(), "2026-01-15T10:30:05+00:00");
/// ```
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `time`.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self {
            micros: AtomicI64::new(time.timestamp_micros()),
        }
    }

    /// Moves the clock by `delta`, backwards when it is negative.
    pub fn advance(&self, delta: TimeDelta) {
        let micros = delta.num_microseconds().unwrap_or_default();
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::SeqCst)).unwrap_or_default()
    }
}
