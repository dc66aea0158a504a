//! Reads that are repeated for as long as somebody subscribes to what they tell: one poll for all of one identity who want
//! to know the same, however many they are and whoever of them came first.

mod follower;
mod guests;
mod pace;
mod poll;
mod watcher;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use moka::sync::Cache;

pub use follower::Follower;
pub use guests::Attendance;
use guests::{Guest, Guests};
pub use watcher::{Known, Watcher};

use super::error::CallerError;
use super::figures::PollFigures;
use super::house::{House, Question};
use crate::config;
use crate::session::{Identity, Session, Sessions, Whose};
use crate::upstream::metric::{LIVE_POLLERS, LIVE_SUBSCRIPTIONS};
use poll::Poll;

/// How many identities' turns are remembered, and for how long: longer than any whole answer is kept.
const TURNS: u64 = 100_000;
const TURNS_LAST: Duration = Duration::from_hours(24);

/// How often the store is looked at for what other replicas have written, while anything is polled.
const LISTEN_EVERY: Duration = Duration::from_millis(25);

/// What is polled: on whose behalf, which operation, with which question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PollKey {
    pub(super) identity: Identity,
    pub(super) operation: &'static str,
    pub(super) question: Arc<str>,
}

/// All that is polled, and for whom. Both maps are bounded by the subscriptions there are.
pub struct Pollers {
    settings: config::Live,
    polls: Mutex<HashMap<PollKey, Weak<Poll>>>,
    guests: Mutex<HashMap<Identity, Weak<Guests>>>,
    subscriptions: Arc<AtomicUsize>,
    is_listening: AtomicBool,
    /// When polls last brought something else, by whose they are: whole answers from before are too old.
    turns: Cache<Identity, u64>,
    last_turn: AtomicU64,
}

/// How often polls of somebody's identities have brought something else; two of one turn have no such poll between them.
pub type Turns = [u64; 2];

impl Pollers {
    /// Nothing is polled yet.
    #[must_use]
    pub fn new(settings: &config::Live) -> Self {
        Self {
            settings: settings.clone(),
            polls: Mutex::default(),
            guests: Mutex::default(),
            subscriptions: Arc::default(),
            is_listening: AtomicBool::new(false),
            turns: Cache::builder().max_capacity(TURNS).time_to_idle(TURNS_LAST).build(),
            last_turn: AtomicU64::new(0),
        }
    }

    /// Notes that a poll on somebody's behalf has brought something else.
    fn turn(&self, identity: &Identity) {
        let next = self.last_turn.fetch_add(1, Ordering::AcqRel) + 1;
        self.turns.insert(identity.clone(), next);
    }

    fn polls(&self) -> MutexGuard<'_, HashMap<PollKey, Weak<Poll>>> {
        self.polls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many subscriptions are open.
    pub(super) fn subscriptions(&self) -> usize {
        self.subscriptions.load(Ordering::Relaxed)
    }

    /// What is polled, by operation.
    pub(super) fn figures(&self) -> Vec<PollFigures> {
        let mut by_operation: BTreeMap<_, (usize, Duration)> = BTreeMap::new();
        let polls: Vec<_> = self.polls().values().filter_map(Weak::upgrade).collect();
        for poll in polls {
            let (pollers, rest) = by_operation.entry((poll.operation(), poll.noun)).or_default();
            *pollers += 1;
            *rest += poll.rest();
        }
        let told = by_operation.into_iter().map(|((operation, noun), (pollers, rest))| {
            let rest = rest / u32::try_from(pollers).unwrap_or(u32::MAX);
            PollFigures { operation, noun, pollers, rest }
        });
        told.collect()
    }

    /// Whether nothing is polled any more; what is polled next begins to listen again.
    fn stops_listening(&self) -> bool {
        let mut polls = self.polls();
        polls.retain(|_, poll| poll.strong_count() > 0);
        if polls.is_empty() {
            self.is_listening.store(false, Ordering::Release);
        }
        polls.is_empty()
    }
}

