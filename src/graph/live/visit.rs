//! The two runs of a subscription's operation as visits, and what a visit begins to follow.

use std::sync::{Arc, Mutex};

use super::Live;
use super::feed::Feed;
use super::line::Happening;
use super::topic::Topic;
use crate::caller::{Deadline, Freshness, Notes};
use crate::graph::arrival::Arrival;
use crate::graph::context::{Gateway, Visit};
use crate::graph::error::GraphError;
use crate::portal::Portal;

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used.
    Stands,
    /// It goes on under another token.
    Replaced,
    /// It is over.
    Ended,
}

impl Gateway {
    /// The standing of somebody who came in to open a subscription.
    #[must_use]
    pub fn opening(self: &Arc<Self>, arrival: Arrival, deadline: Deadline) -> Visit {
        self.visit_for(arrival, Notes::until(deadline), Live::Opening(Mutex::default()))
    }

    /// The standing of a subscriber who is to be told what has happened.
    #[must_use]
    pub fn telling(
        self: &Arc<Self>,
        arrival: Arrival,
        (deadline, freshness): (Deadline, Freshness),
        happening: Arc<Happening>,
    ) -> Visit {
        self.visit_for(arrival, Notes::until(deadline).taking(freshness), Live::Telling(happening))
    }

    /// How the session of somebody who came in for the portal's sake stands. Looking is no use of it.
    pub async fn standing(&self, arrival: &Arrival) -> Standing {
        let Some(session) = &arrival.session else { return Standing::Ended };
        let sessions = arrival.account.as_ref().map_or(&self.sessions, |account| account.sessions());
        if sessions.stands_until::<Portal>(session).await.is_some() {
            Standing::Stands
        } else if sessions.is_replaced(session) {
            Standing::Replaced
        } else {
            Standing::Ended
        }
    }
}

impl Visit {
    /// Which run of a subscription this is, if it is one.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Begins to follow a topic of the viewer's tenant.
    pub(super) fn follow<T: Topic>(&self, topic: T, is_whole: bool) -> Result<Feed, GraphError> {
        let caller = self.current().ok_or_else(GraphError::unauthenticated)?;
        let (attendance, follower) = caller.attend()?;
        let line = self.gateway.lines.line(caller.identity::<Portal>()?, (topic, follower));
        Ok(Feed::of(line, attendance, is_whole))
    }
}
