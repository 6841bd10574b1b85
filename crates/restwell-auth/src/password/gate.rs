use std::num::NonZero;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::available_parallelism;

/// Lets as many in at a time as there are processors; the others wait.
///
/// A hash needs megabytes of memory as well as time. Without a limit, a crowd of logins would
/// occupy gigabytes, and be done no earlier.
#[derive(Debug)]
pub(super) struct Gate {
    free: Mutex<usize>,
    left: Condvar,
}

/// A place, until it is dropped.
#[must_use]
pub(super) struct Place<'a>(&'a Gate);

impl Gate {
    /// A gate with `places`.
    pub(super) fn new(places: NonZero<usize>) -> Self {
        Self {
            free: Mutex::new(places.get()),
            left: Condvar::new(),
        }
    }

    /// Waits for a place. It returns what must be kept while it is occupied.
    pub(super) fn enter(&self) -> Place<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .left
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place(self)
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(available_parallelism().unwrap_or(NonZero::<usize>::MIN))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free += 1;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_crowd_enters_in_turn() {
        let gate = Gate::new(NonZero::new(3).expect("not zero"));
        let (inside, most, entered) = <(AtomicUsize, AtomicUsize, AtomicUsize)>::default();
        std::thread::scope(|scope| {
            for _ in 0..24 {
                scope.spawn(|| {
                    let _place = gate.enter();
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    entered.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(2));
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 3);
        assert_eq!(entered.into_inner(), 24);
    }

    #[test]
    fn who_panics_inside_leaves() {
        let gate = Gate::new(NonZero::<usize>::MIN);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _place = gate.enter();
            panic!("inside");
        }));
        assert!(outcome.is_err());
        drop(gate.enter());
    }
}
