use std::sync::Barrier;
use std::thread;

/// Calls `f` with 0 to `n` - 1, each in a thread of its own, all released at the same moment, and
/// collects what they return, in that order.
///
/// ```
/// let squares = restwell_testing::race(3, |i| i * i);
/// assert_eq!(squares, [0, 1, 4]);
/// ```
///
/// # Panics
/// When one of the threads does.
pub fn race<T: Send>(n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (barrier, f) = (Barrier::new(n), &f);
    thread::scope(|scope| {
        let start = |i| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                f(i)
            })
        };
        let runners: Vec<_> = (0..n).map(start).collect();
        runners
            .into_iter()
            .map(|runner| {
                runner
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}
