//! What an answer rests on: the counters of the records it was made of, until when they hold, and whether anything in it
//! is the asking session's own. Noted by whatever reads, so that no resolver has to say it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::epochs::Stamp;
use crate::session::Realm;

/// What the answer of one request rests on so far.
#[derive(Clone, Default)]
pub struct Basis(Arc<Noted>);

#[derive(Default)]
struct Noted {
    grounds: Mutex<Option<Grounds>>,
    /// The end of the shortest-lived of what was read ahead, which the answer may come to rest on.
    ahead_until: Mutex<Option<Instant>>,
    /// Cancelled as soon as the answer is nobody else's.
    particular: CancellationToken,
}

/// What a whole answer may be kept by: as long as all of it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Grounds {
    /// The counters of what was read, by realm; zero for what was not.
    pub(super) epochs: Vec<(Realm, Stamp)>,
    /// The end of the shortest-lived of the answers that were used.
    pub until: Instant,
    /// When the oldest of them was fetched.
    pub since: Instant,
}

impl Basis {
    /// Notes a reply that was used: asked under these counters, fetched then, and fresh until then.
    pub(super) fn rest_on(&self, realm: Realm, epochs: Stamp, (since, until): (Instant, Instant)) {
        let mut grounds = self.0.grounds.lock().unwrap_or_else(PoisonError::into_inner);
        let grounds = grounds.get_or_insert_with(|| Grounds { epochs: Vec::new(), until, since });
        grounds.until = grounds.until.min(until);
        grounds.since = grounds.since.min(since);
        match grounds.epochs.iter_mut().find(|(known, _)| *known == realm) {
            Some((_, stamp)) => {
                for (noted, epoch) in stamp.iter_mut().zip(epochs) {
                    // Of a noun that was read before and after a write the lower one stays, which matches nothing again.
                    *noted =
                        if *noted == 0 || epoch == 0 { (*noted).max(epoch) } else { (*noted).min(epoch) };
                }
            }
            None => grounds.epochs.push((realm, epochs)),
        }
    }

    /// Notes a reply that is there before anybody has used it, and is fresh until then.
    pub(super) fn may_rest_on(&self, until: Instant) {
        let mut ahead_until = self.0.ahead_until.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead_until = Some(ahead_until.map_or(until, |before| before.min(until)));
    }

    /// Notes that the answer says something of the asking session, or of a failure: nobody else may have it.
    pub(super) fn make_particular(&self) {
        self.0.particular.cancel();
    }

    /// Whether nobody else may have the answer.
    #[must_use]
    pub fn is_particular(&self) -> bool {
        self.0.particular.is_cancelled()
    }

    /// Waits until nobody else may have the answer; forever, if that does not come to be.
    pub async fn particular(&self) {
        self.0.particular.cancelled().await;
    }

    /// Whether all that was used so far is as good as if it were asked for now, and anybody's of the same identity.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let grounds = self.0.grounds.lock().unwrap_or_else(PoisonError::into_inner);
        !self.is_particular() && grounds.as_ref().is_none_or(|grounds| Instant::now() < grounds.until)
    }

    /// Whether who asks now is told nothing that was read before and does not hold any more.
    #[must_use]
    pub fn may_be_joined(&self) -> bool {
        let ahead_until = *self.0.ahead_until.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_current() && ahead_until.is_none_or(|until| Instant::now() < until)
    }

    /// What the answer may be kept by; `None` if it may not be kept, or is made of nothing that was read.
    #[must_use]
    pub fn grounds(&self) -> Option<Grounds> {
        let grounds =
            self.is_current().then(|| self.0.grounds.lock().unwrap_or_else(PoisonError::into_inner));
        grounds?.clone()
    }

    /// When the oldest of what was read so far was fetched; `None` if nothing was read.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        let grounds = self.0.grounds.lock().unwrap_or_else(PoisonError::into_inner);
        grounds.as_ref().map(|grounds| grounds.since)
    }

    /// Whether both are of one and the same request.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::upstream::Noun;

    fn stamp(noun: Noun, epoch: u64) -> Stamp {
        let mut stamp = Stamp::default();
        stamp[noun as usize] = epoch;
        stamp
    }

    #[test]
    fn an_answer_holds_as_long_as_the_shortest_lived_reply_and_under_the_oldest_counters() {
        let (basis, now) = (Basis::default(), Instant::now());
        let (soon, late) = (now + Duration::from_secs(50), now + Duration::from_mins(1));
        let (young, old) = (now, now.checked_sub(Duration::from_secs(1)).unwrap());
        assert_eq!(basis.grounds(), None);
        basis.rest_on(Realm::Icws, stamp(Noun::IcwsRole, 7), (young, late));
        basis.rest_on(Realm::Icws, stamp(Noun::User, 3), (old, soon));
        basis.rest_on(Realm::Icws, stamp(Noun::User, 9), (young, late));
        let mut both = stamp(Noun::IcwsRole, 7);
        both[Noun::User as usize] = 3;
        let grounds = Grounds { epochs: vec![(Realm::Icws, both)], until: soon, since: old };
        assert_eq!((basis.grounds(), basis.since()), (Some(grounds), Some(old)));
    }

    #[test]
    fn what_is_of_the_moment_or_of_the_session_is_not_kept() {
        let momentary = Basis::default();
        let now = Instant::now();
        momentary.rest_on(Realm::Icws, Stamp::default(), (now, now));
        assert!(!momentary.is_current() && !momentary.is_particular());
        let particular = Basis::default();
        particular.rest_on(Realm::Icws, Stamp::default(), (now, now + Duration::from_mins(1)));
        assert!(particular.is_current());
        particular.make_particular();
        assert_eq!((particular.grounds(), particular.is_current()), (None, false));
    }
}
