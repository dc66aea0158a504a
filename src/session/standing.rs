//! `Standing`: one person's session at one upstream, which a gateway session holds and which ends on its own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::Session;
use super::identity::Identity;
use crate::config;
use crate::upstream::Upstream;

/// The systems a gateway session can hold a session of, one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum System {
    /// The administration portal.
    Portal,
    /// ICWS.
    Icws,
}

/// An upstream that gateway sessions hold sessions of.
pub trait Held: Upstream {
    /// Which one it is.
    const SYSTEM: System;

    /// The session at this upstream, if the gateway session holds one.
    fn standing(session: &Session) -> Option<&Standing<Self>>;

    /// Takes the session at this upstream away from the gateway session.
    fn end(session: &mut Session);
}

/// One person's session at one upstream.
pub struct Standing<U: Upstream> {
    /// Who is asked.
    pub upstream: U,
    /// Whose answers these are; `None` until signing in has come to its end.
    pub identity: Option<Identity>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Calls of this session that may still be started; servers answer one session's calls one by one.
    pub calls: Arc<Semaphore>,
    pub(super) credentials: U::Credentials,
    /// When the upstream last answered this session, in epoch seconds: its idle clock runs from there.
    heard_at: AtomicI64,
}

impl<U: Upstream> Standing<U> {
    /// A session that has just been opened.
    pub(super) fn new(
        upstream: U,
        credentials: U::Credentials,
        identity: Option<Identity>,
        (created_at, expires_at): (Timestamp, Timestamp),
    ) -> Self {
        let calls = Arc::new(Semaphore::new(upstream.calls_per_session()));
        Self {
            upstream,
            identity,
            created_at,
            expires_at,
            calls,
            credentials,
            heard_at: AtomicI64::new(Timestamp::now().as_second()),
        }
    }

    /// What signs this session's calls.
    #[must_use]
    pub fn credentials(&self) -> &U::Credentials {
        &self.credentials
    }

    /// Notes that the upstream answered this session just now.
    pub fn hear(&self) {
        self.heard_at.store(Timestamp::now().as_second(), Ordering::Relaxed);
    }

    /// When the upstream last answered this session, in epoch seconds.
    pub(super) fn heard_at(&self) -> i64 {
        self.heard_at.load(Ordering::Relaxed)
    }

    /// Takes over when the upstream last answered this session, as another replica knows it.
    pub(super) fn heard_again(&self, heard_at: i64) {
        self.heard_at.store(heard_at, Ordering::Relaxed);
    }

    /// When the session ends if the upstream is not asked again: its own idle clock does not see kept answers.
    #[must_use]
    pub fn ends_at(&self, settings: &config::Session) -> Timestamp {
        let heard_at =
            Timestamp::from_second(self.heard_at.load(Ordering::Relaxed)).unwrap_or(self.created_at);
        let idle = SignedDuration::from_mins(i64::try_from(settings.idle_minutes).unwrap_or(30));
        (heard_at + idle).min(self.expires_at)
    }
}

impl<U: Upstream> fmt::Debug for Standing<U> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Who it is and what proves it are nobody's to print.
        formatter.write_str("Standing")
    }
}
