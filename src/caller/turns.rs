//! Turns at one record: a read, a change and a write by one client are over before the next one of the same record
//! begins, so that two clients of this gateway cannot overwrite each other's change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::session::Realm;
use crate::upstream::Noun;

/// Which record is changed. A record belongs to its realm, whoever changes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordKey {
    /// Where it is kept.
    pub realm: Realm,
    /// Its kind.
    pub noun: Noun,
    /// Its key.
    pub key: i64,
}

type Lock = Arc<tokio::sync::Mutex<()>>;

/// The records that are being changed; a record nobody changes is not in here, so requests under way bound it.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<RecordKey, Lock>>>);

/// One client's turn, which ends when dropped.
pub struct Turn {
    turns: Turns,
    key: RecordKey,
    held: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    fn lock(&self) -> MutexGuard<'_, HashMap<RecordKey, Lock>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the record to be free.
    pub async fn take(&self, key: RecordKey) -> Turn {
        let lock = self.lock().entry(key.clone()).or_default().clone();
        // Made before waiting: whoever stops waiting leaves nothing behind either.
        let mut turn = Turn { turns: self.clone(), key, held: None };
        turn.held = Some(lock.lock_owned().await);
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.held = None;
        let mut records = self.turns.lock();
        // One reference is the map's own; others are of those who wait.
        if records.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            records.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn key(key: i64) -> RecordKey {
        RecordKey { realm: Realm::Icws, noun: Noun::User, key }
    }

    #[tokio::test]
    async fn one_record_is_changed_by_one_client_at_a_time_and_then_forgotten() {
        let turns = Turns::default();
        let first = turns.take(key(1)).await;
        let _other = turns.take(key(2)).await;
        let waiting = tokio::time::timeout(Duration::from_millis(20), turns.take(key(1))).await;
        assert!(waiting.is_err(), "the record is taken");
        drop(first);
        assert_eq!(turns.lock().len(), 1, "the one that is still held");
        drop(turns.take(key(1)).await);
        assert_eq!(turns.lock().len(), 1);
    }
}
