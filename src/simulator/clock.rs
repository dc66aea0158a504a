//! The portal's clock: real time, with jumps ahead.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time since the portal started, with the jumps made so far.
pub(super) struct Clock {
    started: Instant,
    skipped: Mutex<Duration>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { started: Instant::now(), skipped: Mutex::default() }
    }
}

impl Clock {
    /// The time now.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed() + *self.skipped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Jumps ahead.
    pub(super) fn advance(&self, by: Duration) {
        *self.skipped.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}
