//! What replicas tell one another of writes, so that none shows what another has changed.
//!
//! A write is announced before it is sent: from then on, until it is known to be over, nobody keeps an answer about what it
//! may change; and once it is over, what was kept before is forgotten. Whoever cannot announce it does not send it. A
//! replica that ends in the middle, or does not hear from the upstream, leaves its announcement behind, which lasts for
//! as long as the write may still be carried out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::epochs::{Epochs, Stamp};
use super::error::CallerError;
use crate::session::Realm;
use crate::store::{Listener, Notice, Store, StoreError, random};
use crate::upstream::Noun;

/// A write is about to be sent, or may still be under way.
const BEGUN: &str = "write begun";
/// It is over.
const ENDED: &str = "write ended";

/// How many writes of others are followed; there are hardly ever more than a few.
const MOST_OPEN: usize = 10_000;

/// How long counters lie in the store that nobody asks for.
const COUNTERS_LAST: Duration = Duration::from_hours(24);

/// What is said of a write.
#[derive(Deserialize, Serialize)]
struct Word {
    /// Names the write.
    write: u64,
    realm: Realm,
    nouns: Vec<Noun>,
    /// The counter of these nouns from now on.
    counter: u64,
    /// For how long it may be under way, if its end is never told.
    milliseconds: u64,
}

/// What a write changes, and until when it may be under way.
type Writing = (Realm, Vec<Noun>, Instant);

/// Writes that may be under way anywhere.
#[derive(Default)]
struct Open {
    writes: Mutex<HashMap<u64, Writing>>,
    /// How many that are, for who finds none.
    count: AtomicUsize,
}

/// The replicas this one belongs to.
pub(super) struct Replicas {
    pub(super) store: Store,
    epochs: Epochs,
    open: Arc<Open>,
}

/// A write that was announced.
pub(super) struct Announced(Word);

impl Replicas {
    pub(super) fn new(store: Store, epochs: Epochs) -> Self {
        let open = Arc::<Open>::default();
        store.listen(Arc::new(Ears { epochs: epochs.clone(), open: open.clone() }));
        Self { store, epochs, open }
    }

    fn counters_key(&self, realm: Realm) -> String {
        self.store.key("counters", &format!("{realm:?}"))
    }

    async fn say(&self, topic: &str, word: &Word) -> Result<(), CallerError> {
        let key = self.counters_key(word.realm);
        let mut commands = redis::pipe();
        commands.atomic().cmd("HSET").arg(&key);
        for noun in &word.nouns {
            commands.arg(format!("{noun:?}")).arg(word.counter);
        }
        commands.cmd("PEXPIRE").arg(&key).arg(milliseconds(COUNTERS_LAST));
        self.store.say_in(&mut commands, topic, &serde_json::to_string(word).unwrap_or_default());
        self.store.send::<()>(commands).await?;
        // Not known until it is heard, in the order in which all hear it.
        self.epochs.share(word.realm, &word.nouns, 0);
        Ok(())
    }

    /// Announces a write to all, or fails: then it must not be sent.
    pub(super) async fn announce(
        &self,
        realm: Realm,
        nouns: &[Noun],
        within: Duration,
    ) -> Result<Announced, CallerError> {
        let word = Word {
            write: random()?,
            realm,
            nouns: nouns.to_vec(),
            counter: random()?,
            milliseconds: milliseconds(within),
        };
        if !self.store.is_up() {
            return Err(StoreError::Unreachable.into());
        }
        self.open.begin(&word);
        self.say(BEGUN, &word).await?;
        Ok(Announced(word))
    }

    /// Tells all that a write is over. Where that fails it counts as under way until its time has passed.
    pub(super) async fn conclude(&self, Announced(word): Announced) {
        let Ok(counter) = random() else { return };
        let word = Word { counter, ..word };
        if self.say(ENDED, &word).await.is_ok() {
            self.open.end(word.write);
        }
    }

    /// Whether no write of these nouns is under way anywhere.
    pub(super) fn is_settled(&self, realm: Realm, reads: &[Noun]) -> bool {
        self.open.is_settled(realm, reads)
    }

