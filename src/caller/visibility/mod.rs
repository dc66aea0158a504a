//! Which catalogues everybody in a realm sees alike. Nobody is shown a shared answer whose very content the upstream did
//! not give them, asked with their own session, within [`TRUSTED`]; a difference between two people ends sharing.

mod look;
mod owner;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use moka::Entry;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

pub use owner::{Owner, Place};

use super::answers::Key;
use super::epochs::Stamp;
use super::kept::{Content, Kept};
use crate::config;
use crate::session::Identity;
use crate::upstream::Call;
use owner::Subject;

/// How long somebody who was given what is shared may be shown it without being given it again: as long as a session
/// of the portal lives unused. A right that was taken away shows by then at the latest.
const TRUSTED: Duration = Duration::from_mins(30);

/// Two answers that came within this time are of the same moment: what is different in them is so by who asked.
/// Across a longer time the catalogue itself may have changed, and a third answer must tell.
const SAME_MOMENT: Duration = Duration::from_secs(10);

/// How many people's looks are remembered; who is forgotten looks again.
const WITNESSES: u64 = 100_000;

/// What is known of who sees the same.
pub struct Visibility {
    shared: BTreeSet<config::Catalogue>,
    percent: u32,
    /// Safety does not rest on what is remembered here: what is forgotten is found out anew.
    known: Cache<Subject, Known>,
    witnesses: Cache<(Identity, Subject), Arc<Witness>>,
}

/// What is known of one question in one realm.
#[derive(Clone)]
enum Known {
    /// Everybody who was asked for was given this.
    Alike(Arc<Shared>),
    /// Two people were given different answers.
    Different,
}

/// A shared answer, whose content is one allocation for as long as it stays the same: that is what tells it from another.
struct Shared {
    kept: Arc<Kept>,
    /// Who was given it first.
    by: Identity,
    epochs: Stamp,
    /// When somebody was last given it.
    seen_at: Instant,
    /// Whether it took the place of a different one and was given to nobody else since.
    is_doubted: bool,
}

/// Somebody who was given a shared answer's content.
struct Witness {
    content: Weak<Content>,
    /// When chance last decided whether to look again.
    decided_at: Mutex<Instant>,
}

/// What an own answer says of the shared one.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// There was nothing to compare with.
    First,
    /// It is the same.
    Alike,
    /// It is different, and it may be the catalogue that has changed: it takes the place of the other.
    Changed,
    /// It is different because of who asked.
    Different,
    /// It was known to be different.
    Apart,
}

impl Visibility {
    /// Nothing is known yet. Shared contents are beside the kept answers of the same settings: as much again at most.
    #[must_use]
    pub fn new(settings: &config::Cache) -> Self {
        let weight = |_: &Subject, known: &Known| match known {
            Known::Alike(shared) => shared.kept.weight(),
            Known::Different => 512,
        };
        Self {
            shared: settings.shared_catalogues.clone(),
            percent: settings.shadow_fetch_percent,
            known: Cache::builder()
                .max_capacity(settings.max_bytes)
                .eviction_policy(EvictionPolicy::lru())
                .weigher(weight)
                .build(),
            witnesses: Cache::builder()
                .max_capacity(WITNESSES)
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(TRUSTED)
                .build(),
        }
    }

    /// Where a question's answer is shared, if it is: its operation may be, the settings say so, and no difference is
    /// known.
    pub(super) fn place<C: Call>(&self, own: &Key) -> Option<Place> {
        C::SHAREABLE.filter(|shareable| self.shared.contains(&shareable.catalogue))?;
        Place::of::<C>(own).filter(|place| !matches!(self.known.get(&place.subject), Some(Known::Different)))
    }

    /// Whether somebody was given the content of this shared answer.
    fn is_witness(&self, place: &Place, kept: &Arc<Kept>) -> bool {
        let witness = self.witnesses.get(&(place.identity.clone(), place.subject.clone()));
        witness.is_some_and(|witness| std::ptr::eq(witness.content.as_ptr(), Arc::as_ptr(kept.content())))
    }

    /// Whether somebody was given the last content there was, so that a new answer is likely to be the same for them.
    fn knows_last(&self, place: &Place) -> bool {
        match self.known.get(&place.subject) {
            Some(Known::Alike(shared)) => self.is_witness(place, &shared.kept),
            Some(Known::Different) | None => false,
        }
    }

