use std::thread;
use std::time::Duration;

use restwell_core::{Error, Result, State};
use uuid::Uuid;

use super::Context;
use crate::constraint::Passing;

/// How often a transaction is tried, and how often one that waits for a lock.
const TRIES: u32 = 3;
const TRIES_FOR_A_LOCK: u32 = 5;

/// A try that is not the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retrial {
    /// Why the one before it was undone.
    passing: Passing,
    /// Whether others have been tried that were no better.
    is_late: bool,
}

/// Where a try starts from.
struct Start {
    locals: State,
    effects: usize,
    commits: u64,
    statements: u64,
}

impl Context {
    /// Does `work`, whose writes are all in one transaction, and does it again when that was undone
    /// because another transaction was in the way (a serialization failure, a deadlock, a locked
    /// SQLite file) or because the connection was lost before the commit: three tries in all, with
    /// a pause of random length between them, in which others have the connection. Who waited for a
    /// lock in vain has five.
    ///
    /// Every try starts from the same state: what the one before it kept for the request, read,
    /// counted and left for after the commit is forgotten. A transaction that may have been
    /// committed is never run again. Inside a transaction `work` is done once, since it is for the
    /// outermost to begin again.
    ///
    /// # Errors
    /// What `work` returns; 503 after the last try.
    pub fn retrying<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T>) -> Result<T> {
        if self.in_transaction() {
            return work(self);
        }
        let start = self.start();
        let outcome = self.tried(&start, work);
        self.retrial = None;
        outcome
    }

    fn tried<T>(
        &mut self,
        start: &Start,
        mut work: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 1;
        loop {
            let error = match work(self) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let passing = Passing::of(&error).filter(|_| self.commits() == start.commits);
            let Some(passing) = passing else {
                return Err(error);
            };
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(request_id = %self.request.id, tries, cause, "a transaction was undone");
            if passing == Passing::Lost {
                self.drop_session();
            }
            let most = match passing {
                Passing::Locked => TRIES_FOR_A_LOCK,
                Passing::Contention | Passing::Lost => TRIES,
            };
            if tries >= most {
                return Err(unavailable(error));
            }
            self.back_to(start);
            self.release();
            thread::sleep(pause(tries));
            tries += 1;
            let is_late = tries >= TRIES;
            self.retrial = Some(Retrial { passing, is_late });
        }
    }

    /// Whether to give `rows` rows values that nobody else can be about to take, be they less fine: a
    /// single row when one has been waited for, many when two tries were in vain.
    pub(crate) fn evades_others(&self, rows: usize) -> bool {
        self.retrial.is_some_and(|retrial| {
            retrial.is_late || (rows == 1 && retrial.passing == Passing::Locked)
        })
    }

    /// Whether a failure undid the whole transaction, so that only the outermost can go on from it,
    /// by [`retrying`](Self::retrying).
    pub fn is_undone_by(error: &Error) -> bool {
        Passing::of(error).is_some()
    }

    fn start(&self) -> Start {
        Start {
            locals: self.locals.clone(),
            effects: self.effects(),
            commits: self.commits(),
            statements: self.statements(),
        }
    }

    fn back_to(&mut self, start: &Start) {
        self.locals = start.locals.clone();
        self.rows.clear();
        self.truncate_effects(start.effects);
        self.count_from(start.statements);
    }
}

/// The answer of one that has been tried often enough, whatever it was for a single try.
fn unavailable(error: Error) -> Error {
    if error.status() == 503 {
        return error;
    }
    Error::unavailable().with_source(error)
}

/// From 10 ms up to 50, 90, … ms: those that were in each other's way come back at different times.
fn pause(tries: u32) -> Duration {
    const SHORTEST: u64 = 10;
    let spread = 40 * u64::from(tries);
    let (random, _) = Uuid::new_v4().as_u64_pair();
    Duration::from_millis(SHORTEST + random % (spread + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_bounded_and_differ() {
        let pauses: Vec<Duration> = (0..100).map(|_| pause(1)).collect();
        assert!(
            pauses
                .iter()
                .all(|pause| (10..=50).contains(&pause.as_millis()))
        );
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
}
