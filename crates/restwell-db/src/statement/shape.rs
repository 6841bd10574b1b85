use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

/// How many texts may stay prepared on a connection.
const MOST: usize = 1_000;

/// The statement texts that were prepared so far, by hash.
///
/// Clients choose filters, orders and page kinds, so they choose statement texts; Diesel's cache
/// of prepared statements has no bound of its own.
static KNOWN: LazyLock<(RandomState, Mutex<HashSet<u64>>)> = LazyLock::new(Default::default);

/// Whether a statement with this text may be kept prepared.
pub(super) fn may_stay_prepared(text: &str) -> bool {
    let (hasher, known) = &*KNOWN;
    let hash = hasher.hash_one(text);
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.contains(&hash) || (known.len() < MOST && known.insert(hash))
}