    /// The counters of these nouns as all replicas have them.
    pub(super) async fn stamp(&self, realm: Realm, reads: &[Noun]) -> Option<Stamp> {
        if let Some(stamp) = self.epochs.shared_stamp(realm, reads) {
            return Some(stamp);
        }
        // Before it is asked: what is forgotten meanwhile learns nothing.
        let known = self.epochs.known(realm);
        let key = self.counters_key(realm);
        let mut commands = redis::pipe();
        commands.atomic();
        for noun in Noun::ALL {
            // One that was dropped begins anew with a number that nothing was ever kept under.
            commands.cmd("HSETNX").arg(&key).arg(format!("{noun:?}")).arg(random().ok()?).ignore();
        }
        commands.cmd("PEXPIRE").arg(&key).arg(milliseconds(COUNTERS_LAST)).ignore();
        commands.cmd("HMGET").arg(&key);
        for noun in Noun::ALL {
            commands.arg(format!("{noun:?}"));
        }
        let (counters,): (Vec<u64>,) = self.store.send(commands).await.ok()?;
        known.learn(counters.try_into().ok()?);
        self.epochs.shared_stamp(realm, reads)
    }
}

impl Open {
    fn begin(&self, word: &Word) {
        let now = Instant::now();
        let until = now + Duration::from_millis(word.milliseconds);
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        if writes.len() >= MOST_OPEN {
            writes.retain(|_, (_, _, until)| *until > now);
        }
        writes.insert(word.write, (word.realm, word.nouns.clone(), until));
        self.count.store(writes.len(), Ordering::Release);
    }

    fn end(&self, write: u64) {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.remove(&write);
        self.count.store(writes.len(), Ordering::Release);
    }

    fn is_settled(&self, realm: Realm, reads: &[Noun]) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return true;
        }
        let now = Instant::now();
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.retain(|_, (_, _, until)| *until > now);
        self.count.store(writes.len(), Ordering::Release);
        let mut of_realm = writes.values().filter(|(of, _, _)| *of == realm);
        !of_realm.any(|(_, nouns, _)| nouns.iter().any(|noun| reads.contains(noun)))
    }
}

/// Hears what other replicas say of writes.
struct Ears {
    epochs: Epochs,
    open: Arc<Open>,
}

impl Listener for Ears {
    fn hear(&self, notice: &Notice) {
        if !matches!(notice.topic.as_str(), BEGUN | ENDED) {
            return;
        }
        let Ok(word) = serde_json::from_str::<Word>(&notice.text) else {
            // Another release speaks otherwise: whatever it has written is not known.
            self.epochs.forget();
            return;
        };
        if !notice.is_own {
            if notice.topic == BEGUN {
                self.open.begin(&word);
            } else {
                self.open.end(word.write);
            }
            self.epochs.advance_realm(word.realm, &word.nouns);
        }
        // One's own too, in the order in which all replicas hear them.
        self.epochs.share(word.realm, &word.nouns, word.counter);
    }

    fn forget(&self) {
        self.epochs.forget();
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(write: u64, nouns: &[Noun], milliseconds: u64) -> Word {
        Word { write, realm: Realm::Icws, nouns: nouns.to_vec(), counter: 1, milliseconds }
    }

    #[test]
    fn nothing_is_kept_while_any_write_of_it_is_under_way() {
        let open = Open::default();
        open.begin(&word(1, &[Noun::User, Noun::Access], 60_000));
        open.begin(&word(2, &[Noun::User], 60_000));
        assert!(!open.is_settled(Realm::Icws, &[Noun::Catalogue, Noun::User]));
        assert!(open.is_settled(Realm::Icws, &[Noun::Catalogue]));
        open.end(1);
        assert!(!open.is_settled(Realm::Icws, &[Noun::User]));
        assert!(open.is_settled(Realm::Icws, &[Noun::Access]));
        open.end(2);
        assert!(open.is_settled(Realm::Icws, &[Noun::User]));
        open.begin(&word(3, &[Noun::User], 0));
        assert!(
            open.is_settled(Realm::Icws, &[Noun::User]),
            "its end was never told, and its time has passed"
        );
    }
}
