//! `Deadline`: until when a request must be answered, and who says so.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

/// The most that is kept back for writing an answer down.
const LONGEST_RESERVE: Duration = Duration::from_millis(500);

/// Until when a request must be answered: one budget for everything that is done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    until: Instant,
    allowed: Duration,
    by: &'static str,
}

impl Deadline {
    /// So long from now, as this setting or header allows.
    #[must_use]
    pub fn within(allowed: Duration, by: &'static str) -> Self {
        Self { until: Instant::now() + allowed, allowed, by }
    }

    /// When the answer must be there.
    #[must_use]
    pub const fn until(&self) -> Instant {
        self.until
    }

    /// When the request began.
    #[must_use]
    pub fn began(&self) -> Instant {
        self.until - self.allowed
    }

    /// How long it was from the beginning.
    #[must_use]
    pub const fn allowed(&self) -> Duration {
        self.allowed
    }

    /// Until when an answer of the portal is waited for: a little of the time is kept for writing down what there is.
    #[must_use]
    pub fn reads_until(&self) -> Instant {
        self.until - (self.allowed / 10).min(LONGEST_RESERVE)
    }
}

/// As in "within the 250 ms that the header portalgraph-deadline allows".
impl fmt::Display for Deadline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the {} ms that {} allows", self.allowed.as_millis(), self.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_kept_for_writing_down_and_never_more_than_half_a_second() {
        for (allowed, kept) in [(100, 10), (5_000, 500), (30_000, 500)] {
            let deadline = Deadline::within(Duration::from_millis(allowed), "a test");
            assert_eq!(deadline.until() - deadline.reads_until(), Duration::from_millis(kept));
        }
    }
}