impl House {
    /// How often polls of these identities have brought something else.
    #[must_use]
    pub fn turns(&self, whose: &Whose) -> Turns {
        if self.pollers.last_turn.load(Ordering::Acquire) == 0 {
            return Turns::default();
        }
        let of = |identity: &Option<Identity>| {
            identity.as_ref().and_then(|identity| self.pollers.turns.get(identity)).unwrap_or_default()
        };
        [of(&whose.portal), of(&whose.icws)]
    }

    /// Lets a session in whose owner subscribes to something of this identity, unless there are as many as there may be.
    pub fn attend(
        &self,
        identity: &Identity,
        (session, sessions): (Arc<Session>, Sessions),
    ) -> Result<Attendance, CallerError> {
        let pollers = &self.pollers;
        let place = Place::take(pollers)?;
        let guests = {
            let mut all = pollers.guests.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(identity).and_then(Weak::upgrade).unwrap_or_else(|| {
                all.retain(|_, guests| guests.strong_count() > 0);
                let guests = Arc::new(Guests::default());
                all.insert(identity.clone(), Arc::downgrade(&guests));
                guests
            })
        };
        let allowed = pollers.settings.max_subscriptions_per_person;
        guests.enter(Guest { session, sessions }, (place, allowed)).ok_or(CallerError::TooManySubscriptions {
            allowed,
            setting: "live.max_subscriptions_per_person",
        })
    }

    /// The poll of a question on behalf of an identity: the one there is, or one that begins now.
    fn poll<Q: Question>(self: &Arc<Self>, guests: &Arc<Guests>, (key, question): (PollKey, Q)) -> Arc<Poll> {
        let mut polls = self.pollers.polls();
        if let Some(poll) = polls.get(&key).and_then(Weak::upgrade) {
            return poll;
        }
        polls.retain(|_, poll| poll.strong_count() > 0);
        let poll = Poll::begin(self, guests, (key.clone(), question));
        polls.insert(key, Arc::downgrade(&poll));
        metrics::gauge!(LIVE_POLLERS).set(number(polls.len()));
        drop(polls);
        self.listen();
        poll
    }

    /// Looks at what other replicas have written, for as long as anything is polled: no request comes to do so.
    fn listen(self: &Arc<Self>) {
        if !self.has_replicas() || self.pollers.is_listening.swap(true, Ordering::AcqRel) {
            return;
        }
        let house = Arc::downgrade(self);
        tokio::spawn(async move {
            while let Some(house) = house.upgrade() {
                house.renew().await;
                if house.pollers.stops_listening() {
                    return;
                }
                drop(house);
                tokio::time::sleep(LISTEN_EVERY).await;
            }
        });
    }

    /// Notes that a poll has ended.
    fn forget_poll(&self, key: &PollKey) {
        let mut polls = self.pollers.polls();
        if polls.get(key).is_some_and(|poll| poll.strong_count() == 0) {
            polls.remove(key);
        }
        metrics::gauge!(LIVE_POLLERS).set(number(polls.len()));
    }
}

/// One of the subscriptions there may be, until it is dropped.
#[derive(Debug)]
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(pollers: &Pollers) -> Result<Self, CallerError> {
        let allowed = pollers.settings.max_subscriptions;
        let next = |open: usize| (open < allowed).then_some(open + 1);
        let taken = pollers.subscriptions.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        let open = taken
            .map_err(|_| CallerError::TooManySubscriptions { allowed, setting: "live.max_subscriptions" })?;
        metrics::gauge!(LIVE_SUBSCRIPTIONS).set(number(open + 1));
        Ok(Self(Arc::clone(&pollers.subscriptions)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let open = self.0.fetch_sub(1, Ordering::AcqRel) - 1;
        metrics::gauge!(LIVE_SUBSCRIPTIONS).set(number(open));
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
