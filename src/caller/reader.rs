//! Reading on behalf of one session: every question once a request, shared with whoever of the same identity asks it
//! now, and kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use tokio::sync::Semaphore;

use super::answers::{Answers, Kept, Key};
use super::epochs::Epochs;
use crate::config::Config;
use crate::portal::{Base, Operation, Portal, PortalError, TenantId};
use crate::session::{Identity, Session, Sessions};

/// What all callers share: the client of the portal, kept answers, counters, and the room for calls.
pub struct House {
    portal: Portal,
    answers: Answers,
    epochs: Epochs,
    calls: Semaphore,
}

/// Why something could not be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallerError {
    /// The call failed.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The session has no tenant yet.
    #[error("a tenant must be selected first")]
    NoTenant,
}

type Flight = Shared<BoxFuture<'static, Result<Arc<Kept>, PortalError>>>;

/// The reading side of one request's client.
pub struct Reader {
    house: Arc<House>,
    sessions: Sessions,
    session: Arc<Session>,
    /// What this request has asked so far, failures too: no question is put twice in one request.
    asked: Mutex<HashMap<Key, Flight>>,
}

impl House {
    /// Shared state for callers of this portal.
    #[must_use]
    pub fn new(config: &Config, portal: Portal) -> Self {
        Self {
            portal,
            answers: Answers::new(config.cache.clone()),
            epochs: Epochs::default(),
            calls: Semaphore::new(config.portal.max_concurrent_calls),
        }
    }

    /// One call, when there is room for it.
    async fn ask<O: Operation>(&self, operation: &O, session: &Session) -> Result<Arc<Kept>, PortalError> {
        let patience = Duration::from_millis(self.portal.settings().call_timeout_milliseconds);
        let room = async {
            // The session's own room first: a wide query of one client waits without holding what others could use.
            let own = session.calls.acquire().await.ok()?;
            Some((own, self.calls.acquire().await.ok()?))
        };
        let overloaded = PortalError::Overloaded { operation: O::NAME, retry_after: None };
        let Ok(Some(_room)) = tokio::time::timeout(patience, room).await else { return Err(overloaded) };
        let answer = self.portal.call(operation, Some(session.credentials())).await;
        if O::BASE == Base::Portal && matches!(answer, Ok(_) | Err(PortalError::Refused { .. })) {
            session.hear();
        }
        let answer = answer?;
        Ok(Arc::new(Kept::new(answer.reply, answer.bytes, self.answers.time_to_live::<O>())))
    }
}

impl Reader {
    /// A reader for one request of a session.
    #[must_use]
    pub fn new(house: Arc<House>, sessions: Sessions, session: Arc<Session>) -> Self {
        Self { house, sessions, session, asked: Mutex::default() }
    }

    /// The session this reads for.
    #[must_use]
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// The tenant this reads in.
    pub fn tenant(&self) -> Result<TenantId, CallerError> {
        self.identity().map(|identity| identity.tenant)
    }

    /// Whose answers these are.
    pub fn identity(&self) -> Result<&Identity, CallerError> {
        self.session.identity().ok_or(CallerError::NoTenant)
    }

    /// The reply to an operation: kept, under way, or asked for now.
    pub async fn read<O: Operation>(&self, operation: O) -> Result<Arc<O::Reply>, CallerError> {
        Ok(self.flight(operation)?.await?.reply())
    }

    /// What `make` makes of the reply, made once for as long as the reply is kept.
    pub async fn read_as<O: Operation, S: Send + Sync + 'static>(
        &self,
        operation: O,
        make: fn(&O::Reply) -> S,
    ) -> Result<Arc<S>, CallerError> {
        Ok(self.flight(operation)?.await?.shape(make))
    }

    /// Sends a write, once: it is neither kept nor shared nor tried again. Whatever comes of it, answers about what it
    /// may have changed are forgotten, because a write whose answer was lost may have been carried out.
    pub async fn write<O: Operation>(&self, operation: O) -> Result<Arc<O::Reply>, CallerError> {
        let identity = self.identity()?;
        let result = self.house.ask(&operation, &self.session).await;
        self.house.epochs.advance(identity, O::WRITES);
        if matches!(result, Err(PortalError::SessionEnded { .. })) {
            self.sessions.forget(self.session.id).await;
        }
        Ok(result?.reply())
    }

    /// Whether reading the operation would cost no call.
    pub fn is_at_hand<O: Operation>(&self, operation: &O) -> bool {
        self.key(operation).is_ok_and(|key| self.has_asked(&key) || self.house.answers.has(&key))
    }

    fn has_asked(&self, key: &Key) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }

    fn key<O: Operation>(&self, operation: &O) -> Result<Key, CallerError> {
        let identity = self.identity()?.clone();
        let epochs = self.house.epochs.stamp(&identity, O::READS);
        let question = serde_json::to_string(operation).unwrap_or_default().into();
        Ok(Key { identity, operation: O::NAME, epochs, question })
    }

    fn flight<O: Operation>(&self, operation: O) -> Result<Flight, CallerError> {
        let key = self.key(&operation)?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = asked.get(&key) {
            return Ok(flight.clone());
        }
        let (house, session, sessions) = (self.house.clone(), self.session.clone(), self.sessions.clone());
        let flight = fly(house, session, sessions, (key.clone(), operation)).boxed().shared();
        asked.insert(key, flight.clone());
        Ok(flight)
    }
}

/// Gets one answer. The call may be another session's of the same identity: if it was that session that had ended, the
/// question is put again with ours, which may well be alive.
async fn fly<O: Operation>(
    house: Arc<House>,
    session: Arc<Session>,
    sessions: Sessions,
    (key, operation): (Key, O),
) -> Result<Arc<Kept>, PortalError> {
    let ours = AtomicBool::new(false);
    let ask = || async {
        ours.store(true, Ordering::Relaxed);
        house.ask(&operation, &session).await
    };
    let mut result = house.answers.get(key.clone(), ask()).await;
    if matches!(result, Err(PortalError::SessionEnded { .. })) && !ours.load(Ordering::Relaxed) {
        result = house.answers.get(key, ask()).await;
    }
    if matches!(result, Err(PortalError::SessionEnded { .. })) && ours.load(Ordering::Relaxed) {
        sessions.forget(session.id).await;
    }
    result
}
