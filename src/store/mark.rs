//! `Mark`: that something is so, known to all replicas for a while.

use std::time::Duration;

use serde::Serialize;

use super::Store;
use super::error::StoreError;

/// A mark in the store: by each key the name it may stand under, the first to set it under.
#[derive(Clone, Debug)]
pub struct Mark(Vec<String>);

impl Mark {
    /// The mark of a kind for somebody whom its name does not tell.
    #[must_use]
    pub fn of(store: &Store, kind: &str, subject: &impl Serialize) -> Self {
        Self(
            serde_json::to_vec(subject)
                .map_or_else(|_| Vec::new(), |subject| store.sealed_keys(kind, &subject)),
        )
    }

    /// Whether it is set.
    pub async fn is_set(&self, store: &Store) -> Result<bool, StoreError> {
        let mut commands = redis::pipe();
        commands.cmd("EXISTS").arg(&self.0);
        store.send::<(u64,)>(commands).await.map(|(found,)| found > 0)
    }

    /// Sets it for so long from now.
    pub async fn set(&self, store: &Store, lasts: Duration) -> Result<(), StoreError> {
        let mut commands = redis::pipe();
        commands.cmd("SET").arg(self.0.first()).arg(1).arg("EX").arg(lasts.as_secs()).ignore();
        store.send::<()>(commands).await
    }
}
