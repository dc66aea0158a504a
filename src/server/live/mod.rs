//! Subscriptions: opened once, then told of each event by an execution of their operation, shared by all who are told the same.

mod event_stream;
mod message;
mod told;
mod websocket;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::http::Method;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

pub(super) use event_stream::{answered, is_wanted, refused};
pub(super) use told::Told;
pub(super) use websocket::{is_upgrade, upgraded};

use super::Floor;
use super::answer::{self, Written};
use super::audit::Subject;
use super::execution::{Execution, Operation};
use super::graphql::Asked;
use super::kept::{Key, KeyParts};
use super::question::Question;
use super::refusal::{BAD_USER_INPUT, Refusal, UNAUTHENTICATED};
use super::request_id::RequestId;
use crate::caller::{Deadline, Freshness};
use crate::graph::{Arrival, Feed, Happening};

/// How often it is looked whether the session of a subscription stands.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often something is said to a client who is told nothing, so that whoever is in between keeps the connection.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// An operation whose answer comes as a stream.
pub(super) enum Opened {
    /// It was answered already: with why it was not opened.
    Answered(Arc<Written>),
    /// It is told as it happens.
    Subscription(Box<Subscription>),
}

/// A subscription that is open.
pub(super) struct Subscription {
    feed: Feed,
    teller: Teller,
}

/// What shows a subscriber what has happened.
struct Teller {
    floor: Arc<Floor>,
    operation: Arc<Operation>,
    arrival: Arrival,
    key: Option<Arc<Key>>,
    subject: Arc<Subject>,
    id: RequestId,
}

/// What a subscriber is told.
pub(super) enum Event {
    /// What has happened.
    Next(Arc<Written>),
    /// The session has ended, and with it everything it subscribed to.
    SignedOut(Refusal),
    /// There is nothing more to tell.
    Complete,
}

/// Whether an operation is a subscription.
pub(super) async fn is_subscription(floor: &Floor, question: &Question) -> Result<bool, Refusal> {
    let document = floor.documents.get(&question.query).await?;
    Ok(document.operation(question.operation_name.as_deref())?.ty == OperationType::Subscription)
}

impl Asked<'_> {
    /// Opens a subscription.
    pub(super) async fn subscribed(
        &self,
        floor: &Arc<Floor>,
        question: Question,
        id: &RequestId,
    ) -> Result<Opened, Refusal> {
        let (arrival, deadline) = (self.arrived(floor, &question).await?, self.deadline);
        let _place = floor.gate.enter(&deadline).await?;
        let operation = Operation::of(floor, &question, &Method::POST).await?;
        operation.may_introspect(floor.limits.introspection, &arrival)?;
        if operation.root_fields().len() > 1 {
            let message = "A subscription has one field at its root: send one for each.";
            return Err(Refusal::of_request(BAD_USER_INPUT, message));
        }
        let key = arrival.whose().filter(|_| operation.is_shareable);
        let key = key.map(|whose| Arc::new(Key::new(KeyParts { whose, question })));
        let operation = Arc::new(operation);
        let visit = Arc::new(floor.gateway.opening(arrival.clone(), deadline));
        let execution = Execution {
            floor,
            operation: Arc::clone(&operation),
            id,
            subject: self.subject,
            deadline,
            freshness: Freshness::Required,
            key: None,
            tells_cost: false,
            batch: None,
            happening: None,
        };
        let written = execution.alone(&visit).await?;
        match visit.live().opened() {
            Some(feed) => {
                let (floor, subject) = (Arc::clone(floor), Arc::clone(self.subject));
                let teller = Teller { floor, operation, arrival, key, subject, id: id.clone() };
                Ok(Opened::Subscription(Box::new(Subscription { feed, teller })))
            }
            None => Ok(Opened::Answered(written)),
        }
    }
}

impl Subscription {
    /// What is told next.
    pub(super) async fn next(&mut self) -> Event {
        let mut looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                happening = self.feed.next() => {
                    let Some(happening) = happening else { return Event::Complete };
                    // Between what happened and now the session may have ended.
                    if !self.feed.is_of_session() && !self.teller.stands().await {
                        return signed_out();
                    }
                    return Event::Next(self.teller.told(happening).await);
                }
                _ = looks.tick() => {
                    if !self.feed.is_of_session() && !self.teller.stands().await {
                        return signed_out();
                    }
                }
            }
        }
    }

    /// Writes down why there is nothing more to tell.
    pub(super) fn refused(&self, refusal: &Refusal) -> Written {
        answer::of_refusal(refusal, &self.teller.id)
    }
}

impl Teller {
    async fn stands(&self) -> bool {
        self.floor.gateway.stands(&self.arrival).await
    }

    /// The event as this subscriber selects it; worked out once for all of one person who select the same.
    async fn told(&self, happening: Arc<Happening>) -> Arc<Written> {
        let number = happening.number;
        if let Some(key) = &self.key
            && let Some(written) = self.floor.told.get(number, key)
        {
            return written;
        }
        let written = self.executed(happening).await;
        let written = written.unwrap_or_else(|refusal| Arc::new(answer::of_refusal(&refusal, &self.id)));
        if let Some(key) = &self.key
            && written.is_faultless
            && !written.is_particular
        {
            self.floor.told.keep(number, (key, &written));
        }
        written
    }

    async fn executed(&self, happening: Arc<Happening>) -> Result<Arc<Written>, Refusal> {
        let settings = &self.floor.settings;
        let allowed = Duration::from_secs(settings.deadline_seconds);
        let deadline = Deadline::within(allowed, "server.deadline_seconds");
        let _place = self.floor.gate.wait(&deadline).await?;
        let execution = Execution {
            floor: &self.floor,
            operation: Arc::clone(&self.operation),
            id: &self.id,
            subject: &self.subject,
            deadline,
            // Of what is selected below, old is better than nothing; what has happened is of now.
            freshness: Freshness::Preferred,
            key: self.key.clone(),
            tells_cost: false,
            batch: None,
            happening: Some(happening),
        };
        if let Some(shared) = execution.together(&self.arrival).await? {
            return Ok(shared.written());
        }
        execution.alone(&Arc::new(execution.visit(self.arrival.clone()))).await
    }
}

fn signed_out() -> Event {
    let message = "The session has ended, and with it what was subscribed to. Sign in and subscribe again.";
    Event::SignedOut(Refusal::of_request(UNAUTHENTICATED, message))
}

/// Waits for the next event, but not without end: `None` when it is time to say something else.
pub(super) async fn next_or_heartbeat(subscription: &mut Subscription) -> Option<Event> {
    timeout(HEARTBEAT, subscription.next()).await.ok()
}
