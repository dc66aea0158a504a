//! Turns at one record: a read, a change and a write by one client are over before the next one of the same record
//! begins, so that two clients of this gateway, or of its replicas, cannot overwrite each other's change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use super::error::CallerError;
use crate::session::Realm;
use crate::store::{Lease, Store};
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
pub struct Turns {
    records: Arc<Mutex<HashMap<RecordKey, Lock>>>,
    store: Option<Store>,
}

/// One client's turn, which ends when dropped.
pub struct Turn {
    turns: Turns,
    key: RecordKey,
    held: Option<OwnedMutexGuard<()>>,
    /// Among replicas.
    lease: Option<Lease>,
}

impl Turns {
    /// Turns among all that share the store.
    #[must_use]
    pub fn new(store: Option<Store>) -> Self {
        Self { store, ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RecordKey, Lock>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the record to be free; the turn of a replica that is no more ends after so long.
    pub async fn take(&self, key: RecordKey, lasts: Duration) -> Result<Turn, CallerError> {
        let lock = self.lock().entry(key.clone()).or_default().clone();
        // Made before waiting: whoever stops waiting leaves nothing behind either.
        let mut turn = Turn { turns: self.clone(), key, held: None, lease: None };
        turn.held = Some(lock.lock_owned().await);
        if let Some(store) = &self.store {
            let RecordKey { realm, noun, key } = &turn.key;
            let name = store.key("turn", &format!("{realm:?}:{noun:?}:{key}"));
            turn.lease = Some(Lease::take(store, name, lasts).await?);
        }
        Ok(turn)
    }
}

impl Turn {
    /// Makes sure, before something is sent, that the turn is still this client's, and stays so for as long again.
    pub(super) async fn prolong(&self) -> Result<(), CallerError> {
        match &self.lease {
            Some(lease) if !lease.prolong().await? => Err(CallerError::Busy),
            _ => Ok(()),
        }
    }
}

impl AsRef<Self> for Turn {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.lease = None;
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
    use super::*;

    fn key(key: i64) -> RecordKey {
        RecordKey { realm: Realm::Icws, noun: Noun::User, key }
    }

    #[tokio::test]
    async fn one_record_is_changed_by_one_client_at_a_time_and_then_forgotten() {
        let turns = Turns::default();
        let lasts = Duration::from_secs(1);
        let first = turns.take(key(1), lasts).await.ok().unwrap();
        let _other = turns.take(key(2), lasts).await.ok().unwrap();
        let waiting = tokio::time::timeout(Duration::from_millis(20), turns.take(key(1), lasts)).await;
        assert!(waiting.is_err(), "the record is taken");
        drop(first);
        assert_eq!(turns.lock().len(), 1, "the one that is still held");
        drop(turns.take(key(1), lasts).await);
        assert_eq!(turns.lock().len(), 1);
    }
}
