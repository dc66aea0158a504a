//! The agent directory: what the contact centre keeps of agents, joined to the roster by agent number and platform.

use std::collections::HashMap;
use std::sync::Arc;

use super::eligibility::AgentValues;
use super::error::CallerError;
use super::reader::Reader;
use super::roster::Roster;
use crate::config::AgentIdKind;
use crate::portal::PlatformId;
use crate::portal::agent::{Agent, GetAllAgents, GetAllAgentsReply};
use crate::portal::user::User;

/// All agents the caller may see, with their attributes, in the portal's order.
pub struct AgentDirectory {
    agents: Vec<Arc<Agent>>,
    values: Vec<AgentValues>,
    by_number: HashMap<String, Vec<usize>>,
    is_joinable: bool,
}

impl AgentDirectory {
    fn new(reply: &GetAllAgentsReply) -> Self {
        let mut by_number: HashMap<String, Vec<usize>> = HashMap::with_capacity(reply.agents.len());
        let mut is_joinable = true;
        for (place, agent) in reply.agents.iter().enumerate() {
            match agent.number() {
                Some(number) => by_number.entry(number).or_default().push(place),
                None => is_joinable = false,
            }
        }
        let values = reply.agents.iter().map(|agent| AgentValues::of(agent)).collect();
        Self { agents: reply.agents.clone(), values, by_number, is_joinable }
    }

    /// Every agent.
    #[must_use]
    pub fn agents(&self) -> &[Arc<Agent>] {
        &self.agents
    }

    /// The attribute values of every agent, in the same order.
    #[must_use]
    pub fn values(&self) -> &[AgentValues] {
        &self.values
    }

    /// Whether every agent says its number; without it nothing tells which user an agent is.
    #[must_use]
    pub fn is_joinable(&self) -> bool {
        self.is_joinable
    }

    /// What the contact centre keeps of a user; nothing if the user is no agent there, or the number is ambiguous.
    #[must_use]
    pub fn of(&self, user: &User) -> Option<(&Arc<Agent>, &AgentValues)> {
        let places = self.by_number.get(&user.agent_number()?)?;
        let place = match places.as_slice() {
            [only] => *only,
            several => {
                let platform = user.platform_id?;
                *several.iter().find(|place| self.agents[**place].platform() == Some(platform))?
            }
        };
        Some((&self.agents[place], &self.values[place]))
    }
}

/// The user an agent of the directory is.
#[must_use]
pub fn user_of<'a>(roster: &'a Roster, agent: &Agent) -> Option<&'a Arc<User>> {
    let number = agent.number()?;
    let platform: Option<PlatformId> = agent.platform();
    let mut users = roster.by_agent_number(&number);
    let first = users.next()?;
    match (users.next(), platform) {
        (None, _) => Some(first),
        (Some(_), None) => None,
        (Some(_), Some(platform)) => {
            roster.by_agent_number(&number).find(|user| user.platform_id == Some(platform))
        }
    }
}

impl Reader {
    /// The number that names an agent in a call that changes something, of the kind the settings say; `None` if the
    /// portal does not tell it, because another number would name somebody else.
    pub async fn agent_number_of(
        &self,
        user: &User,
        kind: AgentIdKind,
    ) -> Result<Option<String>, CallerError> {
        Ok(match kind {
            AgentIdKind::ProgramUserId => user.id_program_user.map(|id| id.to_string()),
            AgentIdKind::AgentNumber => user.agent_number(),
            AgentIdKind::SkillTargetId => match user.agent_skill_target_id {
                Some(id) => Some(id.to_string()),
                None => self.agent_directory().await?.of(user).and_then(|(agent, _)| agent.skill_target_id()),
            },
        })
    }

    /// The directory, in one call.
    pub async fn agent_directory(&self) -> Result<Arc<AgentDirectory>, CallerError> {
        self.read_as(GetAllAgents::default(), AgentDirectory::new).await
    }
}
