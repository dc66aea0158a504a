//! Queries under way: whoever asks what somebody with the same identities asks just now waits for that one answer. It is
//! worked out by whoever waits for it, goes on if the first to ask goes away, and is given up when nobody waits.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::answer::Written;
use super::kept::Key;
use crate::caller::{Basis, Freshness, Moment};
use crate::upstream::{self, AsCarried, WeakFlight};

/// What joins two requests: the same question of the same people, with no write of anything they may see between, and as
/// long to answer it: one gives up its reads when its own time is over, which is no answer to who has more, and who has less
/// is to be told what there is by then; and the same mind about what is old.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: Arc<Key>,
    pub(super) moment: Moment,
    pub(super) allowed: Duration,
    pub(super) freshness: Freshness,
    /// The event that a subscription is told of; nought for none.
    pub(super) event: u64,
}

impl Hash for Place {
    /// Of one question of the same people there are few places at once.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

type Work = BoxFuture<'static, Option<Arc<Written>>>;

/// An answer that is worked out for all who wait for it; `None` if that went wrong.
pub(super) type Flight = upstream::Flight<Option<Arc<Written>>>;

/// All queries that can be joined; requests under way bound it.
#[derive(Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashMap<Place, Entry, AsCarried>>>);

struct Entry {
    /// Held by those who wait for it only.
    flight: WeakFlight<Option<Arc<Written>>>,
    basis: Basis,
}

/// How a request stands to a query under way.
pub(super) enum Joined {
    /// It began it.
    Leading(Flight),
    /// It came later, and may have the answer unless it turns out to be the leader's alone.
    Following(Flight, Basis),
}

/// Takes a query from the list when it has ended or was given up.
struct Landing {
    under_way: UnderWay,
    place: Place,
    basis: Basis,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut entries = self.under_way.entries();
        if entries.get(&self.place).is_some_and(|entry| entry.basis.is(&self.basis)) {
            entries.remove(&self.place);
        }
    }
}

impl UnderWay {
    fn entries(&self) -> MutexGuard<'_, HashMap<Place, Entry, AsCarried>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the query that is under way, or begins the one that `lead` makes. One whose answer was so far made of
    /// what nobody else may have, or what is too old by now, is not joined.
    pub(super) fn join(&self, place: Place, lead: impl FnOnce() -> (Work, Basis)) -> Joined {
        // Outlives the lock: the last to let go of a query ends it, which takes it from the list.
        let mut outdated = None;
        let mut entries = self.entries();
        if let Some(entry) = entries.get(&place)
            && let Some(flight) = entry.flight.upgrade()
        {
            if entry.basis.may_be_joined() {
                return Joined::Following(flight, entry.basis.clone());
            }
            outdated = Some(flight);
        }
        let (work, basis) = lead();
        let landing = Landing { under_way: self.clone(), place: place.clone(), basis: basis.clone() };
        let flight = Flight::new(async move {
            let _landing = landing;
            work.await
        });
        entries.insert(place, Entry { flight: flight.downgrade(), basis });
        drop(entries);
        drop(outdated);
        Joined::Leading(flight)
    }
}
