//! `Pauses`: until when a server has asked to be left alone.
//!
//! 503 says that the server is in trouble, so everybody waits. 429 says that somebody asks too much; whom it counts the
//! gateway cannot know, but it did turn away this person: only they wait, so that one who provokes it shuts nobody else
//! out. Does the server count everybody together, the others find out by a call each.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::line::Whom;

/// How many people are remembered; a server that turns more away at once says 503, or turns them away again.
const REMEMBERED: usize = 1_024;

/// Until when calls are not sent.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    of_all: Option<Instant>,
    of_one: HashMap<Whom, Instant>,
}

impl Pauses {
    /// How long this person's calls are not sent; `None` if they are.
    pub(super) fn left(&mut self, whom: impl FnOnce() -> Whom) -> Option<Duration> {
        if self.of_all.is_none() && self.of_one.is_empty() {
            return None;
        }
        let now = Instant::now();
        self.of_all = self.of_all.filter(|until| now < *until);
        self.of_one.retain(|_, until| now < *until);
        let until = self.of_all.max(self.of_one.get(&whom()).copied())?;
        Some(until - now)
    }

    /// Sends nobody's calls for so long.
    pub(super) fn pause_all(&mut self, pause: Duration) {
        self.of_all = self.of_all.max(Some(Instant::now() + pause));
    }

    /// Does not send this person's calls for so long.
    pub(super) fn pause(&mut self, whom: Whom, pause: Duration) {
        if self.of_one.len() < REMEMBERED {
            self.of_one.insert(whom, Instant::now() + pause);
        }
    }
}
