//! `Agent`: the agent half of a user, with what the contact centre keeps of it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::agent_desk_settings::AgentDeskSettings;
use super::agent_team::AgentTeam;
use super::attribute::AttributeAssignment;
use super::connection::ConnectionNode;
use super::context::ContextExt as _;
use super::error::{Code, GraphError, Nullable};
use super::id::{Kind, NodeId, key};
use super::level::{Children, IntoChildren as _, row};
use super::list::List;
use super::platform::Platform;
use super::precision_queue::PrecisionQueue;
use super::skill_group::SkillGroup;
use super::user::User;
use crate::caller::{AgentDirectory, AgentKey, SkillGroups, StaffedQueue};
use crate::portal::{Leaf as _, TenantId, user as wire};

/// Somebody who takes contacts.
#[derive(Clone)]
pub struct Agent {
    pub(super) tenant: TenantId,
    pub(super) record: Arc<wire::User>,
}

impl ConnectionNode for Agent {
    const NAME: &'static str = "Agent";
}

impl Agent {
    /// Shows a record of a tenant.
    #[must_use]
    pub fn new(tenant: TenantId, record: Arc<wire::User>) -> Self {
        Self { tenant, record }
    }

    fn key(&self) -> Result<i64, GraphError> {
        key("Agent", "idProgramUser", self.record.id_program_user.map(|id| id.0))
    }

    fn agent_key(&self) -> Result<AgentKey, GraphError> {
        self.key()?;
        AgentKey::of(&self.record).ok_or_else(|| GraphError::new(Code::Internal, "The agent has no key."))
    }

    async fn find_skill_groups(
        &self,
        ctx: &Context<'_>,
        assigned: bool,
    ) -> Result<List<SkillGroup>, GraphError> {
        let (caller, key) = (ctx.caller()?, self.agent_key()?);
        let groups = if assigned {
            caller.skill_groups_of(key).await?
        } else {
            caller.available_skill_groups_of(key).await?
        };
        Ok(self.shown(&groups))
    }

    fn shown(&self, groups: &SkillGroups) -> List<SkillGroup> {
        groups.iter().map(|group| SkillGroup::new(self.tenant, group.clone())).collect()
    }

    fn as_user(&self) -> User {
        User::new(self.tenant, self.record.clone())
    }

    fn own_team(&self) -> Option<AgentTeam> {
        AgentTeam::of(self.tenant, &self.record)
    }

    fn held_attributes(&self, directory: &AgentDirectory) -> List<AttributeAssignment> {
        let Some((agent, _)) = directory.of(&self.record) else { return List::default() };
        let assignments = agent.attributes.iter();
        assignments.map(|held| AttributeAssignment::new(self.clone(), held.clone())).collect()
    }

    fn entered_queues(&self, directory: &AgentDirectory, queues: &[StaffedQueue]) -> List<PrecisionQueue> {
        let Some((_, values)) = directory.of(&self.record) else { return List::default() };
        let entered = queues.iter().filter(|queue| queue.compiled.first_match(values).is_some());
        entered.map(|queue| PrecisionQueue::staffed(self.tenant, queue.clone())).collect()
    }

    async fn all_attributes(ctx: &Context<'_>, agents: &[Self]) -> Vec<Children<AttributeAssignment>> {
        let directory = read_directory(ctx).await;
        let held = agents.iter().map(|agent| {
            let directory = directory.as_ref().map_err(GraphError::clone);
            Some(directory.map(|directory| agent.held_attributes(directory))).into_children()
        });
        held.collect()
    }

    async fn all_precision_queues(ctx: &Context<'_>, agents: &[Self]) -> Vec<Children<PrecisionQueue>> {
        let found = read_directory_and_queues(ctx).await;
        let entered = agents.iter().map(|agent| {
            let found = found.as_ref().map_err(GraphError::clone);
            Some(found.map(|(directory, queues)| agent.entered_queues(directory, queues))).into_children()
        });
        entered.collect()
    }

    async fn all_skill_groups(ctx: &Context<'_>, agents: &[Self]) -> Vec<Children<SkillGroup>> {
        let keys: Vec<_> = agents.iter().map(Self::agent_key).collect();
        let known: Vec<_> = keys.iter().flatten().copied().collect();
        let found: Vec<_> = match ctx.caller() {
            Ok(caller) => {
                caller.skill_groups_of_all(&known).await.into_iter().map(|groups| Ok(groups?)).collect()
            }
            Err(error) => vec![Err(error); known.len()],
        };
        let mut found = found.into_iter();
        let groups = agents.iter().zip(keys).map(|(agent, key)| {
            let groups = key.and_then(|_| found.next().unwrap_or_else(|| Err(GraphError::unauthenticated())));
            Some(groups.map(|groups| agent.shown(&groups))).into_children()
        });
        groups.collect()
    }

    async fn platforms(ctx: &Context<'_>, agents: &[Self]) -> Vec<Children<Platform>> {
        Platform::find_all(ctx, agents.iter().map(|agent| agent.record.platform_id.map(|id| id.0))).await
    }

    async fn all_desk_settings(ctx: &Context<'_>, agents: &[Self]) -> Vec<Children<AgentDeskSettings>> {
        let keys = agents.iter().map(|agent| agent.record.agent_desk_settings_id.map(|id| id.0));
        AgentDeskSettings::find_all(ctx, keys).await
    }

    pub(super) fn global_id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::Agent, self.key()?).encode())
    }
}

