//! `ViewerSession`: one of the viewer's own sessions of this gateway.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::context::ContextExt as _;
use super::date_time::DateTime;
use super::error::GraphError;
use super::level::Item;
use super::list::List;
use crate::session::Session;

/// One of the viewer's own sessions.
pub struct ViewerSession {
    session: Arc<Session>,
    is_current: bool,
}

impl Item for ViewerSession {}

/// A session of this gateway in which the viewer is signed in, in this browser or elsewhere.
#[Object]
impl ViewerSession {
    /// Names the session for `endSession`; it opens nothing, and stays the same when the session's token changes.
    async fn id(&self) -> ID {
        ID(self.session.particulars.handle.clone())
    }

    /// When the first sign-in made it.
    async fn created_at(&self) -> DateTime {
        DateTime(self.session.particulars.created_at)
    }

    /// When a request last came with its token, to the second.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.session.particulars.used_at())
    }

    /// What the client that signed in calls itself (`User-Agent`); its own words, so no proof of anything.
    async fn client(&self) -> Option<&str> {
        self.session.particulars.client.as_deref()
    }

    /// Whether it is the session of this request.
    async fn is_current(&self) -> bool {
        self.is_current
    }
}

/// Every session of the person who asks, the latest first.
pub async fn viewer_sessions(ctx: &Context<'_>) -> Result<List<ViewerSession>, GraphError> {
    let visit = ctx.visit();
    // Everybody who comes by a service account has the one session that the gateway keeps for it.
    visit.require_person()?;
    let caller = ctx.caller()?;
    let current = caller.session();
    let own = visit.sessions().of_same_person(current).await?.into_iter();
    Ok(own.map(|session| ViewerSession { is_current: session.id == current.id, session }).collect())
}
