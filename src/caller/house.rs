//! `House`: what all callers share, and one call in the room there is for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::answers::{Answers, Key};
use super::basis::Grounds;
use super::epochs::{Epochs, Moment};
use super::error::CallerError;
use super::kept::{Kept, Life};
use super::live::Pollers;
use super::observed::Observations;
use super::plan;
use super::replicas::{Announced, Replicas};
use super::room::{Class, Gate, Guest, News, Permit, Rooms};
use super::shared_answers::{Place, SharedAnswers};
use super::skill_groups_of::Outlooks;
use super::stale::MOST_RENEWALS;
use super::tally::Tally;
use super::turns::Turns;
use super::visibility::{Owner, Visibility};
use crate::config::{self, Config};
use crate::session::{Held, Identity, Session, Sessions, Standing, System, Whose};
use crate::store::Store;
use crate::upstream::{Answer, Call, Failure, Noun, Upstream, trace};

/// What an upstream can be asked on behalf of a gateway session.
pub trait Question: Call<Upstream: Held<Error: Into<CallerError>>> {}

impl<C: Call<Upstream: Held<Error: Into<CallerError>>>> Question for C {}

/// What all callers share: kept answers, counters, and the room for calls.
pub struct House {
    pub(super) portal_settings: config::Portal,
    pub(super) answers: Answers,
    /// How many calls a request may make.
    pub(super) max_calls: usize,
    pub(super) epochs: Epochs,
    pub(super) turns: Turns,
    pub(super) visibility: Visibility,
    pub(super) plan: config::Plan,
    pub(super) observed: Observations,
    pub(super) outlooks: Outlooks,
    pub(super) pollers: Pollers,
    /// Room for renewals of what is old.
    pub(super) renewals: Arc<Semaphore>,
    replicas: Option<Replicas>,
    shared_answers: Option<SharedAnswers>,
    pub(super) rooms: Rooms,
    /// Mutations and writes under way, which outlive the connections they came by.
    writes: TaskTracker,
}

/// On whose behalf a read is asked.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    /// Whose session asks.
    pub session: &'a Arc<Session>,
    /// Where it is opened and ended.
    pub sessions: &'a Sessions,
    /// Where it is counted that it was asked more than once.
    pub tally: &'a Tally,
    /// Whether nobody waits for it.
    pub is_beside: bool,
}

impl<'a> Asker<'a> {
    /// Somebody who waits for the answer.
    pub(super) fn new(session: &'a Arc<Session>, sessions: &'a Sessions, tally: &'a Tally) -> Self {
        Self { session, sessions, tally, is_beside: false }
    }
}

/// What one question is asked with: the session at its upstream.
pub(super) fn standing<Q: Question>(session: &Session) -> Result<&Standing<Q::Upstream>, CallerError> {
    Q::Upstream::standing(session).ok_or(CallerError::NotSignedIn(Q::Upstream::SYSTEM))
}

fn class<Q: Question>() -> Class {
    if Q::WRITES.is_empty() { Class::Read } else { Class::Write }
}

/// A call that is given up after so long, and twice what it usually takes, says that the server is not well.
const LATE: Duration = Duration::from_millis(500);

impl House {
    /// Shared state for the callers of these upstreams.
    #[must_use]
    pub fn new(config: &Config, store: Option<Store>) -> Self {
        let epochs = Epochs::default();
        plan::begin_counting();
        Self {
            portal_settings: config.portal.clone(),
            max_calls: config.limits.max_portal_calls,
            answers: Answers::new(config.cache.clone()),
            turns: Turns::new(store.clone()),
            visibility: Visibility::new(&config.cache),
            plan: config.plan.clone(),
            observed: Observations::default(),
            outlooks: Outlooks::default(),
            pollers: Pollers::new(&config.live),
            renewals: Arc::new(Semaphore::new(MOST_RENEWALS)),
            shared_answers: SharedAnswers::new(store.as_ref(), &config.cache),
            replicas: store.map(|store| Replicas::new(store, epochs.clone())),
            epochs,
            rooms: Rooms::new(config),
            writes: TaskTracker::new(),
        }
    }

    /// The moment for these: it ends with the next write of anything they may see.
    #[must_use]
    pub fn moment(&self, whose: &Whose) -> Moment {
        self.epochs.moment(whose)
    }

