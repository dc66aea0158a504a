//! `Subscription`: what clients are told of as it happens. Each field begins with how things stand.

mod callback;
mod callback_queue;
mod eligible_agent;
mod skill_group;
mod user;
mod viewer_session;

use async_graphql::{Context, Subscription};
use futures_util::Stream;

use super::callback::Callback;
use super::callback_queue::CallbackQueue;
use super::eligible_agent::StepCondition;
use super::error::{GraphError, Nullable};
use super::list::List;
use super::lookup::NamedBy;
use super::user_list::UserFilter;
use crate::portal::CallbackId;
use callback::OneCallback;
use callback_queue::AllCallbackQueues;
use eligible_agent::PrecisionQueueChanges;
use skill_group::SkillGroupChanges;
use user::{AgentChanges, AllAgents, AllUsers, UserChanges};
use viewer_session::ViewerSessionNotice;

/// What clients are told of as it happens.
#[derive(Default)]
pub struct Subscription;

/// What clients are told of as it happens, over a WebSocket (`graphql-transport-ws`) or as server-sent events. Each field
/// begins with how things stand. What has changed at the portal is found by asking it again and again, once for all who
/// subscribe to the same as the same person; what is changed through the gateway is told at once. What is selected below is
/// read when something is told, as a query would read it; only what the field itself names is followed.
#[Subscription]
impl Subscription {
    /// A callback: as it is now, and whenever it changes; null where the tenant has none such, or no longer.
    async fn callback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The portal's own key of the callback.")] database_id: i64,
    ) -> Result<impl Stream<Item = Nullable<Callback>>, GraphError> {
        callback::events(ctx, OneCallback(CallbackId(database_id)))
    }

    /// Every callback queue of the tenant: as they are now, and whenever one of them changes.
    async fn callback_queues(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Nullable<List<CallbackQueue>>>, GraphError> {
        callback_queue::events(ctx, AllCallbackQueues)
    }

    /// Users the viewer may see: who there are now, and then who is new, different, and gone.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which users; all of it must hold.")] filter: Option<UserFilter>,
        #[graphql(
            default = true,
            desc = "Whether to begin with everyone who is there; if not, the first event is empty, and a query sent after it \
                    misses nothing."
        )]
        snapshot: bool,
    ) -> Result<impl Stream<Item = Nullable<UserChanges>>, GraphError> {
        user::events(ctx, AllUsers(filter.unwrap_or_default()), snapshot)
    }

    /// Agents and supervisors the viewer may see: who there are now, and then who is new, different, and gone.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agents; all of it must hold.")] filter: Option<UserFilter>,
        #[graphql(
            default = true,
            desc = "Whether to begin with everyone who is there; if not, the first event is empty, and a query sent after it \
                    misses nothing."
        )]
        snapshot: bool,
    ) -> Result<impl Stream<Item = Nullable<AgentChanges>>, GraphError> {
        user::events(ctx, AllAgents(filter.unwrap_or_default()), snapshot)
    }

    /// A skill group and the agents in it: who they are now, and then who enters and leaves, and when the group itself
    /// changes. Null once, and then nothing more, if there is none such that the viewer may see.
    async fn skill_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the skill group.")] by: NamedBy,
        #[graphql(
            default = true,
            desc = "Whether to begin with every agent who is in it; if not, the first event names none."
        )]
        snapshot: bool,
    ) -> Result<impl Stream<Item = Nullable<SkillGroupChanges>>, GraphError> {
        skill_group::events(ctx, by, snapshot).await
    }

    /// A precision queue and the agents it could choose: who they are now, and then who becomes eligible, is eligible by
    /// another step or proficiency, and is so no longer, and when the queue itself changes. Null once, and then nothing
    /// more, if there is none such that the viewer may see.
    async fn precision_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the precision queue.")] by: NamedBy,
        #[graphql(desc = "What to suppose of conditional steps; one not named here counts as reached.")]
        conditions: Option<Vec<StepCondition>>,
        #[graphql(
            default = true,
            desc = "Whether to begin with every eligible agent; if not, the first event names none."
        )]
        snapshot: bool,
    ) -> Result<impl Stream<Item = Nullable<PrecisionQueueChanges>>, GraphError> {
        eligible_agent::events(ctx, (by, conditions.unwrap_or_default()), snapshot).await
    }

    /// The viewer's own session: how long it stands, when it is about to end unless it is used, and that it has ended. Being
    /// subscribed is no use of it; any query is.
    async fn viewer_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 120, desc = "How many seconds before its end it counts as about to end.")]
        notice_seconds: i32,
    ) -> Result<impl Stream<Item = ViewerSessionNotice>, GraphError> {
        viewer_session::events(ctx, notice_seconds)
    }
}
