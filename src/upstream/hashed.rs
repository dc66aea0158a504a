//! `Hashed`: a key that is looked for in several maps on its way, hashed once.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::ops::Deref;
use std::sync::LazyLock;

/// Seeded anew by each process: nobody can choose keys that meet in one place of a map.
static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A key with its hash. Whether two are the same is said by the keys alone.
#[derive(Debug)]
pub struct Hashed<T> {
    hash: u64,
    key: T,
}

impl<T: Hash> Hashed<T> {
    /// Hashes a key.
    #[must_use]
    pub fn new(key: T) -> Self {
        Self { hash: STATE.hash_one(&key), key }
    }
}

impl<T> Deref for Hashed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.key
    }
}

impl<T> Hash for Hashed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl<T: PartialEq> PartialEq for Hashed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.key == other.key
    }
}

impl<T: Eq> Eq for Hashed<T> {}

/// What maps hash with whose keys are one hash and nothing beside it.
#[derive(Clone, Copy, Default)]
pub struct AsCarried;

/// The hash of one key.
#[derive(Default)]
pub struct CarriedHash(u64);

impl BuildHasher for AsCarried {
    type Hasher = CarriedHash;

    fn build_hasher(&self) -> CarriedHash {
        CarriedHash::default()
    }
}

impl Hasher for CarriedHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Whatever else a key may hold, so that it is found all the same.
    fn write(&mut self, bytes: &[u8]) {
        self.0 = STATE.hash_one((self.0, bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_hash_alike_are_told_apart() {
        let (one, other) = (Hashed { hash: 7, key: "one" }, Hashed { hash: 7, key: "other" });
        assert_ne!(one, other);
        assert_eq!(Hashed::new("one"), Hashed::new("one"));
    }

    #[test]
    fn a_map_takes_the_hash_that_a_key_carries() {
        let key = Hashed::new("one");
        assert_eq!(AsCarried.hash_one(&key), key.hash);
        assert_ne!(AsCarried.hash_one("one"), AsCarried.hash_one("other"));
    }
}
