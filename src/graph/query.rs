//! `Query`: where every read starts. A field here that costs a call is nullable, so that one failed branch leaves the
//! others standing.

use async_graphql::{Context, ID, Object};

use super::agent::Agent;
use super::agent_desk_settings::AgentDeskSettings;
use super::agent_profile::AgentProfile;
use super::attribute::Attribute;
use super::billing_unit::BillingUnit;
use super::callback::{Callback, CallbackDisposition};
use super::callback_queue::CallbackQueue;
use super::connection::{Connection, Page};
use super::context::ContextExt as _;
use super::department::Department;
use super::error::{GraphError, Nullable};
use super::icws::Icws;
use super::list::List;
use super::listing::{self, ListQuery, NamedOrder, SkillGroupFilter};
use super::lookup::{self, NamedBy, UserBy};
use super::node::{self, Node};
use super::one::One;
use super::platform::Platform;
use super::precision_queue::PrecisionQueue;
use super::role_group::RoleGroup;
use super::site::Site;
use super::skill_group::SkillGroup;
use super::user::User;
use super::user_list::{self, UserFilter, UserOrder, UserQuery, UserSearch};
use super::viewer::Viewer;
use crate::caller::Presence;
use crate::portal::CallbackId;

/// How many ids `nodes` takes at once.
const MOST_NODES: usize = 100;

/// Where every read starts.
pub struct Query;

async fn find_nodes(ctx: &Context<'_>, ids: &[ID]) -> Result<List<Nullable<Node>>, GraphError> {
    if ids.len() > MOST_NODES {
        return Err(GraphError::bad_input(format!(
            "ids has {}; at most {MOST_NODES} are taken at once.",
            ids.len()
        )));
    }
    // Who is not signed in is told so once.
    ctx.caller()?;
    let found = futures_util::future::join_all(ids.iter().map(|id| node::find(ctx, id))).await;
    Ok(found.into_iter().map(Result::transpose).collect())
}

async fn is_callback_service_available(ctx: &Context<'_>) -> Result<bool, GraphError> {
    Ok(ctx.caller()?.callback_service().await? == Presence::Present)
}