async fn read_directory(ctx: &Context<'_>) -> Result<Arc<AgentDirectory>, GraphError> {
    joinable(ctx.caller()?.agent_directory().await?)
}

async fn read_directory_and_queues(
    ctx: &Context<'_>,
) -> Result<(Arc<AgentDirectory>, Vec<StaffedQueue>), GraphError> {
    let caller = ctx.caller()?;
    let (directory, queues) = futures_util::join!(caller.agent_directory(), caller.staffed_queues());
    Ok((joinable(directory?)?, queues?))
}

/// The directory, if it says which user each agent is.
pub(super) fn joinable(directory: Arc<AgentDirectory>) -> Result<Arc<AgentDirectory>, GraphError> {
    if directory.is_joinable() {
        return Ok(directory);
    }
    Err(GraphError::new(
        Code::PortalUnintelligible,
        "The portal lists agents without their numbers, so nothing tells which user each of them is.",
    ))
}

/// Somebody who takes contacts: the agent half of a user.
#[Object]
impl Agent {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        self.global_id()
    }

    /// The portal's own key, which is that of the agent's user.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The number the agent signs in to the desktop with; unique on its platform.
    fn agent_number(&self) -> Option<String> {
        self.record.agent_number()
    }

    /// The name the contact centre knows the agent by; unique in the enterprise.
    fn enterprise_name(&self) -> Option<&str> {
        self.record.agent_enterprise_name.as_deref().or(self.record.agent_enterprise_nm.as_deref())
    }

    /// What somebody wrote about the agent.
    fn description(&self) -> Option<&str> {
        self.record.agent_description.as_deref().or(self.record.agent_desc.as_deref())
    }

    /// Whether the agent is a supervisor; null where the portal does not say.
    fn is_supervisor(&self) -> Option<bool> {
        let flag = self.record.supervisor_agent.as_deref().and_then(bool::from_text);
        flag.or_else(|| self.record.user_type_code.as_deref().map(|code| code.trim() == "S"))
    }

    /// How many skill groups the agent is in, by the portal's count.
    fn skill_group_count(&self) -> Option<i64> {
        self.record.total_assigned_skills
    }

    /// Whether this is the person's primary agent.
    fn is_primary(&self) -> Option<bool> {
        self.record.primary_flag
    }

    /// The agent's skill target id, a key of ICM.
    fn skill_target_database_id(&self) -> Option<i64> {
        self.record.agent_skill_target_id
    }

    /// The skill target id of the agent's primary supervisor.
    fn primary_supervisor_skill_target_database_id(&self) -> Option<i64> {
        self.record.pri_supervisor_skill_target_id
    }

    /// The user this agent is.
    async fn user(&self) -> User {
        self.as_user()
    }

    /// The platform, which is a peripheral of the contact centre.
    async fn platform(&self, ctx: &Context<'_>) -> Nullable<Platform> {
        Platform::find(ctx, self.record.platform_id.map(|id| id.0)).await.transpose()
    }

    /// The name of the platform as it stands in the agent's own record; costs no call.
    fn platform_name(&self) -> Option<&str> {
        self.record.platform.as_deref().or(self.record.platform_name.as_deref())
    }

    /// The team; null where the agent is in none.
    async fn team(&self) -> Option<AgentTeam> {
        self.own_team()
    }

    /// Whether the agent's team is its primary one.
    fn is_team_primary(&self) -> Option<bool> {
        self.record.team_primary
    }

    /// The desk settings.
    async fn desk_settings(&self, ctx: &Context<'_>) -> Nullable<AgentDeskSettings> {
        AgentDeskSettings::find(ctx, self.record.agent_desk_settings_id.map(|id| id.0)).await.transpose()
    }

    /// The skill groups the agent is in. For many agents at once the gateway asks from whichever side is cheaper.
    async fn skill_groups(&self, ctx: &Context<'_>) -> Nullable<List<SkillGroup>> {
        Some(self.find_skill_groups(ctx, true).await)
    }

    /// The skill groups the agent could be put into. Costs a call of the portal for each agent.
    async fn available_skill_groups(&self, ctx: &Context<'_>) -> Nullable<List<SkillGroup>> {
        Some(self.find_skill_groups(ctx, false).await)
    }

    /// The attributes the agent has, each with its value. One call of the portal serves all agents.
    async fn attributes(&self, ctx: &Context<'_>) -> Nullable<List<AttributeAssignment>> {
        let directory = read_directory(ctx).await;
        Some(directory.map(|directory| self.held_attributes(&directory)))
    }

    /// The precision queues whose steps the agent satisfies, worked out by the gateway from the agent's attributes.
    /// Costs one call of the portal for each precision queue, once for all agents.
    async fn precision_queues(&self, ctx: &Context<'_>) -> Nullable<List<PrecisionQueue>> {
        let found = read_directory_and_queues(ctx).await;
        Some(found.map(|(directory, queues)| self.entered_queues(&directory, &queues)))
    }
}

row! {
    Agent;
    own id = global_id;
    leaf database_id, agent_number, enterprise_name, description, is_supervisor, skill_group_count,
        is_primary, skill_target_database_id, primary_supervisor_skill_target_database_id, platform_name,
        is_team_primary;
    child user = as_user, team = own_team;
    edge platform = platforms, desk_settings = all_desk_settings, attributes = all_attributes,
        precision_queues = all_precision_queues, skill_groups = all_skill_groups;
    each available_skill_groups;
}