    /// Nothing is shared with somebody any more until they were given it again.
    fn distrust(&self, place: &Place) {
        self.witnesses.invalidate(&(place.identity.clone(), place.subject.clone()));
    }

    fn trust(&self, place: &Place, kept: &Arc<Kept>) {
        let witness =
            Witness { content: Arc::downgrade(kept.content()), decided_at: Mutex::new(Instant::now()) };
        self.witnesses.insert((place.identity.clone(), place.subject.clone()), Arc::new(witness));
    }

    /// Whether somebody who is shown a shared answer is to be asked for beside it. Chance decides once in the time an
    /// answer of their own would have been kept for, so that comparing never costs more than not sharing would.
    fn is_due(&self, place: &Place, time_to_live: Duration) -> bool {
        let witness = self.witnesses.get(&(place.identity.clone(), place.subject.clone()));
        let is_time = witness.is_some_and(|witness| {
            let mut decided_at = witness.decided_at.lock().unwrap_or_else(PoisonError::into_inner);
            let is_time = decided_at.elapsed() >= time_to_live;
            if is_time {
                *decided_at = Instant::now();
            }
            is_time
        });
        // Without chance the answer is compared: that is the safe side.
        is_time && getrandom::u32().map_or(true, |number| number % 100 < self.percent)
    }

