//! `Limit`: how many calls are under way at once, more while all is well and fewer while calls are slow or fail (AIMD).
//!
//! Calls are slow if they take what the same operation takes while there is little to do, twice and a tenth of a second
//! more: operations differ by orders of magnitude, and one may wait a while for a thread of the gateway's own. One call
//! decides nothing; what counts is a window of as many calls as are under way at once.

use std::time::Duration;

/// So many may always be under way; with no more than these, calls are taken not to be in each other's way.
pub(super) const LEAST: usize = 4;

/// How many calls a window has at least.
const WINDOW: usize = 10;

/// What a call may take beyond twice the usual.
const TOLERANCE: Duration = Duration::from_millis(100);

/// One failure of so many calls is too many.
const TOO_MANY: usize = 5;

/// The number of calls that may be under way at once.
#[derive(Debug)]
pub(super) struct Limit {
    /// In eighths of a call.
    eighths: usize,
    most: usize,
    is_adaptive: bool,
    window: Window,
    /// About how long a call takes, for those who ask when there will be room.
    mean: Duration,
}

#[derive(Debug, Default)]
struct Window {
    answers: u32,
    failures: u32,
    took: Duration,
    usual: Duration,
}

fn is_slow(took: Duration, usual: Duration, calls: u32) -> bool {
    took > 2 * usual + calls * TOLERANCE
}

impl Limit {
    pub(super) fn new(most: usize, is_adaptive: bool) -> Self {
        Self { eighths: 8 * most, most, is_adaptive, window: Window::default(), mean: Duration::ZERO }
    }

    /// How many calls may be under way.
    pub(super) fn room(&self) -> usize {
        self.eighths / 8
    }

    /// About how long until so many calls have been let in.
    pub(super) fn wait_for(&self, calls: usize) -> Duration {
        let rounds = u32::try_from(calls.div_ceil(self.room().max(1))).unwrap_or(u32::MAX);
        self.mean.saturating_mul(rounds)
    }

    /// Counts an answer; `is_tight` says whether others had to wait because of this limit, or would have had to.
    pub(super) fn answered(&mut self, took: Duration, usual: Duration, is_tight: bool) {
        self.mean = if self.mean.is_zero() { took } else { (7 * self.mean + took) / 8 };
        if !self.is_adaptive {
            return;
        }
        self.window.answers += 1;
        self.window.took += took;
        self.window.usual += usual;
        if is_tight && !is_slow(took, usual, 1) {
            self.eighths = (self.eighths + 1).min(8 * self.most);
        }
        self.look();
    }

    /// Counts a call that timed out, was turned away, or met a server that failed.
    pub(super) fn failed(&mut self) {
        if self.is_adaptive {
            self.window.failures += 1;
            self.look();
        }
    }

    fn look(&mut self) {
        let Window { answers, failures, took, usual } = self.window;
        let calls = (answers + failures) as usize;
        if calls < self.room().max(WINDOW) {
            return;
        }
        self.window = Window::default();
        if failures as usize * TOO_MANY >= calls || is_slow(took, usual, answers) {
            self.eighths = (self.eighths / 4 * 3).max(8 * LEAST.min(self.most));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Duration = Duration::from_millis(20);

    fn windows(limit: &mut Limit, windows: usize, took: Duration) {
        for _ in 0..windows * 64 {
            limit.answered(took, USUAL, true);
        }
    }

    #[test]
    fn what_takes_as_long_as_ever_changes_nothing() {
        let mut limit = Limit::new(64, true);
        windows(&mut limit, 20, USUAL);
        windows(&mut limit, 20, Duration::from_millis(139));
        assert_eq!(limit.room(), 64);
    }

    #[test]
    fn slow_calls_lower_it_to_four_and_quick_ones_raise_it_again() {
        let mut limit = Limit::new(64, true);
        for _ in 0..64 {
            limit.answered(Duration::from_secs(1), USUAL, true);
        }
        assert_eq!(limit.room(), 48, "once a window");
        windows(&mut limit, 20, Duration::from_secs(1));
        assert_eq!(limit.room(), LEAST);
        for _ in 0..8 {
            limit.answered(USUAL, USUAL, false);
        }
        assert_eq!(limit.room(), LEAST, "it grows only while it is what calls wait for");
        for _ in 0..8 {
            limit.answered(USUAL, USUAL, true);
        }
        assert_eq!(limit.room(), LEAST + 1);
        windows(&mut limit, 20, USUAL);
        assert_eq!(limit.room(), 64);
    }

    #[test]
    fn some_failures_lower_it_and_single_ones_do_not() {
        for (every, expected) in [(6, 64), (5, LEAST)] {
            let mut limit = Limit::new(64, true);
            for number in 0..1_000 {
                if number % every == 0 {
                    limit.failed();
                } else {
                    limit.answered(USUAL, USUAL, false);
                }
            }
            assert_eq!(limit.room(), expected, "one of {every} fails");
        }
    }

    #[test]
    fn a_fixed_limit_stays_and_a_small_one_is_not_raised() {
        let mut limit = Limit::new(64, false);
        windows(&mut limit, 20, Duration::from_secs(1));
        limit.failed();
        assert_eq!(limit.room(), 64);
        let mut limit = Limit::new(2, true);
        for _ in 0..100 {
            limit.failed();
        }
        assert_eq!(limit.room(), 2);
    }

    #[test]
    fn the_time_to_wait_is_that_of_the_calls_before() {
        let mut limit = Limit::new(4, true);
        assert_eq!(limit.wait_for(100), Duration::ZERO, "nobody knows yet");
        limit.answered(Duration::from_secs(1), Duration::from_secs(1), false);
        assert_eq!(limit.wait_for(9), Duration::from_secs(3));
    }
}
