//! Counts in the memory of the process.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::log::Log;
use super::{Store, StoreError, Verdict, Window};

const SHARDS: usize = 64;

/// Counts in the memory of the process: several processes have a limit each.
///
/// It keeps a bounded number of keys. Those whose requests have all left the window are forgotten
/// first; beyond the capacity, those that were not asked for the longest.
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    hashers: [RandomState; 2],
}

/// Two generations of keys: what is asked for moves into the young one, and when that is full or
/// has outlived every window, it becomes the old one, which is forgotten whole.
struct Shard {
    young: Logs,
    old: Logs,
    generation: usize,
    turned: u64,
    longest_period: u64,
}

/// Keys are hashed with two secrets to 128 bits: no client can make two of them meet.
type Logs = HashMap<u128, Log, BuildHasherDefault<KeyHasher>>;

/// Takes a key, which is a hash already, for its own hash.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl MemoryStore {
    /// A store of 100,000 keys, which take some 15 MB when the limits are small.
    pub fn new() -> Self {
        Self::with_capacity(100_000)
    }

    /// A store of as many keys, but of 2,048 at least.
    pub fn with_capacity(keys: usize) -> Self {
        let generation = (keys / SHARDS / 2).max(16);
        let shard = || {
            Mutex::new(Shard {
                young: Logs::default(),
                old: Logs::default(),
                generation,
                turned: 0,
                longest_period: 0,
            })
        };
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hashers: Default::default(),
        }
    }

    /// How many keys it keeps.
    pub fn len(&self) -> usize {
        let length = |shard: &Mutex<Shard>| {
            let shard = locked(shard);
            shard.young.len() + shard.old.len()
        };
        self.shards.iter().map(length).sum()
    }

    /// Whether it keeps no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn hash(&self, key: &str) -> u128 {
        let [high, low] = &self.hashers;
        u128::from(high.hash_one(key)) << 64 | u128::from(low.hash_one(key))
    }
}

/// Nothing panics while a shard is locked, and a count that is one short would do no harm.
fn locked(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn micros(moment: DateTime<Utc>) -> u64 {
    u64::try_from(moment.timestamp_micros()).unwrap_or_default()
}

fn shard_of(key: u128) -> usize {
    (key >> 64) as usize % SHARDS
}

impl Shard {
    /// The log of a key, if there is one.
    fn find(&mut self, key: u128) -> Option<&mut Log> {
        if let Some(log) = self.old.remove(&key) {
            self.young.insert(key, log);
        }
        self.young.get_mut(&key)
    }

    fn find_or_begin(&mut self, key: u128) -> &mut Log {
        let log = self.old.remove(&key);
        self.young
            .entry(key)
            .or_insert_with(|| log.unwrap_or_default())
    }

    /// Forgets the old generation when it has outlived every window, or when the young one is full.
    fn turn(&mut self, period: u64, now: u64) {
        self.longest_period = self.longest_period.max(period);
        let outlived = now.abs_diff(self.turned) > self.longest_period;
        if outlived || self.young.len() >= self.generation {
            self.old = std::mem::take(&mut self.young);
            self.turned = now;
        }
    }
}

impl Store for MemoryStore {
    fn charge(&self, windows: &[Window], now: DateTime<Utc>) -> Result<Verdict, StoreError> {
        let (at, now) = (now, micros(now));
        let keys: Vec<u128> = windows
            .iter()
            .map(|window| self.hash(&window.key))
            .collect();
        let mut places: Vec<usize> = keys.iter().map(|key| shard_of(*key)).collect();
        // All are locked in one order, so that no two requests wait for each other.
        places.sort_unstable();
        places.dedup();
        let mut shards: Vec<_> = places.iter().map(|at| locked(&self.shards[*at])).collect();
        let place = |key: u128| places.binary_search(&shard_of(key)).unwrap_or_default();

        let mut admitted = true;
        for (window, key) in windows.iter().zip(&keys) {
            let shard = &mut shards[place(*key)];
            shard.turn(window.period_micros(), now);
            if let Some(log) = shard.find(*key) {
                log.expire(window, now);
                admitted &= log.has_room(window);
            }
        }
        let usages = windows.iter().zip(&keys).map(|(window, key)| {
            let shard = &mut shards[place(*key)];
            if admitted {
                let log = shard.find_or_begin(*key);
                log.record(window, now);
                return log.usage(window, now);
            }
            let log = shard.find(*key);
            log.map_or_else(
                || Log::default().usage(window, now),
                |log| log.usage(window, now),
            )
        });
        Ok(Verdict::new(admitted, at, usages.collect()))
    }

    fn take_back(
        &self,
        windows: &[Window],
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for window in windows {
            let key = self.hash(&window.key);
            let mut shard = locked(&self.shards[shard_of(key)]);
            let is_over = micros(at).saturating_add(window.period_micros()) <= micros(now);
            if let Some(log) = shard.find(key).filter(|_| !is_over) {
                log.take_back(micros(at));
            }
        }
        Ok(())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