/// Where every read starts.
#[Object]
impl Query {
    /// Who is signed in to the portal; null if nobody is, which is no error.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        Viewer::of(ctx)
    }

    /// ICWS (Genesys PureConnect), the second upstream; an error unless the viewer has signed in there.
    async fn icws(&self, ctx: &Context<'_>) -> Nullable<Icws> {
        Some(Icws::of(ctx))
    }

    /// The record with a global id; null if there is none the viewer may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id, as any record's `id` gives it.")] id: ID,
    ) -> Nullable<Node> {
        node::find(ctx, &id).await.transpose()
    }

    /// The records with these global ids, in the same order; null at the place of each that is not there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Nullable<List<Nullable<Node>>> {
        Some(find_nodes(ctx, &ids).await)
    }

    /// One user; null if there is none the viewer may see.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the user.")] by: UserBy,
    ) -> Nullable<One<User>> {
        lookup::user(ctx, by).await.map(|user| user.map(One)).transpose()
    }

    /// The users the viewer may see.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which users; all of it must hold.")] filter: Option<UserFilter>,
        #[graphql(desc = "A term the users are searched for.")] search: Option<UserSearch>,
        #[graphql(desc = "In which order; the portal's own where it is left out.")] order_by: Option<
            UserOrder,
        >,
        #[graphql(desc = "The first so many users after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only users after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many users before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only users before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<User>> {
        let page = Page { first, after, last, before };
        Some(user_list::users(ctx, UserQuery { filter, search, order_by, page }).await)
    }

    /// One agent; null if there is none the viewer may see, or the user named takes no contacts.
    async fn agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the agent.")] by: UserBy,
    ) -> Nullable<One<Agent>> {
        lookup::agent(ctx, by).await.map(|agent| agent.map(One)).transpose()
    }

    /// The agents and supervisors the viewer may see.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agents; all of it must hold.")] filter: Option<UserFilter>,
        #[graphql(desc = "A term the agents are searched for.")] search: Option<UserSearch>,
        #[graphql(desc = "In which order; the portal's own where it is left out.")] order_by: Option<
            UserOrder,
        >,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Agent>> {
        let page = Page { first, after, last, before };
        Some(user_list::agents(ctx, UserQuery { filter, search, order_by, page }).await)
    }

    /// One skill group; null if there is none the viewer may see.
    async fn skill_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the skill group.")] by: NamedBy,
    ) -> Nullable<SkillGroup> {
        lookup::skill_group(ctx, by).await.transpose()
    }

    /// The skill groups the viewer may see.
    async fn skill_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which skill groups.")] filter: Option<SkillGroupFilter>,
        #[graphql(desc = "What the name or the description must contain, without regard to case.")]
        search: Option<String>,
        #[graphql(desc = "In which order; the portal's own where it is left out.")] order_by: Option<
            NamedOrder,
        >,
        #[graphql(desc = "The first so many skill groups after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only skill groups after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many skill groups before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only skill groups before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<SkillGroup>> {
        let page = Page { first, after, last, before };
        Some(listing::skill_groups(ctx, filter, ListQuery { search, order_by, page }).await)
    }

    /// One attribute; null if there is none the viewer may see.
    async fn attribute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the attribute.")] by: NamedBy,
    ) -> Nullable<Attribute> {
        lookup::attribute(ctx, by).await.transpose()
    }

    /// The attributes the viewer may see.
    async fn attributes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the name or the description must contain, without regard to case.")]
        search: Option<String>,
        #[graphql(desc = "In which order; the portal's own where it is left out.")] order_by: Option<
            NamedOrder,
        >,
        #[graphql(desc = "The first so many attributes after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only attributes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many attributes before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only attributes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Attribute>> {
        let page = Page { first, after, last, before };
        Some(listing::attributes(ctx, ListQuery { search, order_by, page }).await)
    }

    /// One precision queue; null if there is none the viewer may see.
    async fn precision_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the precision queue.")] by: NamedBy,
    ) -> Nullable<PrecisionQueue> {
        lookup::precision_queue(ctx, by).await.transpose()
    }

    /// The precision queues the viewer may see.
    async fn precision_queues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the name or the description must contain, without regard to case.")]
        search: Option<String>,
        #[graphql(desc = "In which order; the portal's own where it is left out.")] order_by: Option<
            NamedOrder,
        >,
        #[graphql(desc = "The first so many precision queues after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only precision queues after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many precision queues before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only precision queues before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<PrecisionQueue>> {
        let page = Page { first, after, last, before };
        Some(listing::precision_queues(ctx, ListQuery { search, order_by, page }).await)
    }

    /// Every department.
    async fn departments(&self, ctx: &Context<'_>) -> Nullable<List<Department>> {
        Some(Department::all(ctx).await)
    }

    /// Every site.
    async fn sites(&self, ctx: &Context<'_>) -> Nullable<List<Site>> {
        Some(Site::all(ctx).await)
    }

    /// Every billing unit.
    async fn billing_units(&self, ctx: &Context<'_>) -> Nullable<List<BillingUnit>> {
        Some(BillingUnit::all(ctx).await)
    }

    /// Every role group.
    async fn role_groups(&self, ctx: &Context<'_>) -> Nullable<List<RoleGroup>> {
        Some(RoleGroup::all(ctx).await)
    }

    /// Every platform of the contact centre.
    async fn platforms(&self, ctx: &Context<'_>) -> Nullable<List<Platform>> {
        Some(Platform::all(ctx).await)
    }

    /// Every profile of agent property management.
    async fn agent_profiles(&self, ctx: &Context<'_>) -> Nullable<List<AgentProfile>> {
        Some(AgentProfile::all(ctx).await)
    }

    /// Every set of agent desk settings.
    async fn agent_desk_settings(&self, ctx: &Context<'_>) -> Nullable<List<AgentDeskSettings>> {
        Some(AgentDeskSettings::all(ctx).await)
    }

    /// Every callback queue of the tenant.
    async fn callback_queues(&self, ctx: &Context<'_>) -> Nullable<List<CallbackQueue>> {
        Some(CallbackQueue::all(ctx).await)
    }

    /// Every disposition an agent of the tenant can give a callback.
    async fn callback_dispositions(&self, ctx: &Context<'_>) -> Nullable<List<CallbackDisposition>> {
        Some(CallbackDisposition::all(ctx).await)
    }

    /// One callback; null if the tenant has none such.
    async fn callback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The portal's own key of the callback.")] database_id: i64,
    ) -> Nullable<Callback> {
        Callback::find(ctx, CallbackId(database_id)).await.transpose()
    }

    /// Whether the callback service answers.
    async fn is_callback_service_available(&self, ctx: &Context<'_>) -> Nullable<bool> {
        Some(is_callback_service_available(ctx).await)
    }
}
