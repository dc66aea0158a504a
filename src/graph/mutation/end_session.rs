//! Ending one's own sessions wherever they are: `endSession`, `logoutEverywhere`.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};

/// Ends the viewer's own sessions.
#[derive(Default)]
pub struct EndSessionMutation;

/// Which session to end.
#[derive(InputObject)]
pub struct EndSessionInput {
    /// Its `id`, as `viewer { sessions { id } }` lists it.
    session_id: ID,
}

/// What ending a session came to.
#[derive(SimpleObject)]
pub struct EndSessionPayload {
    /// Whether the viewer had a session of this id; either way there is none now.
    is_ended: bool,
}

/// What signing out everywhere came to.
#[derive(SimpleObject)]
pub struct LogoutEverywherePayload {
    /// How many sessions were ended, this one among them.
    ended_session_count: usize,
}

async fn end_one(ctx: &Context<'_>, id: &str) -> Result<EndSessionPayload, GraphError> {
    let visit = ctx.visit();
    visit.require_person()?;
    let caller = ctx.caller()?;
    let ended = visit.sessions().end_own(caller.session(), id).await?;
    if ended.as_ref().is_some_and(|ended| ended.id == caller.session().id) {
        visit.leave(None);
    }
    Ok(EndSessionPayload { is_ended: ended.is_some() })
}

async fn end_all(ctx: &Context<'_>) -> Result<LogoutEverywherePayload, GraphError> {
    let visit = ctx.visit();
    visit.require_person()?;
    let caller = ctx.caller()?;
    let ended_session_count = visit.sessions().log_out_everywhere(caller.session()).await?;
    visit.leave(None);
    Ok(LogoutEverywherePayload { ended_session_count })
}

// Nullable, like every mutation: one that fails does not take the others of its request with it.
#[Object]
impl EndSessionMutation {
    /// Ends one of the viewer's own sessions, here and at the upstreams. Whoever holds its token finds it ended.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session to end.")] input: EndSessionInput,
    ) -> Nullable<EndSessionPayload> {
        Some(end_one(ctx, &input.session_id).await)
    }

    /// Ends every session of the viewer, this one too, in whichever browser or program they are, here and at the
    /// upstreams.
    async fn logout_everywhere(&self, ctx: &Context<'_>) -> Nullable<LogoutEverywherePayload> {
        Some(end_all(ctx).await)
    }
}
