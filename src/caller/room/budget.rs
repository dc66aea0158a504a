//! `Budget`: how many calls may be made beyond those that are needed (Finagle's retry budget).
//!
//! Own code: tower's budget lets its reserve through anew every few seconds, so that quiet hours have no bound.

use std::sync::atomic::{AtomicU32, Ordering};

/// One more call costs what so many first calls bring: with what is saved up, at most a fifth more from 300 first calls on.
const PRICE: u32 = 6;

/// The most that is saved up, in first calls: ten more at once.
const MOST: u32 = 10 * PRICE;

/// What is left for asking once more.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(MOST))
    }
}

impl Budget {
    /// Counts a first call.
    pub(super) fn deposit(&self) {
        // Mostly it is full, and then nothing is written that another thread would have to read anew.
        if self.0.load(Ordering::Relaxed) < MOST {
            let more = |saved: u32| (saved < MOST).then_some(saved + 1);
            let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }

    /// Takes what one more call costs, if it is there.
    pub(super) fn withdraw(&self) -> bool {
        let less = |saved: u32| saved.checked_sub(PRICE);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sixth_more_in_the_long_run_and_ten_more_at_once() {
        let budget = Budget::default();
        let mut more = 0_u32;
        for _ in 0..1_000 {
            budget.deposit();
            while budget.withdraw() {
                more += 1;
            }
        }
        assert_eq!(more, 10 + (1_000 - 1) / PRICE, "the first deposit found it full");
        for _ in 0..1_000 {
            budget.deposit();
        }
        assert_eq!(std::iter::from_fn(|| budget.withdraw().then_some(())).count(), 10);
    }
}
