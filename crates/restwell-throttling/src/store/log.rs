//! The requests in one window.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Usage, Window};

/// When requests were let in, in microseconds, oldest first, with their numbers.
#[derive(Debug, Default)]
pub(super) struct Log {
    moments: VecDeque<(u64, u32)>,
    used: u32,
}

impl Log {
    /// Forgets what has left the window. What lies in the future, because the clock has been set
    /// back, is taken for now: else it would stay until the clock is there again.
    pub(super) fn expire(&mut self, window: &Window, now: u64) {
        let period = window.period_micros();
        while let Some((moment, count)) = self.moments.front() {
            if moment.saturating_add(period) > now {
                break;
            }
            self.used -= count;
            self.moments.pop_front();
        }
        if self.moments.back().is_some_and(|(moment, _)| *moment > now) {
            for (moment, _) in &mut self.moments {
                *moment = now.min(*moment);
            }
        }
    }

    pub(super) fn has_room(&self, window: &Window) -> bool {
        self.used < window.limit
    }

    pub(super) fn record(&mut self, window: &Window, now: u64) {
        self.used += 1;
        let slot = window.slot_micros();
        match self.moments.back_mut() {
            Some((moment, count)) if slot > 0 && *moment / slot == now / slot => {
                *moment = now;
                *count += 1;
            }
            _ => self.moments.push_back((now, 1)),
        }
    }

    /// Takes a request back that was recorded at `at`. Those of its slot have moved on together, and
    /// a clock that was set back may have moved all back.
    pub(super) fn take_back(&mut self, at: u64) {
        let own = self.moments.iter().position(|(moment, _)| *moment >= at);
        let own = own.or(self.moments.len().checked_sub(1));
        let Some((index, (_, count))) =
            own.and_then(|index| Some((index, self.moments.get_mut(index)?)))
        else {
            return;
        };
        self.used -= 1;
        *count -= 1;
        if *count == 0 {
            self.moments.remove(index);
        }
    }

    pub(super) fn usage(&self, window: &Window, now: u64) -> Usage {
        // More than one must leave where the limit has been lowered.
        let mut leaving = (self.used + 1).saturating_sub(window.limit).max(1);
        let last = self.moments.iter().find(|(_, count)| {
            leaving = leaving.saturating_sub(*count);
            leaving == 0
        });
        let reset = last.map_or(0, |(moment, _)| {
            (moment + window.period_micros()).saturating_sub(now)
        });
        Usage {
            used: self.used,
            reset: Duration::from_micros(reset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000;

    fn charge(log: &mut Log, window: &Window, now: u64) -> bool {
        log.expire(window, now);
        let room = log.has_room(window);
        if room {
            log.record(window, now);
        }
        room
    }

    fn window(limit: u32, seconds: u64) -> Window {
        Window::new("key", limit, Duration::from_secs(seconds))
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_for_longer_than_the_period() {
        let (mut log, window) = (Log::default(), window(1, 60));
        assert!(charge(&mut log, &window, 9_000 * SECOND));
        assert!(!charge(&mut log, &window, 1_000 * SECOND));
        assert_eq!(log.usage(&window, 1_000 * SECOND).reset, window.period);
        assert!(charge(&mut log, &window, 1_060 * SECOND));
    }

    #[test]
    fn what_is_taken_back_leaves_room_as_if_it_had_never_been() {
        for limit in [3, 100] {
            let (mut log, window) = (Log::default(), window(limit, 60));
            for at in 1..=u64::from(limit) {
                assert!(charge(&mut log, &window, at * 100_000));
            }
            assert!(!charge(&mut log, &window, 10_000_000));
            log.take_back(200_000);
            assert!(charge(&mut log, &window, 10_000_000), "{limit}");
            assert!(!charge(&mut log, &window, 10_000_000), "{limit}");
            assert_eq!(log.usage(&window, 10_000_000).used, limit);
        }
    }

    #[test]
    fn a_limit_that_was_lowered_waits_until_there_is_room() {
        let (mut log, before) = (Log::default(), window(3, 60));
        for at in [0, 10, 20] {
            assert!(charge(&mut log, &before, at * SECOND));
        }
        let now = log.usage(&window(1, 60), 30 * SECOND);
        assert_eq!(now.reset, Duration::from_secs(50));
    }

    proptest! {
        /// In no window of the period are there more than the limit, few moments are kept, and
        /// whoever waits as long as is said gets in.
        #[test]
        fn a_window_never_has_more_than_its_limit(
            limit in 1u32..200,
            seconds in 1u64..100,
            steps in prop::collection::vec(0u64..2_000_000, 1..600),
        ) {
            let (mut log, window) = (Log::default(), window(limit, seconds));
            let (mut now, mut admitted) = (0, Vec::new());
            for step in steps {
                now += step;
                if charge(&mut log, &window, now) {
                    admitted.push(now);
                } else {
                    let reset = log.usage(&window, now).reset;
                    prop_assert!(reset > Duration::ZERO && reset <= window.period);
                    now += reset.as_micros() as u64;
                    prop_assert!(charge(&mut log, &window, now));
                    admitted.push(now);
                }
                prop_assert!(log.moments.len() <= 66);
            }
            for (index, at) in admitted.iter().enumerate() {
                let since = (at + 1).saturating_sub(window.period_micros());
                let within = admitted[..=index].iter().filter(|other| **other >= since).count();
                prop_assert!(within <= limit as usize);
            }
        }
    }
}
