//! `Recent`: what the last calls of an operation took, as many as fit, so that those who watch see how it is and not how it was.

use std::collections::VecDeque;
use std::time::Duration;

use super::figures::RecentFigures;

/// How many calls are remembered; of fewer, a ninety-fifth percentile would be the slowest of a handful.
const MOST: usize = 128;

/// What the last calls took, in microseconds.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<u32>);

impl Recent {
    /// Begins with the first call.
    pub(super) fn of(took: Duration) -> Self {
        let mut recent = Self::default();
        recent.push(took);
        recent
    }

    /// Remembers a call, and forgets the oldest if there are too many.
    pub(super) fn push(&mut self, took: Duration) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// How many there are, and what half and nineteen in twenty of them took at most.
    pub(super) fn figures(&self) -> RecentFigures {
        let mut sorted: Vec<_> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        let within = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            Duration::from_micros(sorted.get(rank).copied().unwrap_or_default().into())
        };
        RecentFigures { calls: sorted.len(), median: within(50), p95: within(95) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(milliseconds: impl IntoIterator<Item = u64>) -> RecentFigures {
        let mut recent = Recent::default();
        for took in milliseconds {
            recent.push(Duration::from_millis(took));
        }
        recent.figures()
    }

    #[test]
    fn half_and_nineteen_in_twenty_are_told_of_whatever_number_there_is() {
        let milliseconds = Duration::from_millis;
        assert_eq!(of([]), RecentFigures { calls: 0, median: Duration::ZERO, p95: Duration::ZERO });
        assert_eq!(of([7]), RecentFigures { calls: 1, median: milliseconds(7), p95: milliseconds(7) });
        let of_many = of((1..=100).rev());
        assert_eq!((of_many.median, of_many.p95), (milliseconds(50), milliseconds(95)));
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let slow_then_quick = std::iter::repeat_n(9_000, MOST).chain(std::iter::repeat_n(1, MOST));
        let told = of(slow_then_quick);
        assert_eq!((told.calls, told.p95), (MOST, Duration::from_millis(1)));
    }
}
