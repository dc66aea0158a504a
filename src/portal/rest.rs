//! `Rest`: the keys of an object that the contract does not name, with their values.

use std::fmt;

use serde_json::Value;

use super::scalar::Text;

/// Keys the contract does not name, kept as they came so that a write can send them back; in the order of the keys. A
/// list, because a row has two or none, and a map of two takes six times the room; a fixed one, because every record has it.
#[derive(Clone, Default, PartialEq)]
pub struct Rest(Box<[(Text, Value)]>);

impl fmt::Debug for Rest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds what a customer's portal says of people.
        formatter.write_str("Rest { .. }")
    }
}

impl Rest {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, or gives it another value.
    pub fn insert(&mut self, key: impl Into<Text>, value: Value) {
        let key = key.into();
        match self.find(&key) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => {
                let mut entries = std::mem::take(&mut self.0).into_vec();
                entries.insert(place, (key, value));
                self.0 = entries.into();
            }
        }
    }

    /// A key's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(key).ok().map(|place| &self.0[place].1)
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// Each key with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(key))
    }
}

impl<K: Into<Text>> FromIterator<(K, Value)> for Rest {
    /// Of a key that comes twice, the last value stays.
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        // Sorted once: keys put in their places one by one would take time with the square of their number.
        entries.sort_by(|(left, _), (right, _): &(Text, Value)| left.cmp(right));
        entries.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        Self(entries.into())
    }
}

impl<K: Into<Text>, const N: usize> From<[(K, Value); N]> for Rest {
    fn from(entries: [(K, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}
