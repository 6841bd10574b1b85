//! What is kept in memory of roles and grants, and for how long.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// A value and when it was read.
#[derive(Clone)]
struct Kept<T> {
    value: T,
    read_at: DateTime<Utc>,
}

impl<T> Kept<T> {
    /// Whether the value is young enough at `now`. A clock that was set back does not prolong it.
    fn is_fresh(&self, now: DateTime<Utc>, lifetime: TimeDelta) -> bool {
        (now - self.read_at).abs() < lifetime
    }
}

/// Values by key, each forgotten when told so and after a while.
///
/// Whoever finds no value reads one and [keeps](Self::keep) it under the generation that
/// [`get`](Self::get) told. What was forgotten in the meantime is not kept: it may have been read
/// before the change for which it was forgotten.
pub(super) struct Cache<K, V> {
    shards: Vec<Mutex<Shard<K, V>>>,
    hasher: RandomState,
    lifetime: TimeDelta,
}

struct Shard<K, V> {
    generation: u64,
    values: HashMap<K, Kept<V>>,
}

/// What a cache has.
pub(super) enum Found<V> {
    /// The value.
    Value(V),
    /// Nothing; what is read now belongs to this generation.
    Nothing(u64),
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    const SHARDS: usize = 16;
    /// How many values one shard keeps; all together some 16,000.
    const MOST: usize = 1_000;

    pub(super) fn new(lifetime: TimeDelta) -> Self {
        let shard = || {
            Mutex::new(Shard {
                generation: 0,
                values: HashMap::new(),
            })
        };
        Self {
            shards: std::iter::repeat_with(shard).take(Self::SHARDS).collect(),
            hasher: RandomState::new(),
            lifetime,
        }
    }

    pub(super) fn get(&self, key: &K, now: DateTime<Utc>) -> Found<V> {
        let shard = self.shard(key);
        match shard.values.get(key) {
            Some(kept) if kept.is_fresh(now, self.lifetime) => Found::Value(kept.value.clone()),
            _ => Found::Nothing(shard.generation),
        }
    }

    pub(super) fn keep(&self, key: K, value: V, generation: u64, now: DateTime<Utc>) {
        let mut shard = self.shard(&key);
        if shard.generation != generation {
            return;
        }
        if shard.values.len() >= Self::MOST {
            let lifetime = self.lifetime;
            shard.values.retain(|_, kept| kept.is_fresh(now, lifetime));
        }
        if shard.values.len() >= Self::MOST {
            shard.values.clear();
        }
        let read_at = now;
        shard.values.insert(key, Kept { value, read_at });
    }

    pub(super) fn forget(&self, key: &K) {
        let mut shard = self.shard(key);
        shard.generation += 1;
        shard.values.remove(key);
    }

    pub(super) fn forget_all(&self) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            shard.generation += 1;
            shard.values.clear();
        }
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K, V>> {
        let number = self.hasher.hash_one(key) % Self::SHARDS as u64;
        lock(&self.shards[number as usize])
    }
}

/// Every change leaves the map whole, so that a panic elsewhere does no harm to it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (Cache<u32, &'static str>, DateTime<Utc>) {
        let now = "2026-01-15T10:30:00Z".parse().expect("a time");
        (Cache::new(TimeDelta::seconds(30)), now)
    }

    fn missing(found: Found<&'static str>) -> u64 {
        match found {
            Found::Nothing(generation) => generation,
            Found::Value(value) => panic!("{value} is kept"),
        }
    }

    #[test]
    fn what_was_forgotten_while_it_was_read_is_not_kept() {
        let (cache, now) = cache();
        for forget in [|cache: &Cache<_, _>| cache.forget(&1), Cache::forget_all] {
            let generation = missing(cache.get(&1, now));
            forget(&cache);
            cache.keep(1, "stale", generation, now);
            missing(cache.get(&1, now));
        }
        let generation = missing(cache.get(&1, now));
        cache.keep(1, "fresh", generation, now);
        assert!(matches!(cache.get(&1, now), Found::Value("fresh")));
    }

    #[test]
    fn a_full_cache_makes_room() {
        let (cache, now) = cache();
        let most = u32::try_from(Cache::<u32, ()>::MOST * Cache::<u32, ()>::SHARDS).expect("few");
        for key in 0..2 * most {
            let generation = missing(cache.get(&key, now));
            cache.keep(key, "value", generation, now);
            assert!(matches!(cache.get(&key, now), Found::Value(_)));
        }
        let kept: usize = cache
            .shards
            .iter()
            .map(|shard| lock(shard).values.len())
            .sum();
        assert!(kept <= Cache::<u32, ()>::MOST * Cache::<u32, ()>::SHARDS);
    }
}
