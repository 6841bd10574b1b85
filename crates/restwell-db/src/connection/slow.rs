//! The log of slow statements.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a statement that was logged stays out of the log.
const SILENCE: Duration = Duration::from_secs(60);

/// How many statements are told apart. Clients choose filters, and so texts.
const MOST: usize = 1_000;

static LOGGED: Mutex<Logged> = Mutex::new(Logged(BTreeMap::new()));

/// Logs a slow statement: once a minute, with how often it was slow since the line before, and
/// without its bind values, which may be personal data.
pub(super) fn log(query: &str, elapsed: Duration) {
    let statement = query.split(" -- binds:").next().unwrap_or_default();
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(times) = logged.note(statement, Instant::now()) else {
        return;
    };
    drop(logged);
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    tracing::warn!(
        statement = shortened(statement),
        millis,
        times,
        "slow query"
    );
}

fn shortened(statement: &str) -> &str {
    const LONGEST: usize = 1_000;
    let end = statement.char_indices().nth(LONGEST);
    end.map_or(statement, |(end, _)| &statement[..end])
}

/// When statements were logged, and how often they were slow since, by their hashes.
struct Logged(BTreeMap<u64, (Instant, u64)>);

impl Logged {
    /// How often the statement was slow since it was last logged, this time included, if it is to
    /// be logged now. Statements that are too many to be told apart are taken for one.
    fn note(&mut self, statement: &str, now: Instant) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        statement.hash(&mut hasher);
        let mut key = hasher.finish();
        if !self.0.contains_key(&key) && self.0.len() >= MOST {
            self.0
                .retain(|_, (at, _)| now.duration_since(*at) < SILENCE);
            if self.0.len() >= MOST {
                key = 0;
            }
        }
        let Some((at, silent)) = self.0.get_mut(&key) else {
            self.0.insert(key, (now, 0));
            return Some(1);
        };
        *silent += 1;
        if now.duration_since(*at) < SILENCE {
            return None;
        }
        *at = now;
        Some(std::mem::take(silent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_logged_once_a_minute_with_its_number() {
        let (mut logged, start) = (Logged(BTreeMap::new()), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(logged.note("SELECT 1", start), Some(1));
        assert_eq!(logged.note("SELECT 2", start), Some(1));
        for seconds in 1..60 {
            assert_eq!(logged.note("SELECT 1", after(seconds)), None);
        }
        assert_eq!(logged.note("SELECT 1", after(60)), Some(60));
        assert_eq!(logged.note("SELECT 1", after(119)), None);
        assert_eq!(logged.note("SELECT 2", after(119)), Some(1));
    }

    #[test]
    fn any_number_of_statements_takes_bounded_room_and_lines() {
        let (mut logged, now) = (Logged(BTreeMap::new()), Instant::now());
        let texts = (0..10 * MOST).map(|n| format!("SELECT {n}"));
        let lines = texts
            .filter(|text| logged.note(text, now).is_some())
            .count();
        assert_eq!((lines, logged.0.len()), (MOST + 1, MOST + 1));
    }
}
