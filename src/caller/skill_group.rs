//! The edge from agents to skill groups, asked from whichever end is cheaper for all agents of one level.

use std::collections::HashMap;
use std::sync::Arc;

use dataloader::BatchFn;
use dataloader::non_cached::Loader;
use futures_util::future::{BoxFuture, FutureExt as _, Shared, try_join_all};

use super::change::ChangeError;
use super::error::CallerError;
use super::plan::{self, Direction};
use super::reader::Reader;
use crate::config::SkillGroupName;
use crate::portal::agent::{GetAllAgentsForSkill, GetAllAgentsForSkillReply};
use crate::portal::dialect::clear;
use crate::portal::skill_group::{
    GetSkillGroups, GetSkillGroupsReply, GetSkillsForAgent, GetSkillsForAgentReply, SaveSkillGroup,
    SkillGroup,
};
use crate::portal::user::User;
use crate::portal::{PlatformId, SkillGroupId, UserId};
use crate::upstream::Noun;

/// Skill groups, in the portal's order.
pub type SkillGroups = Arc<[Arc<SkillGroup>]>;

/// An agent as the edge asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgentKey {
    /// The agent's user.
    pub user: UserId,
    /// The agent's platform.
    pub platform: Option<PlatformId>,
    /// How many skill groups the portal says the agent is in; checks the inverse direction.
    pub assigned: Option<i64>,
}

impl AgentKey {
    /// The key of a user who is an agent.
    #[must_use]
    pub fn of(user: &User) -> Option<Self> {
        Some(Self {
            user: user.id_program_user?,
            platform: user.platform_id,
            assigned: user.total_assigned_skills,
        })
    }

    fn question(self, assigned: bool) -> GetSkillsForAgent {
        GetSkillsForAgent {
            id_program_user: Some(self.user),
            platform_id: self.platform,
            assigned: Some(assigned),
            page_size: Some(0),
            ..GetSkillsForAgent::default()
        }
    }
}

impl GetSkillGroupsReply {
    fn groups(&self) -> SkillGroups {
        let lists = [&self.skill_group_list, &self.basic_skill_group_list];
        lists.into_iter().find(|list| !list.is_empty()).map(|list| list.as_slice().into()).unwrap_or_default()
    }
}

impl GetSkillsForAgentReply {
    fn groups(&self) -> SkillGroups {
        let lists = [&self.skill_group_list, &self.basic_skill_group_list, &self.simple_skill_group_list];
        lists.into_iter().find(|list| !list.is_empty()).map(|list| list.as_slice().into()).unwrap_or_default()
    }
}

impl GetAllAgentsForSkillReply {
    fn agents(&self) -> Arc<[Arc<User>]> {
        let lists = [&self.agent_skill_info_list, &self.basic_agent_skill_info_list];
        lists.into_iter().find(|list| !list.is_empty()).map(|list| list.as_slice().into()).unwrap_or_default()
    }
}

fn agents_of(group: &SkillGroup, assigned: bool) -> GetAllAgentsForSkill {
    GetAllAgentsForSkill {
        skill_target_id: group.skill_target_id,
        platform_id: group.peripheral_id,
        assigned: Some(assigned),
        page_size: Some(0),
        ..GetAllAgentsForSkill::default()
    }
}

fn all_groups() -> GetSkillGroups {
    GetSkillGroups { page_size: Some(0), ..GetSkillGroups::default() }
}

impl Reader {
    /// Every skill group the caller may see, in one call.
    pub async fn skill_groups(&self) -> Result<SkillGroups, CallerError> {
        let groups = self.read_as(all_groups(), |reply: &GetSkillGroupsReply| reply.groups()).await?;
        Ok(groups.as_ref().clone())
    }

    /// The agents in a skill group, or those that could be put into it.
    pub async fn agents_of_skill_group(
        &self,
        group: &SkillGroup,
        assigned: bool,
    ) -> Result<Arc<[Arc<User>]>, CallerError> {
        let question = agents_of(group, assigned);
        let agents = self.read_as(question, |reply: &GetAllAgentsForSkillReply| reply.agents()).await?;
        Ok(agents.as_ref().clone())
    }

    /// The skill groups an agent could be put into.
    pub async fn available_skill_groups_of(&self, agent: AgentKey) -> Result<SkillGroups, CallerError> {
        self.ask_for_agent(agent, false).await
    }

