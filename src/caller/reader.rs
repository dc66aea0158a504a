//! Asking on behalf of one session. Every read goes out once a request, is shared with whoever of the same identity asks
//! it now, and is kept; a write goes out once and is seen through.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::answers::{Answers, Kept, Key};
use super::epochs::Epochs;
use super::turns::{RecordKey, Turn, Turns};
use crate::config::{self, Config};
use crate::portal::{Answer, Base, Noun, Operation, Portal, PortalError, TenantId};
use crate::session::{Identity, Session, Sessions};

/// What all callers share: the client of the portal, kept answers, counters, and the room for calls.
pub struct House {
    portal: Portal,
    answers: Answers,
    epochs: Epochs,
    calls: Arc<Semaphore>,
    turns: Turns,
    /// Mutations and writes under way, which outlive the connections they came by.
    writes: TaskTracker,
}

/// Room for one call: of the session and of the whole gateway.
type Room = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// Why something could not be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallerError {
    /// The call failed.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The call was a write, and nobody knows whether the portal carried it out.
    #[error("whether it was carried out is not known: {0}")]
    OutcomeUnknown(PortalError),
    /// The request was over before this write was sent: it was not.
    #[error("the request was over before this was sent")]
    TooLate,
    /// Somebody else's change of the same record did not end in time.
    #[error("the record is being changed by somebody else")]
    Busy,
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
    /// Whether the request has been given up or answered: no further write begins then.
    is_over: Arc<AtomicBool>,
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
            calls: Arc::new(Semaphore::new(config.portal.max_concurrent_calls)),
            turns: Turns::default(),
            writes: TaskTracker::new(),
        }
    }

    /// Runs what must be seen through although whoever asked for it goes away.
    pub fn follow<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.writes.spawn(work)
    }

    /// Waits until everything that is followed has ended; a request that is over begins no further write.
    pub async fn settle(&self) {
        self.writes.close();
        self.writes.wait().await;
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.portal.settings().call_timeout_milliseconds)
    }

    async fn room<O: Operation>(&self, session: &Session) -> Result<Room, PortalError> {
        let room = async {
            // The session's own room first: a wide query of one client waits without holding what others could use.
            let own = session.calls.clone().acquire_owned().await.ok()?;
            Some((own, self.calls.clone().acquire_owned().await.ok()?))
        };
        let overloaded = PortalError::Overloaded { operation: O::NAME, retry_after: None };
        tokio::time::timeout(self.patience(), room).await.ok().flatten().ok_or(overloaded)
    }

    /// One call, in the room there is for it.
    async fn call<O: Operation>(
        &self,
        operation: &O,
        session: &Session,
        _: Room,
    ) -> Result<Answer<O::Reply>, PortalError> {
        let answer = self.portal.call(operation, Some(session.credentials())).await;
        if O::BASE == Base::Portal && matches!(answer, Ok(_) | Err(PortalError::Refused { .. })) {
            session.hear();
        }
        answer
    }

    /// One read, for as long as it may be kept.
    async fn ask<O: Operation>(&self, operation: &O, session: &Session) -> Result<Arc<Kept>, PortalError> {
        let room = self.room::<O>(session).await?;
        let is_settled =
            || session.identity().is_none_or(|identity| self.epochs.is_settled(identity, O::READS));
        // Before as well: an answer may be made before a lost write is carried out, and arrive when its time is over.
        let was_settled = is_settled();
        let answer = self.call(operation, session, room).await?;
        let is_settled = was_settled && is_settled();
        let time_to_live = if is_settled { self.answers.time_to_live::<O>() } else { Duration::ZERO };
        Ok(Arc::new(Kept::new(answer.reply, answer.bytes, time_to_live)))
    }

    /// One write, and what must be forgotten after it.
    async fn tell<O: Operation>(
        &self,
        operation: &O,
        (session, sessions): (&Session, &Sessions),
        room: Room,
    ) -> Result<O::Reply, PortalError> {
        let result = self.call(operation, session, room).await;
        if let Some(identity) = session.identity() {
            if result.as_ref().is_err_and(PortalError::leaves_outcome_unknown) {
                self.epochs.unsettle(identity, O::WRITES, self.patience());
            }
            self.epochs.advance(identity, O::WRITES);
        }
        if matches!(result, Err(PortalError::SessionEnded { .. })) {
            sessions.forget(session.id).await;
        }
        result.map(|answer| answer.reply)
    }
}

