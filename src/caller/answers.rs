//! Kept answers of the upstreams: bounded by size, each for as long as its shortest-lived noun, keyed first by whose they
//! are. Identical questions under way are one call.

use std::collections::HashMap;
use std::future::Future;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;

use super::epochs::Stamp;
use super::error::CallerError;
use super::figures::KeptFigures;
use super::freshness::Freshness;
use super::kept::{Kept, Life};
use super::visibility::Owner;
use crate::config::{self, Window};
use crate::upstream::{self, AsCarried, Call, Hashed, Noun, WeakFlight, trace};

/// What a kept answer is found by; compared by equality, part by part. One reference, because it is looked for and put down
/// in several places for each question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(Arc<Hashed<KeyParts>>);

/// The parts of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyParts {
    /// Who may find it.
    pub owner: Owner,
    /// The operation.
    pub operation: &'static str,
    /// The counters of what the operation reads, taken before asking.
    pub epochs: Stamp,
    /// The question: the operation's fields as canonical JSON.
    pub question: Arc<str>,
}

impl Key {
    /// The key of these parts.
    #[must_use]
    pub fn new(parts: KeyParts) -> Self {
        Self(Arc::new(Hashed::new(parts)))
    }
}

impl Deref for Key {
    type Target = KeyParts;

    fn deref(&self) -> &KeyParts {
        &self.0
    }
}

struct PerAnswer;

impl PerAnswer {
    /// What is left of its life: the content of a shared one may be put down again.
    fn left(kept: &Kept, now: Instant) -> Duration {
        (kept.fetched_at() + kept.life().whole()).saturating_duration_since(now)
    }
}

impl Expiry<Key, Arc<Kept>> for PerAnswer {
    fn expire_after_create(&self, _: &Key, kept: &Arc<Kept>, now: Instant) -> Option<Duration> {
        Some(Self::left(kept, now))
    }

    fn expire_after_update(
        &self,
        _: &Key,
        kept: &Arc<Kept>,
        now: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(Self::left(kept, now))
    }
}

/// An answer that is asked for once for all who wait for it: it goes on for as long as one of them does.
pub type Flight = upstream::Flight<Result<Arc<Kept>, CallerError>>;

/// A question under way.
struct UnderWay {
    /// Held by those who wait for it only.
    flight: WeakFlight<Result<Arc<Kept>, CallerError>>,
    /// Tells it from one that was given up before.
    number: u64,
}

type UnderWayByKey = HashMap<Key, UnderWay, AsCarried>;

/// All kept answers.
#[derive(Clone)]
pub struct Answers {
    settings: Arc<config::Cache>,
    kept: Cache<Key, Arc<Kept>, AsCarried>,
    /// Questions under way; requests under way bound it.
    under_way: Arc<Mutex<UnderWayByKey>>,
    flights: Arc<AtomicU64>,
}

/// Takes a question from the list when it is answered or given up.
struct Landing {
    answers: Answers,
    key: Key,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut under_way = self.answers.under_way();
        if under_way.get(&self.key).is_some_and(|entry| entry.number == self.number) {
            under_way.remove(&self.key);
        }
    }
}

