//! Subscriptions: opened once, then told of each event by an execution of their operation, shared by all who are told the same.

mod event_stream;
mod message;
mod operation;
mod told;
mod websocket;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::http::Method;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

pub(super) use event_stream::{followed, is_wanted, of_one, refused};
pub(super) use told::Told;
pub(super) use websocket::{is_upgrade, upgraded};

use super::answer::{self, Written};
use super::aside::Aside;
use super::asked::Asked;
use super::audit::Subject;
use super::execution::{Execution, Operation};
use super::kept::{Key, KeyParts};
use super::question::Question;
use super::refusal::{BAD_USER_INPUT, Refusal, UNAUTHENTICATED};
use super::request_id::RequestId;
use super::{Floor, traced};
use crate::caller::{Deadline, Freshness};
use crate::graph::{Arrival, Feed, Happening, Standing};

/// How often it is looked whether the session of a subscription stands.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often something is said to a client who is told nothing, so that whoever is in between keeps the connection.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a client may take to read what it is sent.
const PATIENCE: Duration = Duration::from_secs(30);

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
    /// Nothing for so long that something is to be said all the same.
    Nothing,
    /// The session has ended, and with it everything it subscribed to; or it goes on under another token.
    SignedOut {
        /// What the client is told.
        refusal: Refusal,
        /// Whether it goes on.
        is_replaced: bool,
    },
    /// There is nothing more to tell.
    Complete,
}

/// Whether an operation of somebody who was let in is a subscription.
pub(super) async fn is_subscription(
    floor: &Floor,
    question: &Question,
    deadline: &Deadline,
) -> Result<bool, Refusal> {
    let _place = floor.gate.enter(deadline).await?;
    let document = floor.documents.get(&question.query).await?;
    Ok(document.operation(question.operation_name.as_deref())?.ty == OperationType::Subscription)
}

impl Asked<'_> {
    /// Opens a subscription.
    pub(super) async fn subscribed(
        &self,
        floor: &Arc<Floor>,
        (question, arrival): (Question, Arrival),
        id: &RequestId,
    ) -> Result<Opened, Refusal> {
        let deadline = self.deadline;
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
            aside: Aside::default(),
            batch: None,
            happening: None,
        };
        let name = trusted_name(floor, key.as_deref());
        let written = traced::subscription(name, execution.alone(&visit)).await?;
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
    /// What is told next. To be waited for to its end: an event that was taken and not told would be lost.
    pub(super) async fn next(&mut self) -> Event {
        let mut looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let silent_until = Instant::now() + HEARTBEAT;
        loop {
            let happening = tokio::select! {
                happening = self.feed.next() => Some(happening),
                now = looks.tick() => {
                    if now >= silent_until {
                        return Event::Nothing;
                    }
                    None
                }
            };
            if !self.feed.is_of_session() {
                match self.teller.standing().await {
                    Standing::Stands => {}
                    Standing::Replaced => return signed_out(true),
                    Standing::Ended => return signed_out(false),
                }
            }
            match happening {
                None => {}
                Some(None) => return Event::Complete,
                Some(Some(happening)) => {
                    let told = self.teller.told(happening).await;
                    if told.is_err() {
                        self.feed.begin_anew();
                    }
                    return Event::Next(told.unwrap_or_else(|refusal| Arc::new(self.refused(&refusal))));
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
    async fn standing(&self) -> Standing {
        self.floor.gateway.standing(&self.arrival).await
    }

    /// The event as this subscriber selects it; worked out once for all of one person who select the same.
    async fn told(&self, happening: Arc<Happening>) -> Result<Arc<Written>, Refusal> {
        let number = happening.number;
        let place =
            self.key.as_ref().map(|key| (Arc::clone(key), self.floor.gateway.moment(&key.whose), number));
        if let Some(written) = place.as_ref().and_then(|place| self.floor.told.get(place)) {
            return Ok(written);
        }
        let written = self.executed(happening).await?;
        if let Some(place) = place
            && written.is_faultless
            && !written.is_particular
        {
            self.floor.told.keep(place, &written);
        }
        Ok(written)
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
            aside: Aside::default(),
            batch: None,
            happening: Some(happening),
        };
        let told = async {
            if let Some(shared) = execution.together(&self.arrival).await? {
                return Ok(shared.written());
            }
            execution.alone(&Arc::new(execution.visit(self.arrival.clone()))).await
        };
        traced::subscription(trusted_name(&self.floor, self.key.as_deref()), told).await
    }
}

/// What the operator calls the document of a question.
fn trusted_name(floor: &Floor, key: Option<&Key>) -> Option<Arc<str>> {
    floor.documents.name(&key?.question.query)
}

fn signed_out(is_replaced: bool) -> Event {
    let message = if is_replaced {
        "Signing in has replaced the session, and what was subscribed to has ended with it. Subscribe again with the new one."
    } else {
        "The session has ended, and with it what was subscribed to. Sign in and subscribe again."
    };
    Event::SignedOut { refusal: Refusal::of_request(UNAUTHENTICATED, message), is_replaced }
}