    /// Compares somebody's own answer with what is shared; answers with what is to be shown from now on.
    fn judge<C: Call>(&self, place: &Place, own: &Arc<Kept>) -> (Verdict, Arc<Kept>) {
        let same = |one: &Kept, other: &Kept| {
            C::SHAREABLE.is_some_and(|shareable| (shareable.alike)(&one.reply(), &other.reply()))
        };
        let shared = |kept: &Arc<Kept>, by: &Identity, is_doubted| {
            let (kept, by, epochs) = (kept.clone(), by.clone(), place.own.epochs);
            Op::Put(Known::Alike(Arc::new(Shared { kept, by, epochs, seen_at: Instant::now(), is_doubted })))
        };
        let (mut verdict, mut shown) = (Verdict::Apart, own.clone());
        self.known.entry(place.subject.clone()).and_compute_with(|known| {
            let last = match known.map(Entry::into_value) {
                Some(Known::Different) => return Op::Nop,
                Some(Known::Alike(last)) => last,
                None => {
                    verdict = Verdict::First;
                    return shared(own, &place.identity, false);
                }
            };
            let is_own = last.by == place.identity;
            if same(&last.kept, own) {
                verdict = Verdict::Alike;
                shown = Arc::new(last.kept.given_again_by(own));
                return shared(&shown, &last.by, last.is_doubted && is_own);
            }
            // Who was given the last content knows that it has changed for them. A write lies between other epochs.
            let is_of_same_moment = last.epochs == place.own.epochs
                && last.seen_at.elapsed() < SAME_MOMENT
                && !self.is_witness(place, &last.kept);
            if is_of_same_moment || (last.is_doubted && !is_own) {
                verdict = Verdict::Different;
                return Op::Put(Known::Different);
            }
            verdict = Verdict::Changed;
            shared(own, &place.identity, true)
        });
        if matches!(verdict, Verdict::First | Verdict::Alike | Verdict::Changed) {
            self.trust(place, &shown);
        }
        (verdict, shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::answers::KeyParts;
    use crate::caller::kept::Life;
    use crate::config::{Catalogue, Config};
    use crate::portal::TenantId;
    use crate::portal::reference::{GetAllDepartments, GetAllSites, ReferenceEntry, ReferenceReply};
    use crate::portal::user::GetUsers;
    use crate::session::{Principal, Realm};
    use crate::upstream::{Noun, Size};

    fn visibility() -> Visibility {
        let mut settings = Config::default().cache;
        settings.shared_catalogues = [Catalogue::Departments].into();
        Visibility::new(&settings)
    }

    /// The key of a person's question, after so many writes.
    fn key<C: Call>(tenant: i64, name: &str, writes: u64) -> Key {
        let principal = Principal::LoginName(name.to_owned());
        let identity = Identity::new(Realm::Tenant(TenantId(tenant)), principal);
        let mut epochs = Stamp::default();
        epochs[Noun::Catalogue as usize] = writes;
        Key::new(KeyParts { owner: Owner::One(identity), operation: C::NAME, epochs, question: "{}".into() })
    }

    fn departments(count: i64) -> Arc<Kept> {
        let entry = |id| Arc::new(ReferenceEntry { id: Some(id), ..ReferenceEntry::default() });
        let basic_ref_info = (0..count).map(entry).collect();
        let reply = ReferenceReply { basic_ref_info, ..ReferenceReply::default() };
        let life = Life { fresh: Duration::from_mins(5), ..Life::default() };
        Arc::new(Kept::new(reply, Size { bytes: 100, memory: 100 }, life))
    }

    /// What somebody's own answer of so many departments says, after so many writes.
    fn judge(visibility: &Visibility, name: &str, count: i64, writes: u64) -> Verdict {
        let place =
            visibility.place::<GetAllDepartments>(&key::<GetAllDepartments>(1, name, writes)).unwrap();
        visibility.judge::<GetAllDepartments>(&place, &departments(count)).0
    }

    fn knows_last(visibility: &Visibility, name: &str) -> bool {
        let place = visibility.place::<GetAllDepartments>(&key::<GetAllDepartments>(1, name, 0));
        place.is_some_and(|place| visibility.knows_last(&place))
    }

    #[test]
    fn only_what_is_a_catalogue_and_allowed_is_shared() {
        let visibility = visibility();
        assert!(visibility.place::<GetAllDepartments>(&key::<GetAllDepartments>(1, "a", 0)).is_some());
        assert!(visibility.place::<GetAllSites>(&key::<GetAllSites>(1, "a", 0)).is_none());
        assert!(visibility.place::<GetUsers>(&key::<GetUsers>(1, "a", 0)).is_none());
        assert!(Place::of::<GetUsers>(&key::<GetUsers>(1, "a", 0)).is_none());
    }

    #[test]
    fn who_was_given_the_same_knows_it_and_nobody_else_does() {
        let visibility = visibility();
        assert_eq!(judge(&visibility, "a", 5, 0), Verdict::First);
        assert_eq!(judge(&visibility, "b", 5, 0), Verdict::Alike);
        assert_eq!(["a", "b", "c"].map(|name| knows_last(&visibility, name)), [true, true, false]);
        let elsewhere = visibility.place::<GetAllDepartments>(&key::<GetAllDepartments>(2, "a", 0)).unwrap();
        assert!(!visibility.knows_last(&elsewhere), "the same name in another tenant is somebody else");
    }

    #[test]
    fn a_difference_of_one_moment_ends_sharing() {
        let visibility = visibility();
        judge(&visibility, "a", 5, 0);
        assert_eq!(judge(&visibility, "b", 3, 0), Verdict::Different);
        assert!(visibility.place::<GetAllDepartments>(&key::<GetAllDepartments>(1, "a", 0)).is_none());
        assert!(visibility.place::<GetAllDepartments>(&key::<GetAllDepartments>(2, "a", 0)).is_some());
    }

    #[test]
    fn a_difference_across_time_is_settled_by_a_third_answer() {
        for (third, verdict) in [(6, Verdict::Alike), (5, Verdict::Different)] {
            let visibility = visibility();
            judge(&visibility, "a", 5, 0);
            assert_eq!(judge(&visibility, "b", 6, 1), Verdict::Changed);
            assert!(!knows_last(&visibility, "a"), "who was given the old one is not shown the new one");
            // Asking once more oneself settles nothing.
            assert_eq!(judge(&visibility, "b", 7, 1), Verdict::Changed);
            assert_eq!(judge(&visibility, "b", 6, 1), Verdict::Changed);
            assert_eq!(judge(&visibility, "a", third, 1), verdict);
        }
    }

    #[test]
    fn who_was_given_the_last_content_and_is_given_another_has_seen_a_change() {
        let visibility = visibility();
        judge(&visibility, "a", 5, 0);
        judge(&visibility, "b", 5, 0);
        assert_eq!(judge(&visibility, "b", 4, 0), Verdict::Changed);
        assert_eq!(judge(&visibility, "a", 5, 0), Verdict::Different);
    }
}
