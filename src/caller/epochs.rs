//! One counter per realm and noun. A write moves the counters of what it wrote; kept answers carry the counters they
//! were asked under, so an answer from before a write is never found after it. While a write may still be under way
//! although its answer was lost, nothing about its nouns is kept at all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use foldhash::HashMap;
use tokio::sync::watch;

use super::basis::Grounds;
use crate::session::{Identity, Realm, Whose};
use crate::upstream::Noun;

const NOUNS: usize = Noun::ALL.len();

/// How many realms' counters are held. Beyond that those without a write under way are dropped, or all; one that is dropped
/// starts anew above every number given out before.
const REALMS: usize = 100_000;

/// The counters of the nouns an operation reads; zero for those it does not.
pub type Stamp = [u64; NOUNS];

/// The counters of every noun of somebody's realms: two requests of one moment have no write between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    portal: Option<Stamp>,
    icws: Option<Stamp>,
}

/// What is known of one noun of one realm.
struct Counter {
    epoch: AtomicU64,
    /// The same counter as all replicas have it, in the store; nought while it is not known.
    shared: AtomicU64,
    /// Until when a write may still be under way, in milliseconds since the counters were made.
    unsettled_until: AtomicU64,
}

/// What is known of a realm, until it is forgotten.
pub(super) struct Known(Arc<[Counter; NOUNS]>);

impl Known {
    /// Takes over what the store has, of each noun that is not known better by now.
    pub(super) fn learn(&self, shared: Stamp) {
        for (counter, shared) in self.0.iter().zip(shared) {
            let _ = counter.shared.compare_exchange(0, shared, Ordering::AcqRel, Ordering::Acquire);
        }
    }
}

/// All counters.
#[derive(Clone)]
pub struct Epochs {
    next: Arc<AtomicU64>,
    began: Instant,
    realms: Arc<RwLock<HashMap<Realm, Arc<[Counter; NOUNS]>>>>,
    /// Told whenever any counter moves.
    moves: Arc<watch::Sender<()>>,
}

impl Default for Epochs {
    fn default() -> Self {
        Self {
            next: Arc::new(AtomicU64::new(1)),
            began: Instant::now(),
            realms: Arc::default(),
            moves: Arc::new(watch::channel(()).0),
        }
    }
}

impl Epochs {
    /// The counters an answer asked for now would be kept under.
    #[must_use]
    pub fn stamp(&self, identity: &Identity, reads: &[Noun]) -> Stamp {
        let counters = self.counters(identity);
        let mut stamp = [0; NOUNS];
        for noun in reads {
            stamp[*noun as usize] = counters[*noun as usize].epoch.load(Ordering::Acquire);
        }
        stamp
    }

    /// The counters of all that these may see.
    #[must_use]
    pub fn moment(&self, whose: &Whose) -> Moment {
        let stamp = |identity: &Option<Identity>| identity.as_ref().map(|it| self.stamp(it, &Noun::ALL));
        Moment { portal: stamp(&whose.portal), icws: stamp(&whose.icws) }
    }

    /// Whether nothing has been written of what an answer was made of.
    #[must_use]
    pub fn hold(&self, grounds: &Grounds) -> bool {
        grounds.epochs.iter().all(|(realm, stamp)| {
            self.known_of(*realm).is_some_and(|counters| {
                let epochs = counters.iter().map(|counter| counter.epoch.load(Ordering::Acquire));
                stamp.iter().zip(epochs).all(|(read, epoch)| *read == 0 || *read == epoch)
            })
        })
    }

    /// Forgets every answer about these nouns, for everyone in the realm.
    pub fn advance(&self, identity: &Identity, writes: &[Noun]) {
        let counters = self.counters(identity);
        for noun in writes {
            counters[*noun as usize].epoch.store(self.next(), Ordering::Release);
        }
        self.moves.send_replace(());
    }

    /// Tells of every counter that moves from now on, though not which.
    #[must_use]
    pub fn moves(&self) -> watch::Receiver<()> {
        self.moves.subscribe()
    }

    /// Notes that a write of these nouns may still be carried out within this time.
    pub fn unsettle(&self, identity: &Identity, writes: &[Noun], within: Duration) {
        let counters = self.counters(identity);
        let until = milliseconds(self.began.elapsed() + within);
        for noun in writes {
            counters[*noun as usize].unsettled_until.fetch_max(until, Ordering::AcqRel);
        }
    }

    /// Whether no lost write of these nouns can still be under way.
    #[must_use]
    pub fn is_settled(&self, identity: &Identity, reads: &[Noun]) -> bool {
        let counters = self.counters(identity);
        let now = milliseconds(self.began.elapsed());
        reads.iter().all(|noun| counters[*noun as usize].unsettled_until.load(Ordering::Acquire) <= now)
    }

    fn counters(&self, identity: &Identity) -> Arc<[Counter; NOUNS]> {
        self.of_realm(identity.realm)
    }

