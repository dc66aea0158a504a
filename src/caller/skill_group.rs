//! Skill groups and who is in them, as the portal is asked for them.

use std::sync::Arc;

use super::change::ChangeError;
use super::error::CallerError;
use super::reader::Reader;
use super::skill_groups_of::GroupList;
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
    /// How many skill groups the portal says the agent is in; without it the inverse direction cannot be checked.
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

    pub(super) fn question(self, assigned: bool) -> GetSkillsForAgent {
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
    pub(super) fn groups(&self) -> SkillGroups {
        let lists = [&self.skill_group_list, &self.basic_skill_group_list];
        lists.into_iter().find(|list| !list.is_empty()).map(|list| list.as_slice().into()).unwrap_or_default()
    }
}

impl GetSkillsForAgentReply {
    /// In an order of ours: the portal promises none, and an answer must not tell which way it was found.
    fn groups(&self) -> SkillGroups {
        let lists = [&self.skill_group_list, &self.basic_skill_group_list, &self.simple_skill_group_list];
        let list = lists.into_iter().find(|list| !list.is_empty());
        list.map(|list| in_order(list.clone())).unwrap_or_default()
    }
}

/// An agent's skill groups in the order of their keys.
pub(super) fn in_order(mut groups: Vec<Arc<SkillGroup>>) -> SkillGroups {
    groups.sort_by_key(|group| group.skill_target_id);
    groups.into()
}

impl GetAllAgentsForSkillReply {
    fn agents(&self) -> Arc<[Arc<User>]> {
        let lists = [&self.agent_skill_info_list, &self.basic_agent_skill_info_list];
        lists.into_iter().find(|list| !list.is_empty()).map(|list| list.as_slice().into()).unwrap_or_default()
    }
}

pub(super) fn agents_of(group: &SkillGroup, assigned: bool) -> GetAllAgentsForSkill {
    GetAllAgentsForSkill {
        skill_target_id: group.skill_target_id,
        platform_id: group.peripheral_id,
        assigned: Some(assigned),
        page_size: Some(0),
        ..GetAllAgentsForSkill::default()
    }
}

pub(super) fn all_groups() -> GetSkillGroups {
    GetSkillGroups { page_size: Some(0), ..GetSkillGroups::default() }
}

impl Reader {
    /// Every skill group the caller may see, in one call.
    pub async fn skill_groups(&self) -> Result<SkillGroups, CallerError> {
        Ok(self.group_list().await?.groups().clone())
    }

    /// The same, with what has been worked out of it.
    pub(super) async fn group_list(&self) -> Result<Arc<GroupList>, CallerError> {
        self.read_as(all_groups(), GroupList::of).await
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

    /// The skill groups an agent is in, or could be put into, by a call of its own.
    pub(super) async fn ask_for_agent(
        &self,
        agent: AgentKey,
        assigned: bool,
    ) -> Result<SkillGroups, CallerError> {
        let question = agent.question(assigned);
        let groups = self.read_as(question, |reply: &GetSkillsForAgentReply| reply.groups()).await?;
        Ok(groups.as_ref().clone())
    }
}
