//! What a request has cost: the calls it made, those it shared with others, what was kept, and how many calls stood one
//! behind another.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::answers::Key;
use super::error::CallerError;
use super::explanation::{Brought, Explanation, Path, Site};
use crate::upstream::{Noun, metric};

/// How one question was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// By a call of this request.
    Called,
    /// By a call of this request that it did not wait for.
    Beside,
    /// By a call of another request that this one waited for: of the same person, or of somebody who is shown the same.
    Shared,
    /// From what was kept.
    Kept,
    /// From what was kept and is too old.
    Stale,
}

/// How often an operation was answered in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// By calls of this request.
    pub calls: usize,
    /// By calls of others.
    pub shared: usize,
    /// From what was kept.
    pub kept: usize,
}

/// What a request has cost so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// By operation, by its name in the contract.
    pub operations: BTreeMap<&'static str, Count>,
    /// The longest row of calls of which each began after the one before it had ended.
    pub waves: usize,
}

impl Cost {
    /// The calls of this request, of all operations together.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.operations.values().map(|count| count.calls).sum()
    }
}

/// Counts for one request, whatever sessions it uses one after another.
#[derive(Clone, Default)]
pub struct Tally {
    cost: Arc<Mutex<Cost>>,
    /// The calls that were begun.
    begun: Arc<AtomicUsize>,
    /// For whom it counts, where somebody wants to be told.
    site: Option<Site>,
}

/// A question that waits for its answer.
pub(super) struct Asking {
    tally: Tally,
    operation: &'static str,
    noun: &'static str,
    wave: usize,
}

impl Tally {
    fn lock(&self) -> MutexGuard<'_, Cost> {
        self.cost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts for a request that is to be explained.
    #[must_use]
    pub fn explained(explanation: Arc<Explanation>) -> Self {
        Self { site: Some(Site::of(explanation)), ..Self::default() }
    }

    /// What is explained by it, if anything.
    pub(super) fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// The explanation of the request, if it is to have one.
    #[must_use]
    pub fn explanation(&self) -> Option<&Arc<Explanation>> {
        self.site().map(Site::explanation)
    }

    fn with(&self, site: impl FnOnce(&Site) -> Site) -> Self {
        Self { cost: self.cost.clone(), begun: self.begun.clone(), site: self.site().map(site) }
    }

    /// The same for the field these keys lead to.
    #[must_use]
    pub fn at(&self, keys: &[String]) -> Self {
        self.with(|site| site.at(keys))
    }

    /// The same for this field.
    pub(super) fn on(&self, path: Option<&Path>) -> Self {
        self.with(|site| site.on(path))
    }

    /// The same for all fields that put this question.
    pub(super) fn asking(&self, key: &Key) -> Self {
        self.with(|site| site.asking(key))
    }

    /// What it has come to.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.lock().clone()
    }

    /// Begins a call, unless the request has begun as many as it may.
    pub(super) fn begin_call(&self, allowed: usize) -> Result<(), CallerError> {
        let next = |begun: usize| (begun < allowed).then_some(begun + 1);
        let begun = self.begun.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        begun.map(drop).map_err(|_| CallerError::TooManyCalls { allowed })
    }

    /// The call that was begun has turned out to be another's.
    pub(super) fn give_back_call(&self) {
        self.begun.fetch_sub(1, Ordering::Relaxed);
    }

    /// Another's call has turned out to be ours.
    pub(super) fn count_call(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a call that was made because nothing was answered to the one before.
    pub(super) fn count_retry(&self, operation: &'static str) {
        self.lock().operations.entry(operation).or_default().calls += 1;
        if let Some(site) = &self.site {
            site.count_retry();
        }
    }

    /// Counts a call that was made beside one that was slow.
    pub(super) fn count_hedge(&self, operation: &'static str) {
        self.lock().operations.entry(operation).or_default().calls += 1;
        if let Some(site) = &self.site {
            site.count_hedge();
        }
    }

    /// Begins to wait for an answer: behind every call that has ended so far. It is counted for the first of the nouns.
    pub(super) fn ask(&self, operation: &'static str, nouns: &[Noun]) -> Asking {
        let wave = self.lock().waves + 1;
        let noun = nouns.first().map_or("none", |noun| noun.word());
        Asking { tally: self.with(Site::begin), operation, noun, wave }
    }
}

impl Asking {
    /// Where it is counted that the question is put again.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Counts the answer, or the failure, in the way it came.
    pub(super) fn answered(self, how: Answered) {
        self.brought(how, Brought::default);
    }

    /// The same, and what it has brought.
    pub(super) fn brought(self, how: Answered, brought: impl FnOnce() -> Brought) {
        if let Some(site) = &self.tally.site {
            site.answered((self.operation, self.wave), how, brought());
        }
        let word = match how {
            Answered::Called | Answered::Beside => "called",
            Answered::Shared => "shared",
            Answered::Kept | Answered::Stale => "kept",
        };
        metric::count_answer(self.operation, self.noun, word);
        let mut cost = self.tally.lock();
        if matches!(how, Answered::Called | Answered::Shared) {
            cost.waves = cost.waves.max(self.wave);
        }
        let count = cost.operations.entry(self.operation).or_default();
        match how {
            Answered::Called | Answered::Beside => count.calls += 1,
            Answered::Shared => count.shared += 1,
            Answered::Kept | Answered::Stale => count.kept += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_calls_are_begun_than_are_allowed() {
        let tally = Tally::default();
        assert!(tally.begin_call(2).is_ok() && tally.begin_call(2).is_ok());
        assert!(matches!(tally.begin_call(2), Err(CallerError::TooManyCalls { allowed: 2 })));
        tally.give_back_call();
        assert!(tally.begin_call(2).is_ok() && tally.begin_call(2).is_err());
    }

    #[test]
    fn calls_side_by_side_are_one_wave_and_one_behind_another_are_two() {
        let tally = Tally::default();
        let (one, other) = (tally.ask("a", &[]), tally.ask("b", &[]));
        one.answered(Answered::Called);
        other.answered(Answered::Shared);
        tally.ask("a", &[]).answered(Answered::Kept);
        assert_eq!(tally.cost().waves, 1);
        tally.ask("a", &[]).answered(Answered::Called);
        let cost = tally.cost();
        assert_eq!((cost.waves, cost.calls()), (2, 2));
        assert_eq!(cost.operations["a"], Count { calls: 2, shared: 0, kept: 1 });
    }
}
