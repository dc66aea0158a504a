//! `Node`: everything with a global id, and how an id finds its record.

use async_graphql::{Context, ID, Interface};

use super::agent::Agent;
use super::agent_desk_settings::AgentDeskSettings;
use super::agent_profile::AgentProfile;
use super::agent_team::AgentTeam;
use super::attribute::Attribute;
use super::billing_unit::BillingUnit;
use super::callback::{Callback, CallbackDisposition};
use super::callback_queue::CallbackQueue;
use super::context::ContextExt as _;
use super::department::Department;
use super::error::GraphError;
use super::icws_role::{self, IcwsRole};
use super::icws_role_list::role_of_id;
use super::id::{Kind, NodeId};
use super::platform::Platform;
use super::precision_queue::PrecisionQueue;
use super::role_group::RoleGroup;
use super::site::Site;
use super::skill_group::SkillGroup;
use super::tenant::Tenant;
use super::user::User;
use crate::portal::{
    AgentTeamId, AttributeId, CallbackId, CallbackQueueId, PrecisionQueueId, SkillGroupId, UserId,
};

/// Everything with a global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The global id: opaque, and the same for as long as the record is there."
))]
pub enum Node {
    /// A user.
    User(User),
    /// An agent.
    Agent(Agent),
    /// A skill group.
    SkillGroup(SkillGroup),
    /// An attribute.
    Attribute(Attribute),
    /// A precision queue.
    PrecisionQueue(PrecisionQueue),
    /// A department.
    Department(Department),
    /// A site.
    Site(Site),
    /// A billing unit.
    BillingUnit(BillingUnit),
    /// A role group.
    RoleGroup(RoleGroup),
    /// A platform.
    Platform(Platform),
    /// A profile of agent property management.
    AgentProfile(AgentProfile),
    /// A set of agent desk settings.
    AgentDeskSettings(AgentDeskSettings),
    /// An agent team.
    AgentTeam(AgentTeam),
    /// A callback queue.
    CallbackQueue(CallbackQueue),
    /// A disposition of callbacks.
    CallbackDisposition(CallbackDisposition),
    /// A callback.
    Callback(Callback),
    /// A tenant.
    Tenant(Tenant),
    /// A role of ICWS.
    IcwsRole(IcwsRole),
}

/// The record a global id names; none if it names nothing the viewer may see, in this tenant or any other.
pub async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, GraphError> {
    if let Some(role) = icws_role::role_id(id) {
        return Ok(role_of_id(ctx, &role).await?.map(Node::IcwsRole));
    }
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let Some(node) = NodeId::decode(id).filter(|node| node.tenant == tenant) else { return Ok(None) };
    let key = node.key;
    Ok(match node.kind {
        Kind::User => {
            caller.user_by_id(UserId(key)).await?.map(|record| Node::User(User::new(tenant, record)))
        }
        Kind::Agent => {
            let record = caller.user_by_id(UserId(key)).await?.filter(|user| user.is_agent());
            record.map(|record| Node::Agent(Agent::new(tenant, record)))
        }
        Kind::SkillGroup => skill_group(ctx, SkillGroupId(key)).await?.map(Node::SkillGroup),
        Kind::Attribute => Attribute::find(ctx, AttributeId(key)).await?.map(Node::Attribute),
        Kind::PrecisionQueue => precision_queue(ctx, PrecisionQueueId(key)).await?.map(Node::PrecisionQueue),
        Kind::Department => Department::find(ctx, Some(key)).await?.map(Node::Department),
        Kind::Site => Site::find(ctx, Some(key)).await?.map(Node::Site),
        Kind::BillingUnit => BillingUnit::find(ctx, Some(key)).await?.map(Node::BillingUnit),
        Kind::RoleGroup => RoleGroup::find(ctx, Some(key)).await?.map(Node::RoleGroup),
        Kind::Platform => Platform::find(ctx, Some(key)).await?.map(Node::Platform),
        Kind::AgentProfile => AgentProfile::find(ctx, Some(key)).await?.map(Node::AgentProfile),
        Kind::AgentDeskSettings => {
            AgentDeskSettings::find(ctx, Some(key)).await?.map(Node::AgentDeskSettings)
        }
        Kind::AgentTeam => AgentTeam::find(ctx, AgentTeamId(key)).await?.map(Node::AgentTeam),
        Kind::CallbackQueue => CallbackQueue::find(ctx, CallbackQueueId(key)).await?.map(Node::CallbackQueue),
        Kind::CallbackDisposition => {
            CallbackDisposition::find(ctx, key).await?.map(Node::CallbackDisposition)
        }
        Kind::Callback => Callback::find(ctx, CallbackId(key)).await?.map(Node::Callback),
        Kind::Tenant => (key == tenant.0).then(|| Node::Tenant(Tenant::of(tenant))),
    })
}

/// One skill group, from the list.
pub async fn skill_group(ctx: &Context<'_>, id: SkillGroupId) -> Result<Option<SkillGroup>, GraphError> {
    let caller = ctx.caller()?;
    let (groups, tenant) = (caller.skill_groups().await?, caller.tenant()?);
    let found = groups.iter().find(|group| group.skill_target_id == Some(id));
    Ok(found.map(|record| SkillGroup::new(tenant, record.clone())))
}

/// One precision queue, from the list, which costs no more than asking for it and tells what is visible.
pub async fn precision_queue(
    ctx: &Context<'_>,
    id: PrecisionQueueId,
) -> Result<Option<PrecisionQueue>, GraphError> {
    let caller = ctx.caller()?;
    let (queues, tenant) = (caller.precision_queues().await?, caller.tenant()?);
    let found = queues.iter().find(|queue| queue.id == Some(id));
    Ok(found.map(|record| PrecisionQueue::new(tenant, record.clone())))
}