    /// Changes a skill group: what `change` leaves alone is sent back as it was read. Answers the group as it was read.
    pub async fn change_skill_group<E: From<ChangeError>>(
        &self,
        id: SkillGroupId,
        change: impl FnOnce(&mut SaveSkillGroup) -> Result<(), E>,
    ) -> Result<Arc<SkillGroup>, E> {
        let turn = self.turn(Noun::SkillGroup, id.0).await.map_err(ChangeError::from)?;
        let reply = self.read_anew(all_groups()).await.map_err(ChangeError::from)?;
        let groups = reply.groups();
        let group = groups.iter().find(|group| group.skill_target_id == Some(id));
        let group = group.ok_or(ChangeError::NotFound)?;
        let dialect = &self.portal_settings().dialect;
        let before = SaveSkillGroup {
            peripheral_id: group.peripheral_id,
            skill_group_peripheral_name: match dialect.skill_group_name {
                SkillGroupName::SkillName => group.skill_name.clone().map(String::from),
                SkillGroupName::PeripheralName => group.peripheral_name.clone().map(String::from),
                SkillGroupName::EnterpriseName => group.enterprise_name.clone().map(String::from),
            },
            skill_group_description: group.description.clone().map(String::from),
            skill_group_skill_target_id: Some(id),
            service_level_threshold: group.service_level_threshold,
            ..SaveSkillGroup::default()
        };
        let mut operation = before.clone();
        change(&mut operation)?;
        clear(&before, &mut operation, dialect.cleared_field);
        self.write_holding(operation, turn).await.map_err(ChangeError::Write)?;
        Ok(group.clone())
    }

    async fn ask_for_agent(&self, agent: AgentKey, assigned: bool) -> Result<SkillGroups, CallerError> {
        let question = agent.question(assigned);
        let groups = self.read_as(question, |reply: &GetSkillsForAgentReply| reply.groups()).await?;
        Ok(groups.as_ref().clone())
    }
}

type Members = HashMap<UserId, Vec<Arc<SkillGroup>>>;

/// One level's answer under way; a type of its own, because the compiler loses the `'static` of a bare one.
#[derive(Clone)]
struct Batch(Shared<BoxFuture<'static, Option<Arc<Members>>>>);

/// Gathers the agents of one level, so that the direction is chosen for all of them.
pub(super) struct SkillGroupsOf {
    reader: Arc<Reader>,
    gather: Loader<AgentKey, Batch, Gathered>,
}

struct Gathered(Arc<Reader>);

impl BatchFn<AgentKey, Batch> for Gathered {
    /// Starts the level's plan and hands out its future, unawaited: the gate is open again for the next level at once.
    async fn load(&mut self, keys: &[AgentKey]) -> HashMap<AgentKey, Batch> {
        let batch = Batch(members(self.0.clone(), keys.to_vec()).boxed().shared());
        keys.iter().map(|key| (*key, batch.clone())).collect()
    }
}

impl SkillGroupsOf {
    pub(super) fn new(reader: Arc<Reader>) -> Self {
        let gather =
            Loader::new(Gathered(reader.clone())).with_max_batch_size(usize::MAX).with_yield_count(2);
        Self { reader, gather }
    }

    pub(super) async fn load(&self, agent: AgentKey) -> Result<SkillGroups, CallerError> {
        let inverse = match self.gather.try_load(agent).await {
            Ok(batch) => batch.0.await,
            Err(_) => None,
        };
        if let Some(members) = inverse {
            let groups = members.get(&agent.user).map(Vec::as_slice).unwrap_or_default();
            // A caller who may not see every group would get a shorter answer this way than by asking for the agent.
            let is_whole =
                agent.assigned.is_none_or(|assigned| usize::try_from(assigned) == Ok(groups.len()));
            if is_whole {
                return Ok(groups.into());
            }
        }
        self.reader.ask_for_agent(agent, true).await
    }
}

/// Who is in which group, if finding that out is cheaper than asking for each agent; `None` to ask for each.
async fn members(reader: Arc<Reader>, agents: Vec<AgentKey>) -> Option<Arc<Members>> {
    let forward = agents.iter().filter(|agent| !reader.is_at_hand(&agent.question(true))).count();
    // With the list at hand the other way's cost is known for nothing; without it, finding out costs a call.
    if forward == 0 || (forward <= plan::FEW && !reader.is_at_hand(&all_groups())) {
        return None;
    }
    let groups = reader.skill_groups().await.ok()?;
    if groups.iter().any(|group| group.skill_target_id.is_none()) {
        return None;
    }
    let inverse = groups.iter().filter(|group| !reader.is_at_hand(&agents_of(group, true))).count();
    if plan::cheaper(forward, inverse) == Direction::Forward {
        return None;
    }
    let lists =
        try_join_all(groups.iter().map(|group| reader.agents_of_skill_group(group, true))).await.ok()?;
    let mut members = Members::new();
    for (group, agents) in groups.iter().zip(lists) {
        // As the portal marks it when asked for the agent: an answer must not tell which way it was found.
        let group = Arc::new(SkillGroup { checked: Some(true), ..SkillGroup::clone(group) });
        for user in agents.iter().filter_map(|agent| agent.id_program_user) {
            members.entry(user).or_default().push(group.clone());
        }
    }
    Some(Arc::new(members))
}
