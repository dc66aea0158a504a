//! `Tries`: a bucket of tries, in the store that replicas share while it is there, and of this replica alone while it is not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::{Bucket, Store};

/// Tries that time has not forgiven yet: until when all would be. A bucket that a try can be given back to, which those of
/// `governor` do not take.
#[derive(Default)]
pub(super) struct Here(Mutex<Option<Instant>>);

impl Here {
    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bucket and how large it is.
pub(super) struct Tries {
    /// What is counted while there is no store.
    pub here: Arc<Here>,
    pub room: u32,
    /// In which time one of them is forgiven.
    pub forgiven: Duration,
    /// Where it is counted instead; nowhere from the moment at which that fails.
    pub shared: Option<(Store, Bucket)>,
}

impl Tries {
    /// Counts a try, or says how long there is no room for one more.
    pub async fn take(&mut self, now: Instant) -> Result<(), Duration> {
        if let Some((store, bucket)) = &self.shared {
            match bucket.take(store).await {
                Ok(None) => return Ok(()),
                Ok(Some(wait)) => return Err(wait),
                Err(_) => self.shared = None,
            }
        }
        let mut until = self.here.until();
        let next = until.map_or(now, |until| until.max(now)) + self.forgiven;
        let wait = next.saturating_duration_since(now + self.forgiven * self.room);
        if wait.is_zero() {
            *until = Some(next);
            return Ok(());
        }
        Err(wait)
    }

    /// Takes out the one that was counted, where it was.
    pub async fn give_back(&self) {
        if let Some((store, bucket)) = &self.shared {
            // A store that is gone forgives by itself.
            let _ = bucket.give_back(store).await;
            return;
        }
        let mut until = self.here.until();
        *until = until.and_then(|until| until.checked_sub(self.forgiven));
    }

    /// Forgives all.
    pub async fn empty(&self) {
        if let Some((store, bucket)) = &self.shared {
            let _ = bucket.empty(store).await;
            return;
        }
        *self.here.until() = None;
    }

    /// Whether it is less than half full.
    pub async fn are_few(&mut self, now: Instant) -> bool {
        if let Some((store, bucket)) = &self.shared {
            match bucket.left(store).await {
                Ok(left) => return left * 2 < self.forgiven * self.room,
                Err(_) => self.shared = None,
            }
        }
        let left = self.here.until().map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        left * 2 < self.forgiven * self.room
    }
}
