use std::sync::Arc;

use restwell_core::ManualClock;

/// A clock that shows `time`, such as `2026-01-15T10:30:00Z`, until it is told to move.
///
/// # Panics
/// When `time` is none.
pub fn clock_at(time: &str) -> Arc<ManualClock> {
    match time.parse() {
        Ok(time) => Arc::new(ManualClock::at(time)),
        Err(error) => panic!("{time:?} is no time: {error}"),
    }
}
