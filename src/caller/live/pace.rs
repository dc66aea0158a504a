//! How long a poll rests: little while what it reads changes, ever longer while it does not or while the upstream has trouble.

use std::time::{Duration, Instant};

use crate::caller::room::up_to;
use crate::config;

/// A call may take one part in so many of the time: an upstream that answers slowly is asked less often.
const SHARE: u32 = 5;

/// Chance shortens a rest by one part in so many at most, so that polls do not all come at once.
const CHANCE: u32 = 5;

/// However often something is written, there is one poll in so long a time in the long run,
const BETWEEN_WRITES: Duration = Duration::from_millis(200);

/// and so many at once for who changes a few things one after the other.
const AT_ONCE: u32 = 5;

/// How long one poll rests.
#[derive(Debug)]
pub(super) struct Pace {
    least: Duration,
    most: Duration,
    current: Duration,
    /// Until when those that were woken by writes would have come one at a time.
    woken_until: Instant,
}

/// What a poll came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// What it read is different.
    Changed,
    /// It is the same.
    Same,
    /// Nothing was read.
    Failed,
}

impl Pace {
    pub(super) fn new(settings: &config::Live) -> Self {
        let least = Duration::from_millis(settings.poll_min_milliseconds);
        let most = Duration::from_millis(settings.poll_max_milliseconds).max(least);
        Self { least, most, current: least, woken_until: Instant::now() }
    }

    /// How long one that is woken by a write has to wait.
    pub(super) fn wake(&mut self, now: Instant) -> Duration {
        self.woken_until = self.woken_until.max(now) + BETWEEN_WRITES;
        self.woken_until.saturating_duration_since(now + AT_ONCE * BETWEEN_WRITES)
    }

    /// How long to rest after a poll that came to this and took so long.
    pub(super) fn rest(&mut self, came: Came, took: Duration) -> Duration {
        self.current = match came {
            Came::Changed => self.least,
            Came::Same => (self.current * 3 / 2).min(self.most),
            Came::Failed => (self.current * 2).min(self.most),
        };
        // Shorter only, so that the longest time is never exceeded but by an upstream that is slow itself.
        let rest = self.current.saturating_sub(up_to(self.current / CHANCE));
        rest.max((took * (SHARE - 1)).min(self.most * SHARE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::new(&config::Live {
            poll_min_milliseconds: 1_000,
            poll_max_milliseconds: 10_000,
            max_subscriptions: 1,
            max_subscriptions_per_person: 1,
        })
    }

    #[test]
    fn it_rests_ever_longer_until_something_changes() {
        let mut pace = pace();
        let mut rests = Vec::new();
        for _ in 0..10 {
            pace.rest(Came::Same, Duration::ZERO);
            rests.push(pace.current.as_millis());
        }
        assert_eq!(rests[..4], [1_500, 2_250, 3_375, 5_062]);
        assert_eq!(rests[9], 10_000);
        pace.rest(Came::Changed, Duration::ZERO);
        assert_eq!(pace.current, Duration::from_secs(1));
        pace.rest(Came::Failed, Duration::ZERO);
        assert_eq!(pace.current, Duration::from_secs(2));
    }

    #[test]
    fn a_few_writes_wake_it_at_once_and_many_now_and_then() {
        let mut pace = pace();
        let now = Instant::now();
        let waits: Vec<_> = (0..8).map(|_| pace.wake(now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 200, 400, 600]);
        assert_eq!(pace.wake(now + 20 * BETWEEN_WRITES), Duration::ZERO);
    }

    #[test]
    fn no_rest_is_longer_than_the_longest_and_a_slow_upstream_has_four_fifths_of_the_time() {
        let mut pace = pace();
        for _ in 0..100 {
            let rest = pace.rest(Came::Same, Duration::ZERO);
            assert!(rest <= Duration::from_secs(10) && rest >= Duration::from_millis(800), "{rest:?}");
        }
        assert_eq!(pace.rest(Came::Changed, Duration::from_secs(10)), Duration::from_secs(40));
        assert_eq!(
            pace.rest(Came::Changed, Duration::from_mins(10)),
            Duration::from_secs(50),
            "not for ever"
        );
    }
}
