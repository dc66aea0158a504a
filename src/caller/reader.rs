//! Asking on behalf of one session. Every read goes out once a request, is shared with whoever of the same identity asks
//! it now, and is kept; a write goes out once and is seen through.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::FutureExt as _;
use tokio::time::{Instant, timeout_at};

use super::ahead::Ahead;
use super::answers::{Key, KeyParts};
use super::error::CallerError;
use super::explanation::{Brought, Decision, Path};
use super::freshness::{Given, Mark};
use super::house::{Asker, House, Question};
use super::live::Watcher;
use super::notes::Notes;
use super::observed::Observed;
use super::plan::Price;
use super::skill_groups_of::Outlooks;
use super::stale;
use super::tally::Answered;
use super::turns::{RecordKey, Turn};
use super::visibility::Owner;
use crate::config;
use crate::icws::Icws;
use crate::portal::{Portal, TenantId};
use crate::session::{Held, Identity, PortalSession, Realm, Session, Sessions, Standing};
use crate::upstream::{AsCarried, Failure as _, Flight, Noun, Upstream};

/// What a request has asked, answered in one way for all of its fields.
pub(super) type Asked = Flight<Result<Given, CallerError>>;

/// The reading side of one request's client.
pub struct Reader {
    pub(super) house: Arc<House>,
    pub(super) sessions: Sessions,
    pub(super) session: Arc<Session>,
    pub(super) notes: Notes,
    /// What this request has asked so far, failures too: no question is put twice in one request.
    pub(super) asked: Arc<Mutex<HashMap<Key, Asked, AsCarried>>>,
    /// What it is going to read whole.
    pub(super) ahead: Arc<Ahead>,
    /// The mark of the field this reads for.
    pub(super) mark: Mark,
    /// What follows everything this reads, if that is to be told again when it changes.
    pub(super) watcher: Option<Arc<Watcher>>,
}

impl Reader {
    /// A reader for one request of a session.
    #[must_use]
    pub fn new(house: Arc<House>, sessions: Sessions, session: Arc<Session>, notes: Notes) -> Self {
        let (asked, ahead) = (Arc::default(), Arc::default());
        Self { house, sessions, session, notes, asked, ahead, mark: Mark::default(), watcher: None }
    }

    /// The same reader for one field, which is marked if it is given what is old.
    #[must_use]
    pub fn marking(&self, mark: Mark) -> Self {
        Self {
            house: self.house.clone(),
            sessions: self.sessions.clone(),
            session: self.session.clone(),
            notes: self.notes.clone(),
            asked: self.asked.clone(),
            ahead: self.ahead.clone(),
            mark,
            watcher: self.watcher.clone(),
        }
    }

    /// The same reader for the field these keys lead to.
    #[must_use]
    pub(super) fn at(mut self, keys: &[String]) -> Self {
        if self.notes.is_explained() {
            self.notes.tally = self.notes.tally.at(keys);
        }
        self
    }

    /// The same reader for this field.
    pub(super) fn on(mut self, path: Option<&Path>) -> Self {
        self.notes.tally = self.notes.tally.on(path);
        self
    }

    /// The field this reads for, where that is to be told.
    pub(super) fn path(&self) -> Option<Path> {
        self.notes.tally.site()?.path()
    }

    /// Whether somebody wants to be told how this reads.
    pub(super) fn explains(&self) -> bool {
        self.notes.is_explained()
    }

    /// Notes a choice between two ways, where that is to be told.
    pub(super) fn decide(&self, decision: impl FnOnce() -> Decision) {
        if let Some(site) = self.notes.tally.site() {
            site.decide(decision());
        }
    }

    /// The mark of the field this reads for.
    #[must_use]
    pub const fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Until when an answer of the portal is still in time for the request's.
    pub(super) fn reads_until(&self) -> Instant {
        self.notes.deadline.reads_until()
    }

    /// The session this reads for. What is told of it is nobody else's, not even another session's of the same person.
    #[must_use]
    pub fn session(&self) -> &Arc<Session> {
        self.notes.basis.make_particular();
        &self.session
    }

    /// The session at the portal, for what all sessions of one identity have in common.
    pub(super) fn portal_session(&self) -> Option<&PortalSession> {
        self.session.portal.as_deref()
    }

    /// Refuses a session that holds none of an upstream.
    pub fn require<U: Held>(&self) -> Result<(), CallerError> {
        self.standing::<U>().map(|_| ())
    }

    /// The session at an upstream.
    pub(super) fn standing<U: Held>(&self) -> Result<&Standing<U>, CallerError> {
        U::standing(&self.session).ok_or(CallerError::NotSignedIn(U::SYSTEM))
    }

    /// Whose answers those of an upstream are.
    pub fn identity<U: Held>(&self) -> Result<&Identity, CallerError> {
        self.standing::<U>()?.identity.as_ref().ok_or(CallerError::NoTenant)
    }