    fn of_realm(&self, realm: Realm) -> Arc<[Counter; NOUNS]> {
        let counter = |_| Counter {
            epoch: AtomicU64::new(self.next()),
            shared: AtomicU64::new(0),
            unsettled_until: AtomicU64::new(0),
        };
        if let Some(known) = self.known_of(realm) {
            return known;
        }
        let mut realms = self.realms.write().unwrap_or_else(PoisonError::into_inner);
        if realms.len() >= REALMS {
            let now = milliseconds(self.began.elapsed());
            let may_change = |counter: &Counter| counter.unsettled_until.load(Ordering::Acquire) > now;
            realms.retain(|_, counters| counters.iter().any(may_change));
        }
        if realms.len() >= REALMS {
            realms.clear();
        }
        Arc::clone(realms.entry(realm).or_insert_with(|| Arc::new(std::array::from_fn(counter))))
    }

    fn known_of(&self, realm: Realm) -> Option<Arc<[Counter; NOUNS]>> {
        self.realms.read().unwrap_or_else(PoisonError::into_inner).get(&realm).cloned()
    }

    /// Forgets every answer.
    pub(super) fn forget(&self) {
        self.realms.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.moves.send_replace(());
    }

    /// Forgets every answer about these nouns, because another replica changes them.
    pub(super) fn advance_realm(&self, realm: Realm, writes: &[Noun]) {
        // Of a realm that nothing is known of, there is nothing to forget.
        let Some(counters) = self.known_of(realm) else { return };
        for noun in writes {
            counters[*noun as usize].epoch.store(self.next(), Ordering::Release);
        }
        self.moves.send_replace(());
    }

    /// What is known of a realm now, to learn what the store has.
    pub(super) fn known(&self, realm: Realm) -> Known {
        Known(self.of_realm(realm))
    }

    /// Takes over what a replica has put into the store.
    pub(super) fn share(&self, realm: Realm, writes: &[Noun], shared: u64) {
        let Some(counters) = self.known_of(realm) else { return };
        for noun in writes {
            counters[*noun as usize].shared.store(shared, Ordering::Release);
        }
    }

    /// The counters that all replicas have; `None` if one of them is not known.
    pub(super) fn shared_stamp(&self, realm: Realm, reads: &[Noun]) -> Option<Stamp> {
        let counters = self.of_realm(realm);
        let mut stamp = [0; NOUNS];
        for noun in reads {
            let shared = counters[*noun as usize].shared.load(Ordering::Acquire);
            stamp[*noun as usize] = (shared != 0).then_some(shared)?;
        }
        Some(stamp)
    }

    /// Never the same number twice, so that counters that were dropped and made anew match nothing kept before.
    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::TenantId;
    use crate::session::Principal;

    #[test]
    fn a_write_moves_its_own_nouns_in_its_own_tenant() {
        let identity =
            |tenant| Identity::new(Realm::Tenant(TenantId(tenant)), Principal::LoginName("a".into()));
        let epochs = Epochs::default();
        let reads = [Noun::User, Noun::SkillGroup];
        let (here, elsewhere) = (epochs.stamp(&identity(1), &reads), epochs.stamp(&identity(2), &reads));
        epochs.advance(&identity(1), &[Noun::User]);
        let after = epochs.stamp(&identity(1), &reads);
        assert_ne!(here[Noun::User as usize], after[Noun::User as usize]);
        assert_eq!(here[Noun::SkillGroup as usize], after[Noun::SkillGroup as usize]);
        assert_eq!(elsewhere, epochs.stamp(&identity(2), &reads));
    }

    #[test]
    fn an_answer_holds_until_something_is_written_of_what_it_was_made_of() {
        let identity = Identity::new(Realm::Icws, Principal::LoginName("a".into()));
        let whose = Whose { portal: None, icws: Some(identity.clone()) };
        let epochs = Epochs::default();
        let (moment, stamp) = (epochs.moment(&whose), epochs.stamp(&identity, &[Noun::IcwsRole]));
        let now = Instant::now();
        let grounds = Grounds { epochs: vec![(Realm::Icws, stamp)], until: now, since: now };
        epochs.advance(&identity, &[Noun::User]);
        assert!(epochs.hold(&grounds) && epochs.moment(&whose) != moment);
        epochs.advance(&identity, &[Noun::IcwsRole]);
        assert!(!epochs.hold(&grounds));
        assert!(!Epochs::default().hold(&grounds), "counters that were dropped");
    }

    #[tokio::test]
    async fn a_lost_write_unsettles_its_nouns_for_a_while() {
        let identity = Identity::new(Realm::Tenant(TenantId(1)), Principal::LoginName("a".into()));
        let epochs = Epochs::default();
        epochs.unsettle(&identity, &[Noun::User], Duration::from_mins(1));
        assert!(!epochs.is_settled(&identity, &[Noun::SkillGroup, Noun::User]));
        assert!(epochs.is_settled(&identity, &[Noun::SkillGroup]));
    }
}
