//! Counting the requests that could not be served, for a log that an outage does not fill.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};

/// How many requests were answered with 503 since that was last said.
#[derive(Debug)]
pub(crate) struct Outage {
    silent_until: AtomicI64,
    requests: AtomicU64,
}

impl Default for Outage {
    fn default() -> Self {
        Self {
            silent_until: AtomicI64::new(i64::MIN),
            requests: AtomicU64::new(0),
        }
    }
}

impl Outage {
    /// Counts a request, and returns the count when it is time to say it: once in a second.
    pub(crate) fn note(&self, now: DateTime<Utc>) -> Option<u64> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let second = now.timestamp();
        let silent_until = self.silent_until.load(Ordering::Relaxed);
        let is_time = second >= silent_until
            && self
                .silent_until
                .compare_exchange(
                    silent_until,
                    second + 1,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok();
        is_time.then(|| self.requests.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_in_a_second() {
        let outage = Outage::default();
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).expect("a time");
        assert_eq!(outage.note(at(10)), Some(1));
        assert_eq!([outage.note(at(10)), outage.note(at(10))], [None, None]);
        assert_eq!(outage.note(at(11)), Some(3));
        assert_eq!(outage.note(at(11)), None);
    }
}