    /// The tenant of the portal this reads in.
    pub fn tenant(&self) -> Result<TenantId, CallerError> {
        match self.identity::<Portal>()?.realm {
            Realm::Tenant(tenant) => Ok(tenant),
            Realm::Icws => Err(CallerError::NoTenant),
        }
    }

    /// The reply to an operation: kept, under way, or asked for now.
    pub async fn read<Q: Question>(&self, question: Q) -> Result<Arc<Q::Reply>, CallerError> {
        self.house.renew().await;
        Ok(self.mark.take(self.flight(question)?.await?).reply())
    }

    /// What `make` makes of the reply, made once for as long as the reply is kept.
    pub async fn read_as<Q: Question, S: Send + Sync + 'static>(
        &self,
        question: Q,
        make: impl Fn(&Q::Reply) -> S,
    ) -> Result<Arc<S>, CallerError> {
        self.house.renew().await;
        Ok(self.mark.take(self.flight(question)?.await?).shape(make))
    }

    /// The reply as the portal has it now, past everything that is kept or under way: what a change is made from.
    pub async fn read_anew<Q: Question>(&self, question: Q) -> Result<Q::Reply, CallerError> {
        self.notes.basis.make_particular();
        self.notes.tally.begin_call(self.house.max_calls)?;
        let asking = self.notes.tally.ask(Q::NAME, Q::READS);
        let client = Asker::new(&self.session, &self.sessions, asking.tally());
        let asked = self.house.call_reading(&question, client);
        let out_of_time = CallerError::OutOfTime { operation: Q::NAME, deadline: self.notes.deadline };
        let answer = timeout_at(self.reads_until(), asked).await.unwrap_or(Err(out_of_time));
        asking.brought(Answered::Called, || match &answer {
            Ok(answer) => Brought::reply::<Q>(&answer.reply, answer.size.bytes),
            Err(_) => Brought::failed(),
        });
        if let (Err(error), Ok(key)) = (&answer, self.key(&question)) {
            self.house.answers.mind(&key, error);
        }
        if answer.as_ref().is_err_and(CallerError::ends_session) {
            self.sessions.end::<Q::Upstream>(&self.session).await;
        }
        Ok(answer?.reply)
    }

    /// Sends a write, once: it is neither kept nor shared nor tried again, and seen through even if whoever asked for
    /// it goes away meanwhile. Whatever comes of it, answers about what it may have changed are forgotten, because a
    /// write whose answer was lost may have been carried out.
    pub async fn write<Q: Question>(&self, question: Q) -> Result<Q::Reply, CallerError> {
        self.send(question, ()).await
    }

    /// The same, and the turn at the record is over when the write is.
    pub async fn write_holding<Q: Question>(
        &self,
        question: Q,
        turn: impl AsRef<Turn> + Send + 'static,
    ) -> Result<Q::Reply, CallerError> {
        turn.as_ref().prolong().await?;
        self.send(question, turn).await
    }

    async fn send<Q: Question, H: Send + 'static>(
        &self,
        question: Q,
        held: H,
    ) -> Result<Q::Reply, CallerError> {
        self.notes.basis.make_particular();
        let identity = self.identity::<Q::Upstream>()?;
        self.notes.tally.begin_call(self.house.max_calls)?;
        let session = self.sessions.latest(&self.session);
        let room = self.house.room::<Q>(&session, self.sessions.is_of_service());
        let room = timeout_at(self.reads_until(), room).await.map_err(|_| CallerError::TooLate)??;
        if self.notes.is_over.load(Ordering::Acquire) {
            return Err(CallerError::TooLate);
        }
        let patience = self.standing::<Q::Upstream>()?.upstream.patience();
        // It may be carried out for as long again as it is waited for.
        let announced = self.house.announce(identity, Q::WRITES, 2 * patience).await?;
        let (house, sessions) = (self.house.clone(), self.sessions.clone());
        let asking = self.notes.tally.ask(Q::NAME, Q::WRITES);
        let sent = self.house.follow(async move {
            let result = house.tell(&question, (&session, &sessions), (room, announced)).await;
            asking.brought(Answered::Called, || match &result {
                Ok(answer) => Brought::reply::<Q>(&answer.reply, answer.size.bytes),
                Err(_) => Brought::failed(),
            });
            if std::mem::needs_drop::<H>() && matches!(result, Err(CallerError::OutcomeUnknown(_))) {
                // It may still be carried out: until it cannot, nobody else's change of the record may begin.
                tokio::spawn(async move {
                    tokio::time::sleep(patience).await;
                    drop(held);
                });
            }
            result.map(|answer| answer.reply)
        });
        let interrupted = |_| <Q::Upstream as Upstream>::Error::interrupted(Q::NAME).into().of_write();
        sent.await.map_err(interrupted).flatten()
    }

    /// Forgets what is kept of ICWS roles, and keeps nothing new for as long as it may still change by itself.
    pub(super) async fn forget_icws_roles(&self, settles_within: Duration) -> Result<(), CallerError> {
        let identity = self.identity::<Icws>()?;
        // Where the others cannot be told, the write itself was announced for longer.
        let _ = self.house.announce(identity, &[Noun::IcwsRole], settles_within).await;
        self.house.epochs.unsettle(identity, &[Noun::IcwsRole], settles_within);
        self.house.epochs.advance(identity, &[Noun::IcwsRole]);
        Ok(())
    }

    /// Waits for this client's turn to change a record of the portal.
    pub async fn turn(&self, noun: Noun, key: i64) -> Result<Turn, CallerError> {
        let realm = self.identity::<Portal>()?.realm;
        let patience = self.standing::<Portal>()?.upstream.patience();
        let turn = self.house.turns.take(RecordKey { realm, noun, key }, 4 * patience);
        // Whoever holds it reads and writes, and after a lost answer keeps it for as long again.
        let (busy_from, late_from) = (Instant::now() + 3 * patience, self.reads_until());
        let given_up = if late_from < busy_from { CallerError::TooLate } else { CallerError::Busy };
        timeout_at(busy_from.min(late_from), turn).await.map_err(|_| given_up)?
    }

    /// The settings of the portal.
    #[must_use]
    pub fn portal_settings(&self) -> &config::Portal {
        &self.house.portal_settings
    }

    /// Which way the settings want edges asked.
    pub(super) fn ways(&self) -> &config::Plan {
        &self.house.plan
    }

    /// What has been seen of going by way of all skill groups.
    pub(super) fn outlooks(&self) -> &Outlooks {
        &self.house.outlooks
    }

    /// What so many calls of an operation would cost; `prior` is what one is taken to cost until one has been seen.
    pub(super) fn price<Q: Question>(&self, calls: usize, prior: Observed) -> Price {
        let each = self.house.observed.of((Q::Upstream::SYSTEM, Q::NAME), prior);
        Price::of(calls, each, self.house.free_room::<Q>(&self.session))
    }

    /// Whether reading the operation would cost no call.
    pub fn is_at_hand<Q: Question>(&self, question: &Q) -> bool {
        self.key(question)
            .is_ok_and(|key| self.has_asked(&key) || self.house.answers.has(&key, self.notes.freshness))
    }

    /// What `make` makes of the reply, as long as it is kept; nothing is noted of the request.
    pub(super) fn kept_as<Q: Question, S: Send + Sync + 'static>(
        &self,
        question: &Q,
        make: impl Fn(&Q::Reply) -> S,
    ) -> Option<Arc<S>> {
        let kept = self.house.answers.kept(&self.key(question).ok()?)?;
        Some(kept.shape(make))
    }

    fn has_asked(&self, key: &Key) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains_key(key)
            || self.ahead.has_begun(key)
    }

    pub(super) fn key<Q: Question>(&self, question: &Q) -> Result<Key, CallerError> {
        let identity = self.identity::<Q::Upstream>()?.clone();
        let epochs = self.house.epochs.stamp(&identity, Q::READS);
        let question = serde_json::to_string(question).unwrap_or_default().into();
        Ok(Key::new(KeyParts { owner: Owner::One(identity), operation: Q::NAME, epochs, question }))
    }

    fn flight<Q: Question>(&self, question: Q) -> Result<Asked, CallerError> {
        let key = self.key(&question)?;
        let (realm, epochs) = (self.identity::<Q::Upstream>()?.realm, key.epochs);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = self.notes.tally.site() {
            site.asking(&key);
        }
        if let Some(flight) = asked.get(&key) {
            return Ok(flight.clone());
        }
        if let Some(watcher) = &self.watcher {
            let flight = self.polled(watcher, (&key, question))?;
            asked.insert(key, flight.clone());
            return Ok(flight);
        }
        let basis = self.notes.basis.clone();
        let note = move |answer: &Result<Given, CallerError>| match answer {
            Ok(Given { kept, .. }) => {
                basis.rest_on(realm, epochs, (kept.fetched_at(), kept.fresh_until()));
            }
            // Whatever is made of a failure, even if it is no error: another session may fare better.
            Err(_) => basis.make_particular(),
        };
        let flight = match self.ahead.begun(&key) {
            Some(begun) => Flight::new(begun.inspect(note)),
            None => Flight::new(self.answer((key.clone(), question)).inspect(note)),
        };
        asked.insert(key, flight.clone());
        Ok(flight)
    }

    /// The answer to a question, on which nothing rests yet.
    pub(super) fn answer<Q: Question>(
        &self,
        (key, question): (Key, Q),
    ) -> impl Future<Output = Result<Given, CallerError>> + Send + 'static {
        let notes = Notes { tally: self.notes.tally.asking(&key), ..self.notes.clone() };
        let (session, sessions) = (self.session.clone(), self.sessions.clone());
        stale::answer((self.house.clone(), notes), session, sessions, (key, question))
    }
}
