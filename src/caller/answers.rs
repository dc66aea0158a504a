//! Kept answers of the upstreams: bounded by size, each for as long as its shortest-lived noun, keyed first by whose they
//! are. Identical questions under way are one call.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt as _, Shared, WeakShared};
use moka::Expiry;
use moka::future::Cache;

use super::epochs::Stamp;
use super::error::CallerError;
use super::visibility::Owner;
use crate::config;
use crate::upstream::{Call, Hashed, Noun};

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

/// An answer with what has been made of it.
pub struct Kept {
    reply: Arc<dyn Any + Send + Sync>,
    shape: OnceLock<Arc<dyn Any + Send + Sync>>,
    bytes: u32,
    time_to_live: Duration,
    /// When that has passed.
    pub until: Instant,
}

impl Kept {
    /// Keeps a reply of the given size.
    pub fn new<R: Send + Sync + 'static>(reply: R, bytes: usize, time_to_live: Duration) -> Self {
        Self {
            reply: Arc::new(reply),
            shape: OnceLock::new(),
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
            time_to_live,
            until: Instant::now() + time_to_live,
        }
    }

    /// The reply; its type follows from the operation in the key.
    #[must_use]
    pub fn reply<R: Send + Sync + 'static>(&self) -> Arc<R> {
        self.reply.clone().downcast().expect("an operation has one type of reply")
    }

    /// About how much memory it takes.
    pub(super) const fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Whether it is not kept at all.
    pub(super) const fn is_fleeting(&self) -> bool {
        self.time_to_live.is_zero()
    }

    /// What `make` makes of the reply, made once and kept beside it; an operation has one such shape.
    pub fn shape<R: Send + Sync + 'static, S: Send + Sync + 'static>(
        &self,
        make: impl Fn(&R) -> S,
    ) -> Arc<S> {
        let shape = self.shape.get_or_init(|| Arc::new(make(&self.reply::<R>())));
        shape.clone().downcast().unwrap_or_else(|_| Arc::new(make(&self.reply::<R>())))
    }
}

struct PerAnswer;

impl Expiry<Key, Arc<Kept>> for PerAnswer {
    fn expire_after_create(&self, _: &Key, kept: &Arc<Kept>, _: Instant) -> Option<Duration> {
        Some(kept.time_to_live)
    }
}

/// An answer that is asked for once for all who wait for it: it goes on for as long as one of them does.
pub type Flight = Shared<BoxFuture<'static, Result<Arc<Kept>, CallerError>>>;

/// A question under way.
struct UnderWay {
    /// Held by those who wait for it only.
    flight: WeakShared<BoxFuture<'static, Result<Arc<Kept>, CallerError>>>,
    /// Tells it from one that was given up before.
    number: u64,
}

/// All kept answers.
#[derive(Clone)]
pub struct Answers {
    settings: Arc<config::Cache>,
    kept: Cache<Key, Arc<Kept>>,
    /// Questions under way; requests under way bound it.
    under_way: Arc<Mutex<HashMap<Key, UnderWay>>>,
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
            // The records of an answer take about as much memory as its JSON; the key and the entry a little more.
            .weigher(|key: &Key, kept: &Arc<Kept>| {
                kept.bytes
                    .saturating_add(u32::try_from(key.question.len()).unwrap_or(u32::MAX))
                    .saturating_add(512)
            })
            .expire_after(PerAnswer)
            .build();
        Self { settings: Arc::new(settings), kept, under_way: Arc::default(), flights: Arc::default() }
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Key, UnderWay>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long an operation's answers are kept: as long as the shortest-lived noun it reads.
    #[must_use]
    pub fn time_to_live<C: Call>(&self) -> Duration {
        let settings = &self.settings;
        if settings.max_bytes == 0 {
            return Duration::ZERO;
        }
        let seconds = C::READS.iter().map(|noun| match noun {
            Noun::User => settings.user_seconds,
            Noun::SkillGroup => settings.skill_group_seconds,
            Noun::Attribute => settings.attribute_seconds,
            Noun::PrecisionQueue => settings.precision_queue_seconds,
            Noun::Callback => settings.callback_seconds,
            Noun::Access => settings.access_seconds,
            Noun::Catalogue => settings.catalogue_seconds,
            Noun::IcwsRole => settings.icws_role_seconds,
        });
        Duration::from_secs(seconds.min().unwrap_or_default())
    }

    /// Whether the answer is there, or on its way, without another call.
    #[must_use]
    pub fn has(&self, key: &Key) -> bool {
        self.kept.contains_key(key) || self.under_way().contains_key(key)
    }

    /// The kept answer, if there is one.
    pub async fn kept(&self, key: &Key) -> Option<Arc<Kept>> {
        self.kept.get(key).await
    }

    /// Keeps an answer that was asked for under another key.
    pub(super) async fn put(&self, key: Key, kept: Arc<Kept>) {
        self.kept.insert(key, kept).await;
    }

    /// Keeps an answer no longer.
    pub(super) async fn forget(&self, key: &Key) {
        self.kept.invalidate(key).await;
    }

    /// The answer that is kept by now, or the one `ask` brings. Whoever asks the same meanwhile waits for that one, even
    /// if the first to ask goes away; failures are not kept.
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
            if let Some(kept) = answers.kept(key).await {
                return Ok(kept);
            }
            let kept = ask.await?;
            if !kept.is_fleeting() {
                answers.put(key.clone(), kept.clone()).await;
            }
            Ok(kept)
        };
        let flight = flight.boxed().shared();
        if let Some(weak) = flight.downgrade() {
            under_way.insert(key.clone(), UnderWay { flight: weak, number });
        }
        flight
    }
}
