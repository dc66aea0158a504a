//! `Site`: where what a field asks is noted. Whoever asks need not know whether anybody wants to be told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;

use super::{Brought, Decision, Explanation, Path, Paths, Read};
use crate::caller::answers::Key;
use crate::caller::tally::Answered;

/// For whom something is asked, and in which explanation that is noted.
#[derive(Clone)]
pub(in crate::caller) struct Site {
    explanation: Arc<Explanation>,
    paths: Arc<Paths>,
    repeats: Arc<Repeats>,
    began: Instant,
}

/// How often one question was put again.
#[derive(Default)]
struct Repeats {
    retries: AtomicUsize,
    hedges: AtomicUsize,
}

impl Site {
    /// For no field in particular.
    pub(in crate::caller) fn of(explanation: Arc<Explanation>) -> Self {
        Self { explanation, paths: Arc::default(), repeats: Arc::default(), began: Instant::now() }
    }

    pub(in crate::caller) fn explanation(&self) -> &Arc<Explanation> {
        &self.explanation
    }

    /// For the field these keys lead to.
    pub(in crate::caller) fn at(&self, keys: &[String]) -> Self {
        let path = (!keys.is_empty()).then(|| Path::from(keys.join(".")));
        self.on(path.as_ref())
    }

    /// For this field.
    pub(in crate::caller) fn on(&self, path: Option<&Path>) -> Self {
        let paths = Paths::default();
        if let Some(path) = path {
            paths.add(path);
        }
        Self { paths: Arc::new(paths), ..self.clone() }
    }

    /// The field, or the first of those that ask the same.
    pub(in crate::caller) fn path(&self) -> Option<Path> {
        self.paths.lock().first().cloned()
    }

    /// For all fields that put this question, this one among them.
    pub(in crate::caller) fn asking(&self, key: &Key) -> Self {
        let askers = self.explanation.lock().askers.entry(key.clone()).or_default().clone();
        if let Some(path) = self.path() {
            askers.add(&path);
        }
        Self { paths: askers, ..self.clone() }
    }

    /// A question that begins now.
    pub(in crate::caller) fn begin(&self) -> Self {
        Self { repeats: Arc::default(), began: Instant::now(), ..self.clone() }
    }

    pub(in crate::caller) fn count_retry(&self) {
        self.repeats.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::caller) fn count_hedge(&self) {
        self.repeats.hedges.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes how the question was answered.
    pub(in crate::caller) fn answered(
        &self,
        (operation, wave): (&'static str, usize),
        how: Answered,
        brought: Brought,
    ) {
        let is_awaited = matches!(how, Answered::Called | Answered::Shared);
        let read = Read {
            paths: Vec::new(),
            operation,
            how,
            wave: is_awaited.then_some(wave),
            began: self.began.saturating_duration_since(self.explanation.began),
            took: self.began.elapsed(),
            brought,
            retries: self.repeats.retries.load(Ordering::Relaxed),
            hedges: self.repeats.hedges.load(Ordering::Relaxed),
        };
        self.explanation.note(self.paths.clone(), read);
    }

    /// Notes which of two ways was taken.
    pub(in crate::caller) fn decide(&self, decision: Decision) {
        self.explanation.decide(decision);
    }
}