impl Reader {
    /// A reader for one request of a session.
    #[must_use]
    pub fn new(
        house: Arc<House>,
        sessions: Sessions,
        session: Arc<Session>,
        is_over: Arc<AtomicBool>,
    ) -> Self {
        Self { house, sessions, session, is_over, asked: Mutex::default() }
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
        make: impl Fn(&O::Reply) -> S,
    ) -> Result<Arc<S>, CallerError> {
        Ok(self.flight(operation)?.await?.shape(make))
    }

    /// The reply as the portal has it now, past everything that is kept or under way: what a change is made from.
    pub async fn read_anew<O: Operation>(&self, operation: O) -> Result<O::Reply, CallerError> {
        let room = self.house.room::<O>(&self.session).await?;
        let answer = self.house.call(&operation, &self.session, room).await;
        if matches!(answer, Err(PortalError::SessionEnded { .. })) {
            self.sessions.forget(self.session.id).await;
        }
        Ok(answer?.reply)
    }

    /// Sends a write, once: it is neither kept nor shared nor tried again, and seen through even if whoever asked for
    /// it goes away meanwhile. Whatever comes of it, answers about what it may have changed are forgotten, because a
    /// write whose answer was lost may have been carried out.
    pub async fn write<O: Operation>(&self, operation: O) -> Result<O::Reply, CallerError> {
        self.write_holding(operation, ()).await
    }

    /// The same, and what is `held`, such as the turn at the record, is let go when the write is over.
    pub async fn write_holding<O: Operation, H: Send + 'static>(
        &self,
        operation: O,
        held: H,
    ) -> Result<O::Reply, CallerError> {
        self.identity()?;
        let room = self.house.room::<O>(&self.session).await?;
        if self.is_over.load(Ordering::Acquire) {
            return Err(CallerError::TooLate);
        }
        let (house, session, sessions) = (self.house.clone(), self.session.clone(), self.sessions.clone());
        let sent = self.house.follow(async move {
            let result = house.tell(&operation, (&session, &sessions), room).await;
            if std::mem::needs_drop::<H>() && result.as_ref().is_err_and(PortalError::leaves_outcome_unknown)
            {
                // It may still be carried out: until it cannot, nobody else's change of the record may begin.
                let patience = house.patience();
                tokio::spawn(async move {
                    tokio::time::sleep(patience).await;
                    drop(held);
                });
            }
            result
        });
        let interrupted = |_| PortalError::Unintelligible {
            operation: O::NAME,
            reason: "waiting for it was interrupted".into(),
        };
        sent.await.map_err(interrupted).flatten().map_err(|error| {
            if error.leaves_outcome_unknown() {
                CallerError::OutcomeUnknown(error)
            } else {
                CallerError::Portal(error)
            }
        })
    }

    /// Waits for this client's turn to change a record.
    pub async fn turn(&self, noun: Noun, key: i64) -> Result<Turn, CallerError> {
        let Identity { upstream, tenant, .. } = *self.identity()?;
        let turn = self.house.turns.take(RecordKey { upstream, tenant, noun, key });
        // Whoever holds it reads and writes, and after a lost answer keeps it for as long again.
        tokio::time::timeout(3 * self.house.patience(), turn).await.map_err(|_| CallerError::Busy)
    }

    /// The settings of the portal.
    #[must_use]
    pub fn portal_settings(&self) -> &config::Portal {
        self.house.portal.settings()
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
