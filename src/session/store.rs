//! Where gateway sessions are kept: in memory, bounded, forgotten when idle or too old.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::token::{SessionId, Token};
use super::{Session, SignInError};
use crate::config;
use crate::portal::Portal;
use crate::portal::auth::Logout;

/// All gateway sessions, and the portal they are opened at.
#[derive(Clone)]
pub struct Sessions {
    pub(super) portal: Portal,
    pub(super) settings: config::Session,
    kept: Cache<SessionId, Arc<Session>>,
}

impl Sessions {
    /// An empty store.
    #[must_use]
    pub fn new(portal: Portal, settings: config::Session) -> Self {
        let kept = Cache::builder()
            .max_capacity(settings.max_sessions)
            // The least recently used makes room; a policy by frequency would turn newcomers away.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(Duration::from_secs(settings.max_minutes * 60))
            .time_to_idle(Duration::from_secs(settings.idle_minutes * 60))
            .build();
        Self { portal, settings, kept }
    }

    /// The settings sessions live by.
    #[must_use]
    pub fn settings(&self) -> &config::Session {
        &self.settings
    }

    /// The session a token opens; one that the portal's own clocks have ended is forgotten.
    pub async fn find(&self, token: &Token) -> Option<Arc<Session>> {
        let session = self.kept.get(&token.session()).await?;
        if session.idle_expires_at(self.settings.idle_minutes) <= Timestamp::now() {
            self.forget(session.id).await;
            return None;
        }
        Some(session)
    }

    /// Takes a session out of the store; of several who try at once, one gets it.
    pub(super) async fn claim(&self, id: SessionId) -> Option<Arc<Session>> {
        self.kept.remove(&id).await
    }

    /// Forgets a session the portal no longer knows.
    pub async fn forget(&self, id: SessionId) {
        self.kept.invalidate(&id).await;
    }

    /// Signs out here and at the portal, whose number of sessions is limited. Here it ends whatever the portal says.
    pub async fn log_out(&self, session: &Session) -> Result<(), SignInError> {
        self.kept.invalidate(&session.id).await;
        self.portal.call(&Logout::default(), Some(session.credentials())).await?;
        Ok(())
    }

    /// How many sessions there are, give or take what has just ended.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.kept.entry_count()
    }

    pub(super) async fn keep(&self, session: Arc<Session>) {
        self.kept.insert(session.id, session).await;
    }
}
