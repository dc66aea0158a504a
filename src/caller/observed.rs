//! What calls have been seen to take, by operation, so that a plan can tell a slow way from a quick one.
//!
//! One user's calls weigh in on another's plans. Nothing but that passes: the table holds two averages an operation, no
//! key, record or name, and a plan decides by which calls the same answer is made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::session::System;

/// What one call of an operation takes, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// How long its answer takes, in microseconds.
    pub microseconds: u64,
    /// How long its answer is.
    pub bytes: u64,
}

/// A new value counts for an eighth: a single slow answer changes no plan, a slow minute does.
const WEIGHT: u64 = 8;

impl Observed {
    /// Taken for a call about one record, or one record's relations, until one has been seen: quick, so that a way nobody
    /// has gone yet is not left for that alone.
    pub const RECORD: Self = Self { microseconds: 5_000, bytes: 4_000 };
    /// Taken for a call that reads a whole list until one has been seen: a list of unknown length may be a long one.
    pub const LIST: Self = Self { microseconds: 500_000, bytes: 4_000_000 };

    fn then(self, next: Self) -> Self {
        let blend = |old: u64, new: u64| {
            let sum = u128::from(old) * u128::from(WEIGHT - 1) + u128::from(new);
            u64::try_from(sum / u128::from(WEIGHT)).unwrap_or(u64::MAX)
        };
        Self {
            microseconds: blend(self.microseconds, next.microseconds),
            bytes: blend(self.bytes, next.bytes),
        }
    }
}

/// The averages; there is one entry an operation of an upstream, which are constants of the program.
#[derive(Clone, Default)]
pub struct Observations(Arc<Mutex<HashMap<(System, &'static str), Observed>>>);

impl Observations {
    /// Counts a call that was answered.
    pub fn note(&self, operation: (System, &'static str), took: Duration, bytes: usize) {
        let new = Observed {
            microseconds: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            bytes: bytes as u64,
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(operation).and_modify(|old| *old = old.then(new)).or_insert(new);
    }

    /// What a call of the operation takes; `prior` if none was seen yet.
    #[must_use]
    pub fn of(&self, operation: (System, &'static str), prior: Observed) -> Observed {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&operation).copied().unwrap_or(prior)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_replaces_the_prior_and_later_ones_move_it_slowly() {
        let (seen, operation) = (Observations::default(), (System::Portal, "a"));
        assert_eq!(seen.of(operation, Observed::LIST), Observed::LIST);
        seen.note(operation, Duration::from_millis(8), 800);
        assert_eq!(seen.of(operation, Observed::LIST), Observed { microseconds: 8_000, bytes: 800 });
        seen.note(operation, Duration::from_millis(88), 0);
        assert_eq!(seen.of(operation, Observed::LIST), Observed { microseconds: 18_000, bytes: 700 });
        assert_eq!(seen.of((System::Icws, "a"), Observed::RECORD), Observed::RECORD, "of another upstream");
    }
}
