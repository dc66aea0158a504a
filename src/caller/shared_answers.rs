//! The second level behind what is kept in memory: answers of the upstreams in the store that replicas share, each sealed, and
//! under a name that is whose it is, what was asked, and the counters it was asked under, sealed as well.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::answers::Key;
use super::epochs::Stamp;
use super::house::Question;
use super::kept::{Kept, Life};
use super::visibility::Owner;
use crate::config;
use crate::store::Store;
use crate::upstream::{Size, allowance};

/// No answer may take more than one part in so many of all room.
const LARGEST: u64 = 100;

/// The longest name; a question of that size is hardly put twice.
const LONGEST_NAME: usize = 4096;

/// Where an answer lies in the store.
pub(super) struct Place(String);

/// What this replica has put there.
pub(super) struct SharedAnswers {
    store: Store,
    max_bytes: u64,
    /// When each of its answers is gone from there, the first to go first, and how much each takes.
    put: Arc<Mutex<Ledger>>,
}

#[derive(Default)]
struct Ledger {
    until: VecDeque<(Instant, u64)>,
    bytes: u64,
}

impl Ledger {
    /// Notes so many bytes, if there is room for them.
    fn take(&mut self, bytes: u64, (now, until): (Instant, Instant), max_bytes: u64) -> bool {
        // Those of longer life hold up those behind them: what is counted is never less than what is there.
        while let Some((_, gone)) = self.until.pop_front_if(|(until, _)| *until <= now) {
            self.bytes -= gone;
        }
        let fits = self.bytes + bytes <= max_bytes;
        if fits {
            self.until.push_back((until, bytes));
            self.bytes += bytes;
        }
        fits
    }
}

impl SharedAnswers {
    /// `None` where the settings share nothing.
    pub(super) fn new(store: Option<&Store>, settings: &config::Cache) -> Option<Self> {
        let is_shared = settings.shared && settings.max_bytes > 0 && settings.max_shared_bytes > 0;
        let store = store.filter(|_| is_shared)?.clone();
        Some(Self { store, max_bytes: settings.max_shared_bytes, put: Arc::default() })
    }

    /// Where the answer to a question of one person lies, if it may lie there at all.
    pub(super) fn place<Q: Question>(&self, key: &Key, counters: Stamp) -> Option<Place> {
        let Owner::One(identity) = &key.owner else { return None };
        Q::FORM?;
        let generation = self.store.generation();
        let subject =
            serde_json::to_vec(&(identity, key.operation, generation, counters, &*key.question)).ok()?;
        let fits = subject.len() <= LONGEST_NAME && generation != 0;
        let names = fits.then(|| self.store.sealed_keys("answer", &subject))?;
        names.into_iter().next().map(Place)
    }

    /// The answer there, for as long as it may be kept, of which a part is over; its like may take as much as the settings
    /// allow.
    pub(super) async fn get<Q: Question>(&self, Place(name): &Place, life: Life) -> Option<Kept> {
        let mut commands = redis::pipe();
        commands.cmd("GET").arg(name).cmd("PTTL").arg(name);
        let (sealed, lasts): (Option<Vec<u8>>, i64) = self.store.send(commands).await.ok()?;
        let text = self.store.open(name, &sealed?)?;
        let lasts = Duration::from_millis(u64::try_from(lasts).ok()?);
        let (reply, taken) = allowance::within(usize::MAX, || (Q::FORM?.read)(&text));
        let size = Size { bytes: text.len(), memory: taken.max(text.len()) };
        // It lies there only while it is fresh.
        let life = Life { fresh: life.fresh.max(lasts), ..life };
        Some(Kept::of_age(reply?, size, (life, life.fresh.saturating_sub(lasts))))
    }

    /// Puts an answer there, beside the request.
    pub(super) fn put<Q: Question>(&self, Place(name): Place, kept: &Kept) {
        let (now, bytes) = (Instant::now(), u64::try_from(kept.bytes()).unwrap_or(u64::MAX));
        let Some(form) = Q::FORM.filter(|_| kept.fresh_until() > now && bytes <= self.max_bytes / LARGEST)
        else {
            return;
        };
        let (put, max_bytes) = (self.put.clone(), self.max_bytes);
        let (store, reply, until) = (self.store.clone(), kept.reply::<Q::Reply>(), kept.fresh_until());
        self.store.spawn(async move {
            let Some(sealed) = (form.write)(&reply).and_then(|text| store.seal(&name, &text).ok()) else {
                return;
            };
            let bytes = u64::try_from(name.len() + sealed.len()).unwrap_or(u64::MAX);
            let is_noted = {
                let mut put = put.lock().unwrap_or_else(PoisonError::into_inner);
                put.take(bytes, (Instant::now(), until), max_bytes)
            };
            if !is_noted {
                return;
            }
            let lasts = until.saturating_duration_since(Instant::now()).as_millis();
            let mut commands = redis::pipe();
            let lasts = u64::try_from(lasts).unwrap_or_default().max(1);
            commands.cmd("SET").arg(name).arg(sealed).arg("PX").arg(lasts);
            let _ = store.send::<()>(commands).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_lies_there_than_there_is_room_for() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let (soon, late) = (now + Duration::from_secs(1), now + Duration::from_secs(9));
        assert!(ledger.take(60, (now, soon), 100));
        assert!(!ledger.take(60, (now, late), 100));
        assert!(ledger.take(40, (now, late), 100));
        assert!(ledger.take(60, (soon, late), 100), "the first is gone by then");
        assert!(!ledger.take(1, (soon, late), 100));
        assert!(ledger.take(100, (late, late), 100));
    }
}
