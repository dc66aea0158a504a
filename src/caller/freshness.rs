//! Whether a request takes what is old rather than nothing, and the mark of a field that was given it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::kept::Kept;

/// How fresh what a request reads has to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    /// What is too old is asked for, and if that fails the read does: a change, or a client that wants nothing old.
    #[default]
    Required,
    /// What is too old is better than nothing, for as long as the settings say, and is marked.
    Preferred,
}

/// What a read was given.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) kept: Arc<Kept>,
    /// Whether it was too old, and was given all the same.
    pub(super) is_old: bool,
}

impl Given {
    pub(super) const fn fresh(kept: Arc<Kept>) -> Self {
        Self { kept, is_old: false }
    }

    pub(super) const fn old(kept: Arc<Kept>) -> Self {
        Self { kept, is_old: true }
    }
}

/// When the oldest of what a field was given too old was fetched; nothing as long as all was fresh.
#[derive(Clone, Debug, Default)]
pub struct Mark(Arc<Mutex<Option<Instant>>>);

impl Mark {
    fn since(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, fetched_at: Instant) {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *since = Some(since.map_or(fetched_at, |since| since.min(fetched_at)));
    }

    /// Notes what was given if it is old, and hands it on.
    pub(super) fn take(&self, given: Given) -> Arc<Kept> {
        if given.is_old {
            self.note(given.kept.fetched_at());
        }
        given.kept
    }

    /// Notes that the field was given what was worked out elsewhere of such answers.
    pub(super) fn follow(&self, other: &Self) {
        if let Some(since) = other.since() {
            self.note(since);
        }
    }

    /// How old it is in whole seconds, if anything too old was given.
    #[must_use]
    pub fn age(&self) -> Option<u64> {
        self.since().map(|since| since.elapsed().as_secs())
    }
}
