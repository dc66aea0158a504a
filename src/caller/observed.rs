//! What calls have been seen to take, by operation, so that a plan can tell a slow way from a quick one.
//!
//! One user's calls weigh in on another's plans. Nothing but that passes: the table holds averages and times by operation, no
//! key, record or name, and a plan decides by which calls the same answer is made. What an operation takes while there is
//! little to do is kept apart: by that the room for calls finds out that an upstream has grown slow.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use foldhash::HashMap;

use super::figures::OperationFigures;
use super::recent::Recent;
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
        Self {
            microseconds: blend(self.microseconds, next.microseconds),
            bytes: blend(self.bytes, next.bytes),
        }
    }
}

fn blend(old: u64, new: u64) -> u64 {
    let sum = u128::from(old) * u128::from(WEIGHT - 1) + u128::from(new);
    u64::try_from(sum / u128::from(WEIGHT)).unwrap_or(u64::MAX)
}

/// What is known of an operation.
#[derive(Debug)]
struct Known {
    observed: Observed,
    /// What it takes while there is little to do, in microseconds.
    usual: u64,
    /// What the last calls took, for those who watch.
    recent: Recent,
}

/// The averages; there is one entry an operation of an upstream, which are constants of the program.
#[derive(Clone, Default)]
pub struct Observations(Arc<Mutex<HashMap<(System, &'static str), Known>>>);

impl Observations {
    /// Counts a call that was answered; answers what such a call takes while there is little to do, which this one shows
    /// if it `is_quiet`.
    pub fn note(
        &self,
        operation: (System, &'static str),
        (took, is_quiet): (Duration, bool),
        bytes: usize,
    ) -> Duration {
        let new = Observed {
            microseconds: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            bytes: bytes as u64,
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |old: &mut Known| {
            old.recent.push(took);
            old.observed = old.observed.then(new);
            if is_quiet {
                old.usual = blend(old.usual, new.microseconds);
            }
        };
        let known = known.entry(operation).and_modify(seen);
        let first = || Known { observed: new, usual: new.microseconds, recent: Recent::of(took) };
        Duration::from_micros(known.or_insert_with(first).usual)
    }

    /// What a call of the operation takes while there is little to do, if one was seen.
    pub fn usual(&self, operation: (System, &'static str)) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&operation).map(|known| Duration::from_micros(known.usual))
    }

    /// What a call of the operation takes; `prior` if none was seen yet.
    #[must_use]
    pub fn of(&self, operation: (System, &'static str), prior: Observed) -> Observed {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&operation).map_or(prior, |known| known.observed)
    }

    /// What there is to tell of each operation that was answered.
    pub(super) fn figures(&self) -> Vec<OperationFigures> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = known.iter().map(|((_, operation), known)| OperationFigures {
            operation,
            bytes: known.observed.bytes,
            recent: known.recent.figures(),
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_replaces_the_prior_and_later_ones_move_it_slowly() {
        let (seen, operation) = (Observations::default(), (System::Portal, "a"));
        assert_eq!(seen.of(operation, Observed::LIST), Observed::LIST);
        let quiet = |milliseconds| (Duration::from_millis(milliseconds), true);
        assert_eq!(seen.note(operation, quiet(8), 800), Duration::from_millis(8));
        assert_eq!(seen.of(operation, Observed::LIST), Observed { microseconds: 8_000, bytes: 800 });
        assert_eq!(seen.note(operation, quiet(88), 0), Duration::from_millis(18));
        assert_eq!(seen.of(operation, Observed::LIST), Observed { microseconds: 18_000, bytes: 700 });
        assert_eq!(seen.of((System::Icws, "a"), Observed::RECORD), Observed::RECORD, "of another upstream");
    }

    #[test]
    fn what_calls_take_in_a_crowd_is_not_what_they_take_by_themselves() {
        let (seen, operation) = (Observations::default(), (System::Portal, "a"));
        for (milliseconds, is_quiet, usual) in
            [(10, false, 10), (90, false, 10), (90, true, 20), (2, false, 20)]
        {
            let usual = Duration::from_millis(usual);
            assert_eq!(seen.note(operation, (Duration::from_millis(milliseconds), is_quiet), 0), usual);
        }
    }
}
