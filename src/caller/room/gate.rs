//! `Gate`: the way to one server. Where there is room and nothing is wrong, a call passes with one short lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::budget::Budget;
use super::permit::{News, Pass, Permit, Terms};
use super::place::Place;
use super::refusal::Refusal;
use super::state::State;
use super::{Bounds, Class, Guest, jitter};
use crate::caller::figures::RoomFigures;
use crate::upstream::{Destination, metric};

/// The longest before a read is asked a second time; each further time it may be twice as long.
const BACK_OFF: Duration = Duration::from_millis(50);

/// How often a read is asked once more at most.
pub(in crate::caller) const MOST_RETRIES: u32 = 2;

/// What comes of a call at the gate.
enum Entry {
    In(Permit),
    /// With the session's room, if there was that.
    Waits(Option<OwnedSemaphorePermit>),
    Refused(Refusal),
}

/// The way to one server.
pub(in crate::caller) struct Gate {
    pub(super) destination: Destination,
    state: Mutex<State>,
    budget: Budget,
}

impl Gate {
    pub(super) fn new(destination: Destination, bounds: Bounds) -> Self {
        let state = State::new(bounds);
        for class in Class::ALL {
            metric::show_room((destination, class.word()), state.figures(class));
            metric::show_waiting((destination, class.word()), 0);
            metric::begin_refused((destination, class.word()), Refusal::WORDS);
        }
        Self { destination, state: Mutex::new(state), budget: Budget::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many calls could begin now.
    pub(in crate::caller) fn free(&self, class: Class) -> usize {
        self.lock().free(class)
    }

    /// What there is to tell of each class of calls.
    pub(super) fn figures(&self) -> [RoomFigures; 2] {
        let state = self.lock();
        Class::ALL.map(|class| state.room(self.destination, class))
    }

    /// Waits for room for one call, for no longer than a call may take.
    pub(in crate::caller) async fn enter(
        self: &Arc<Self>,
        class: Class,
        guest: Guest<'_>,
        patience: Duration,
    ) -> Result<Permit, Refusal> {
        let own = match self.enter_now(class, guest) {
            Entry::In(permit) => return Ok(permit),
            Entry::Refused(refusal) => return Err(self.refuse(class, refusal)),
            Entry::Waits(own) => own,
        };
        // Boxed, because the futures around it would grow for what is seldom needed.
        let entered = Box::pin(tokio::time::timeout(patience, self.wait(class, guest, own))).await;
        entered.unwrap_or(Err(Refusal::Late)).map_err(|refusal| self.refuse(class, refusal))
    }

    fn refuse(&self, class: Class, refusal: Refusal) -> Refusal {
        metric::count_refused((self.destination, class.word()), refusal.word());
        refusal
    }

    /// Passes if nothing stands in the way.
    fn enter_now(self: &Arc<Self>, class: Class, guest: Guest<'_>) -> Entry {
        let Ok(own) = guest.calls.clone().try_acquire_owned() else { return Entry::Waits(None) };
        let admitted = self.lock().admit(class, || guest.identity.cloned());
        match admitted {
            Ok(Some(terms)) => Entry::In(Permit::new(self.pass(terms), own)),
            Ok(None) => Entry::Waits(Some(own)),
            Err(refusal) => Entry::Refused(refusal),
        }
    }

    /// The pass of a call that was let in.
    pub(super) fn pass(self: &Arc<Self>, terms: Terms) -> Pass {
        if terms.trial.is_some() {
            metric::show_room((self.destination, terms.class.word()), self.lock().figures(terms.class));
        }
        Pass::new(self.clone(), terms)
    }

    /// Waits until there is room. The session's own room comes first: a wide query of one client waits without standing
    /// in anybody's way.
    pub(super) async fn wait(
        self: &Arc<Self>,
        class: Class,
        guest: Guest<'_>,
        own: Option<OwnedSemaphorePermit>,
    ) -> Result<Permit, Refusal> {
        let place = Place::take(self, class, (guest.identity.cloned(), guest.is_background))?;
        let own = match own {
            Some(own) => own,
            None => guest.calls.clone().acquire_owned().await.map_err(|_| Refusal::Late)?,
        };
        Ok(Permit::new(place.pass().await?, own))
    }

    /// Ends a call and lets those in whose turn it is.
    pub(super) fn end(self: &Arc<Self>, terms: &Terms, news: News<'_>) {
        let mut state = self.lock();
        let before = Class::ALL.map(|class| state.figures(class));
        let told = state.end(self, terms, news);
        let now = Class::ALL.map(|class| state.figures(class));
        for (class, (before, now)) in Class::ALL.into_iter().zip(before.into_iter().zip(now)) {
            if before != now {
                metric::show_room((self.destination, class.word()), now);
            }
        }
        drop(state);
        for (teller, word) in told {
            // Whoever has gone away meanwhile gives the room back by dropping it here.
            drop(teller.send(word));
        }
    }

    /// Counts a read that is needed; it pays for a sixth of one that is asked once more.
    pub(in crate::caller) fn count_needed(&self) {
        self.budget.deposit();
    }

    /// Whether a read that is slow may be asked a second time beside it.
    pub(in crate::caller) fn hedges(&self) -> bool {
        self.budget.withdraw()
    }

    /// How long to wait before a read is asked once more, if that may be.
    pub(in crate::caller) fn back_off(&self, retries: u32, left: Duration) -> Option<Duration> {
        let wait = jitter::up_to(BACK_OFF * 2_u32.pow(retries));
        (retries < MOST_RETRIES && wait < left && self.budget.withdraw()).then_some(wait)
    }
}
