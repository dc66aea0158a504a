//! Whole answers to queries, kept as the bytes that go out: found before the document is even looked at, bounded by
//! size, each for as long as everything it was made of.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;

use super::age::Age;
use super::body::Body;
use super::question::Question;
use crate::caller::{Grounds, KeptFigures, Turns};
use crate::config;
use crate::graph::Gateway;
use crate::session::Whose;
use crate::upstream::{AsCarried, Hashed};

/// Of all room, no answer may take more than one part of so many: it would push everything else out.
const LARGEST: u64 = 4;

/// What an entry takes beside its texts, measured: the key, the body, what it rests on, and the cache's own.
const ENTRY_BYTES: usize = 1_400;

/// What a whole answer is found by; compared by equality, part by part.
pub(super) type Key = Hashed<KeyParts>;

/// The parts of a key.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyParts {
    /// Whose answer it is.
    pub(super) whose: Whose,
    /// What was asked, with the variables in the order of their names.
    pub(super) question: Question,
}

struct Kept {
    body: Arc<Body>,
    grounds: Grounds,
    /// How often what its people follow had turned out to be another when it was begun.
    turns: Turns,
}

/// All whole answers that are kept.
pub(super) struct KeptAnswers {
    kept: Cache<Arc<Key>, Arc<Kept>, AsCarried>,
    most_bytes: u64,
    largest: usize,
    /// How long a browser may use an answer without asking again.
    pub(super) browser_seconds: u64,
}

struct PerAnswer;

impl Expiry<Arc<Key>, Arc<Kept>> for PerAnswer {
    fn expire_after_create(&self, _: &Arc<Key>, kept: &Arc<Kept>, now: Instant) -> Option<Duration> {
        Some(kept.grounds.until.saturating_duration_since(now))
    }

    fn expire_after_update(
        &self,
        _: &Arc<Key>,
        kept: &Arc<Kept>,
        now: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.grounds.until.saturating_duration_since(now))
    }
}

impl KeptAnswers {
    pub(super) fn new(settings: &config::Cache) -> Self {
        // Who keeps no answers of the upstreams wants none made of them either.
        let bytes = if settings.max_bytes == 0 { 0 } else { settings.max_whole_answer_bytes };
        let kept = Cache::builder()
            .max_capacity(bytes)
            .weigher(|key: &Arc<Key>, kept: &Arc<Kept>| {
                u32::try_from(key.question.weight() + kept.body.weight() + ENTRY_BYTES).unwrap_or(u32::MAX)
            })
            .expire_after(PerAnswer)
            .build_with_hasher(AsCarried);
        Self {
            kept,
            most_bytes: bytes,
            largest: usize::try_from(bytes / LARGEST).unwrap_or(usize::MAX),
            browser_seconds: settings.browser_seconds,
        }
    }

    /// The answer with its age, if it is kept and nothing it was made of has been written, or found by a poll, since.
    pub(super) fn get(&self, key: &Key, gateway: &Gateway) -> Option<(Arc<Body>, Age)> {
        let kept = self.kept.get(key)?;
        let holds = gateway.hold(&kept.grounds) && gateway.turns(&key.whose) == kept.turns;
        holds.then(|| (Arc::clone(&kept.body), Age::of(&kept.grounds)))
    }

    /// How much is kept, once what is too old is taken out.
    pub(super) fn figures(&self) -> KeptFigures {
        self.kept.run_pending_tasks();
        KeptFigures {
            entries: self.kept.entry_count(),
            bytes: self.kept.weighted_size(),
            most_bytes: self.most_bytes,
        }
    }

    /// Keeps an answer, unless it is too large, made of what is not kept, or older than a write that came meanwhile: a
    /// newer one may be kept already.
    pub(super) fn keep(
        &self,
        key: Arc<Key>,
        (body, grounds, turns): (&Arc<Body>, Grounds, Turns),
        gateway: &Gateway,
    ) {
        let lasts = grounds.until > Instant::now();
        if lasts && body.weight() <= self.largest && gateway.hold(&grounds) {
            self.kept.insert(key, Arc::new(Kept { body: Arc::clone(body), grounds, turns }));
        }
    }
}