impl Answers {
    /// Nothing kept yet.
    #[must_use]
    pub fn new(settings: config::Cache) -> Self {
        let kept = Cache::builder()
            .max_capacity(settings.max_bytes)
            .weigher(|key: &Key, kept: &Arc<Kept>| {
                kept.weight().saturating_add(u32::try_from(key.question.len()).unwrap_or(u32::MAX))
            })
            .expire_after(PerAnswer)
            .build_with_hasher(AsCarried);
        Self { settings: Arc::new(settings), kept, under_way: Arc::default(), flights: Arc::default() }
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWayByKey> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For how long an operation's answers are of use: as long as those of the shortest-lived noun it reads.
    #[must_use]
    pub fn life<C: Call>(&self) -> Life {
        let settings = &self.settings;
        if settings.max_bytes == 0 {
            return Life::default();
        }
        let shortest = |of: &dyn Fn(Noun) -> u64| {
            Duration::from_secs(C::READS.iter().map(|noun| of(*noun)).min().unwrap_or_default())
        };
        Life {
            fresh: shortest(&|noun| fresh_seconds(settings, noun)),
            while_revalidated: shortest(&|noun| beyond_seconds(&settings.stale_while_revalidate, noun)),
            if_error: shortest(&|noun| beyond_seconds(&settings.stale_if_error, noun)),
        }
    }

    /// Whether an answer that will do is there without another call, or on its way.
    #[must_use]
    pub fn has(&self, key: &Key, freshness: Freshness) -> bool {
        let will_do = |kept: Arc<Kept>| {
            kept.is_fresh() || (freshness == Freshness::Preferred && kept.may_be_shown_meanwhile())
        };
        self.kept.get(key).is_some_and(will_do) || self.is_under_way(key)
    }

    /// The kept answer, if there is one that is fresh.
    #[must_use]
    pub fn kept(&self, key: &Key) -> Option<Arc<Kept>> {
        self.kept.get(key).filter(|kept| kept.is_fresh())
    }

    /// The kept answer, however old it is.
    pub(super) fn kept_or_old(&self, key: &Key) -> Option<Arc<Kept>> {
        self.kept.get(key)
    }

    /// Whether the question is being asked.
    pub(super) fn is_under_way(&self, key: &Key) -> bool {
        self.under_way().contains_key(key)
    }

    /// How much is kept, once what is too old is taken out.
    pub(super) fn figures(&self) -> KeptFigures {
        self.kept.run_pending_tasks();
        KeptFigures {
            entries: self.kept.entry_count(),
            bytes: self.kept.weighted_size(),
            most_bytes: self.settings.max_bytes,
        }
    }

    /// Keeps an answer that was asked for under another key.
    pub(super) fn put(&self, key: Key, kept: Arc<Kept>) {
        self.kept.insert(key, kept);
    }

    /// Keeps an answer no longer.
    pub(super) fn forget(&self, key: &Key) {
        self.kept.invalidate(key);
    }

    /// Forgets what is kept where asking anew was refused: what somebody may no longer see is not shown again later.
    pub(super) fn mind(&self, key: &Key, error: &CallerError) {
        if error.is_refusal() || error.ends_session() {
            self.forget(key);
        }
    }

    /// The answer that is kept by now, or the one `ask` brings. Whoever asks the same meanwhile waits for that one, even
    /// if the first to ask goes away; failures are not kept, and after a refusal nothing old is either.
    pub fn get<F>(&self, key: &Key, ask: impl FnOnce() -> F) -> Flight
    where
        F: Future<Output = Result<Arc<Kept>, CallerError>> + Send + 'static,
    {
        let mut under_way = self.under_way();
        if let Some(flight) = under_way.get(key).and_then(|entry| entry.flight.upgrade()) {
            return flight;
        }
        let number = self.flights.fetch_add(1, Ordering::Relaxed);
        let landing = Landing { answers: self.clone(), key: key.clone(), number };
        let ask = ask();
        let flight = async move {
            let Landing { answers, key, .. } = &landing;
            // One that was under way may have ended a moment ago.
            if let Some(kept) = answers.kept(key) {
                return Ok(kept);
            }
            let kept = ask.await.inspect_err(|error| answers.mind(key, error))?;
            if !kept.is_fleeting() {
                answers.put(key.clone(), kept.clone());
            }
            Ok(kept)
        };
        // Part of what the first to ask is part of, whoever waits for it when it goes on.
        let flight = Flight::new(trace::carried(flight));
        under_way.insert(key.clone(), UnderWay { flight: flight.downgrade(), number });
        flight
    }
}

/// How long answers about a noun are fresh.
fn fresh_seconds(settings: &config::Cache, noun: Noun) -> u64 {
    match noun {
        Noun::User => settings.user_seconds,
        Noun::SkillGroup => settings.skill_group_seconds,
        Noun::Attribute => settings.attribute_seconds,
        Noun::PrecisionQueue => settings.precision_queue_seconds,
        Noun::Callback => settings.callback_seconds,
        Noun::Access => settings.access_seconds,
        Noun::Catalogue => settings.catalogue_seconds,
        Noun::IcwsRole => settings.icws_role_seconds,
    }
}

/// How long they may be shown beyond that.
fn beyond_seconds(window: &Window, noun: Noun) -> u64 {
    match noun {
        Noun::User => window.user_seconds,
        Noun::SkillGroup => window.skill_group_seconds,
        Noun::Attribute => window.attribute_seconds,
        Noun::PrecisionQueue => window.precision_queue_seconds,
        Noun::Callback => window.callback_seconds,
        Noun::Access => window.access_seconds,
        Noun::Catalogue => window.catalogue_seconds,
        Noun::IcwsRole => window.icws_role_seconds,
    }
}