    /// Whether nothing has been written of what an answer was made of.
    #[must_use]
    pub fn hold(&self, grounds: &Grounds) -> bool {
        self.epochs.hold(grounds)
    }

    /// Whether other replicas may write.
    pub(super) fn has_replicas(&self) -> bool {
        self.replicas.is_some()
    }

    /// Comes to know what other replicas have written.
    pub(super) async fn renew(&self) {
        if let Some(replicas) = &self.replicas {
            replicas.store.renew().await;
        }
    }

    /// Announces a write to other replicas; one that cannot be announced must not be sent.
    pub(super) async fn announce(
        &self,
        identity: &Identity,
        writes: &[Noun],
        within: Duration,
    ) -> Result<Option<Announced>, CallerError> {
        let Some(replicas) = &self.replicas else { return Ok(None) };
        replicas.announce(identity.realm, writes, within).await.map(Some)
    }

    fn is_settled(&self, identity: &Identity, reads: &[Noun]) -> bool {
        let is_settled = |replicas: &Replicas| replicas.is_settled(identity.realm, reads);
        self.epochs.is_settled(identity, reads) && self.replicas.as_ref().is_none_or(is_settled)
    }

    /// Runs what must be seen through although whoever asked for it goes away.
    pub fn follow<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.writes.spawn(trace::carried(work).in_current_span())
    }

    /// Waits until everything that is followed has ended; a request that is over begins no further write.
    pub async fn settle(&self) {
        self.writes.close();
        self.writes.wait().await;
    }

    pub(super) fn gate<Q: Question>(&self) -> &Arc<Gate> {
        self.rooms.at(Q::DESTINATION)
    }

    /// How many calls could begin now.
    pub(super) fn free_room<Q: Question>(&self, session: &Session) -> usize {
        let own = standing::<Q>(session).map_or(0, |standing| standing.calls.available_permits());
        own.min(self.gate::<Q>().free(class::<Q>()))
    }

    /// Waits for room for one call.
    pub(super) async fn room<Q: Question>(
        &self,
        session: &Session,
        is_background: bool,
    ) -> Result<Permit, CallerError> {
        let standing = standing::<Q>(session)?;
        let guest = Guest { identity: standing.identity.as_ref(), calls: &standing.calls, is_background };
        let entered = self.gate::<Q>().enter(class::<Q>(), guest, standing.upstream.patience()).await;
        entered.map_err(|refusal| refusal.of::<<Q::Upstream as Upstream>::Error>(Q::NAME).into())
    }

    /// One call, in the room there is for it.
    pub(super) async fn call<Q: Question>(
        &self,
        question: &Q,
        session: &Session,
        room: Permit,
    ) -> Result<Answer<Q::Reply>, CallerError> {
        let standing = standing::<Q>(session)?;
        let operation = (Q::Upstream::SYSTEM, Q::NAME);
        let under_way = UnderWay { house: self, operation, began: Instant::now(), room: Some(room) };
        let answer = question.ask(&standing.upstream, standing.credentials()).await;
        match &answer {
            Ok(answer) => under_way.answered(answer.size.bytes),
            Err(error) => under_way.end(News::Failed(error.reach(), standing.identity.as_ref())),
        }
        let is_answered = match &answer {
            Ok(_) => true,
            Err(error) => error.is_refusal(),
        };
        if Q::IN_SESSION && is_answered {
            standing.hear();
        }
        answer.map_err(Into::into)
    }

    /// One read. If the session of a service account turns out to have ended, one takes its place, once for all whose
    /// reads met that, and the read is put once more.
    pub(super) async fn call_in_session<Q: Question>(
        &self,
        question: &Q,
        Asker { session, sessions, is_beside, .. }: Asker<'_>,
    ) -> Result<Answer<Q::Reply>, CallerError> {
        let is_background = is_beside || sessions.is_of_service();
        let session = sessions.latest(session);
        let mut room = self.room::<Q>(&session, is_background).await?;
        // It may have ended while there was no room.
        let latest = sessions.latest(&session);
        if latest.id != session.id {
            drop(room);
            room = self.room::<Q>(&latest, is_background).await?;
        }
        let answer = self.call(question, &latest, room).await;
        if !answer.as_ref().is_err_and(CallerError::ends_session) {
            return answer;
        }
        let Some(renewed) = sessions.renewed(&latest).await else { return answer };
        let renewed = renewed?;
        let room = self.room::<Q>(&renewed, is_background).await?;
        self.call(question, &renewed, room).await
    }

    /// One read, for as long as it may be kept.
    pub(super) async fn ask<Q: Question>(
        &self,
        question: &Q,
        asker: Asker<'_>,
    ) -> Result<Arc<Kept>, CallerError> {
        let identity = standing::<Q>(asker.session)?.identity.as_ref();
        let is_settled = || identity.is_none_or(|identity| self.is_settled(identity, Q::READS));
        // Before as well: an answer may be made before a lost write is carried out, and arrive when its time is over.
        let was_settled = is_settled();
        let answer = self.call_reading(question, asker).await?;
        let is_settled = was_settled && is_settled();
        let life = if is_settled { self.answers.life::<Q>() } else { Life::default() };
        Ok(Arc::new(Kept::new(answer.reply, answer.size, life)))
    }

    /// One read of one person, from the store that replicas share or asked for now and put there; whether it was asked.
    pub(super) async fn look_or_ask<Q: Question>(
        &self,
        (key, question): (&Key, &Q),
        asker: Asker<'_>,
        asks: impl FnOnce() + Send,
    ) -> Result<Arc<Kept>, CallerError> {
        let place = self.shared_place::<Q>(key).await;
        if let Some((shared, place)) = &place
            && let Some(kept) = shared.get::<Q>(place, self.answers.life::<Q>()).await
        {
            return Ok(Arc::new(kept));
        }
        asks();
        let kept = self.ask(question, asker).await?;
        if let Some((shared, place)) = place
            && !kept.is_fleeting()
        {
            shared.put::<Q>(place, &kept);
        }
        Ok(kept)
    }

    async fn shared_place<Q: Question>(&self, key: &Key) -> Option<(&SharedAnswers, Place)> {
        let (shared, replicas) = (self.shared_answers.as_ref()?, self.replicas.as_ref()?);
        let Owner::One(identity) = &key.owner else { return None };
        if !self.is_settled(identity, Q::READS) {
            return None;
        }
        let counters = replicas.stamp(identity.realm, Q::READS).await?;
        Some((shared, shared.place::<Q>(key, counters)?))
    }

    /// One write that was announced, and what must be forgotten after it.
    pub(super) async fn tell<Q: Question>(
        &self,
        question: &Q,
        (session, sessions): (&Session, &Sessions),
        (room, announced): (Permit, Option<Announced>),
    ) -> Result<Answer<Q::Reply>, CallerError> {
        let result = self.call(question, session, room).await.map_err(CallerError::of_write);
        let standing = standing::<Q>(session)?;
        if let Some(identity) = &standing.identity {
            if matches!(result, Err(CallerError::OutcomeUnknown(_))) {
                self.epochs.unsettle(identity, Q::WRITES, standing.upstream.patience());
            }
            self.epochs.advance(identity, Q::WRITES);
        }
        if let (Some(replicas), Some(announced)) = (&self.replicas, announced)
            && !matches!(result, Err(CallerError::OutcomeUnknown(_)))
        {
            replicas.conclude(announced).await;
        }
        if result.as_ref().is_err_and(CallerError::ends_session) {
            sessions.end::<Q::Upstream>(session).await;
            if sessions.is_of_service() {
                return Err(CallerError::ServiceSessionEnded);
            }
        }
        result
    }
}

/// A call under way. Whoever waits for it may give it up, and a server that answers nobody in time is told by that too.
struct UnderWay<'a> {
    house: &'a House,
    operation: (System, &'static str),
    began: Instant,
    /// Until it is over.
    room: Option<Permit>,
}

impl UnderWay<'_> {
    fn answered(self, bytes: usize) {
        let took = self.began.elapsed();
        let is_quiet = self.room.as_ref().is_some_and(Permit::is_quiet);
        let usual = self.house.observed.note(self.operation, (took, is_quiet), bytes);
        self.end(News::Answered { took, usual });
    }

    fn end(mut self, news: News<'_>) {
        if let Some(room) = self.room.take() {
            room.end(news);
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let Some(room) = self.room.take() else { return };
        let usual = self.house.observed.usual(self.operation);
        // Of what was never answered nobody knows how long it takes.
        let is_late = usual.is_some_and(|usual| self.began.elapsed() > 2 * usual + LATE);
        room.end(if is_late { News::GivenUpLate } else { News::None });
    }
}
