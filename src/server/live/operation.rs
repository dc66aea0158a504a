//! One operation on a WebSocket: a query or a mutation is answered once, a subscription until one of the two ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::to_bytes;
use axum::http::request::Parts;
use bytes::Bytes;
use tokio::sync::mpsc;

use super::message;
use super::{Event, Opened, is_subscription};
use crate::server::asked::Asked;
use crate::server::audit::Subject;
use crate::server::media_type::MediaType;
use crate::server::question::Posed;
use crate::server::refusal::Refusal;
use crate::server::request_id::RequestId;
use crate::server::{Floor, answer};

/// What an operation sends.
pub(super) struct Sent {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) then: Then,
}

/// What follows a message.
pub(super) enum Then {
    More,
    /// Nothing under this id.
    End,
    /// The session has ended, or goes on under another token; and with it ends the connection.
    Close {
        is_replaced: bool,
    },
}

/// One operation of a client.
pub(super) struct Operation {
    pub(super) floor: Arc<Floor>,
    pub(super) parts: Parts,
    pub(super) request: RequestId,
    pub(super) id: String,
    pub(super) number: u64,
    /// Set once it has turned out to be a subscription.
    pub(super) follows: Arc<AtomicBool>,
    pub(super) sender: mpsc::Sender<Sent>,
}

impl Operation {
    /// Works it out, and sends what comes of it.
    pub(super) async fn run(self, posed: Posed) {
        let subject = Subject::of(&self.parts, &self.request, &self.floor.settings.trusted_proxies);
        if let Err(refusal) = self.answer(posed, &subject).await {
            subject.refused(&refusal);
            let errors = answer::of_refusal(&refusal, &self.request);
            self.last(message::error(&self.id, &errors.body.plain)).await;
        }
    }

    async fn answer(&self, posed: Posed, subject: &Arc<Subject>) -> Result<(), Refusal> {
        let asked = Asked::of(&self.floor, &self.parts, subject)?.without_cookie();
        asked.admit(&self.floor).await?;
        let question = asked.question(&self.floor, posed).await?;
        let arrival = asked.arrived(&self.floor, &question).await?;
        if !is_subscription(&self.floor, &question, &asked.deadline).await? {
            let how = (MediaType::GraphqlResponse, &self.request);
            let response = asked.answer_to(&self.floor, (question, arrival), how).await?;
            let is_executed = response.status().is_success();
            // It is in memory already.
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
            self.tell(&body, is_executed).await;
            return Ok(());
        }
        self.follows.store(true, Ordering::Release);
        let opened = asked.subscribed(&self.floor, (question, arrival), &self.request).await?;
        let mut subscription = match opened {
            Opened::Subscription(subscription) => subscription,
            Opened::Answered(written) => {
                self.tell(&written.body.plain, written.is_executed()).await;
                return Ok(());
            }
        };
        loop {
            let (text, then) = match subscription.next().await {
                // Pings say that the connection is there.
                Event::Nothing => continue,
                Event::Next(written) => (message::next(&self.id, &written.body.plain), Then::More),
                Event::SignedOut { refusal, is_replaced } => {
                    let errors = answer::of_refusal(&refusal, &self.request);
                    (message::error(&self.id, &errors.body.plain), Then::Close { is_replaced })
                }
                Event::Complete => (message::complete(&self.id), Then::End),
            };
            let is_last = !matches!(then, Then::More);
            if !self.send(text, then).await || is_last {
                return Ok(());
            }
        }
    }

    /// Sends the one answer there is: its errors alone, if nothing was executed.
    async fn tell(&self, body: &Bytes, is_executed: bool) {
        if !is_executed {
            return self.last(message::error(&self.id, body)).await;
        }
        if self.send(message::next(&self.id, body), Then::More).await {
            self.last(message::complete(&self.id)).await;
        }
    }

    async fn last(&self, text: String) {
        self.send(text, Then::End).await;
    }

    /// Whether the connection is still there to send it.
    async fn send(&self, text: String, then: Then) -> bool {
        let sent = Sent { id: self.id.clone(), number: self.number, text, then };
        self.sender.send(sent).await.is_ok()
    }
}
