//! `updateSkillGroupAgents` and `updateAgentSkillGroups`: who is in which skill group, from either end.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::payload::{AgentPayload, SkillGroupPayload};
use super::refusal::{Refusal, UserErrorCode, Violations, user_errors};
use crate::caller::{Caller, SkillGroups};
use crate::config::AgentIdKind;
use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::Kind;
use crate::graph::lookup::key_of;
use crate::portal::skill_group::{SaveAgentsToSkill, SaveSkillsToAgent, SkillGroup};
use crate::portal::user::User;
use crate::portal::{SkillGroupId, TenantId, UserId};

/// Changes who is in which skill group.
#[derive(Default)]
pub struct MembershipMutation;

/// Whom to put into a skill group, and whom to take out.
#[derive(InputObject)]
pub struct UpdateSkillGroupAgentsInput {
    /// The global id of the skill group.
    skill_group_id: ID,
    /// The global ids of the agents to put in; who is in already stays.
    #[graphql(default)]
    add_agent_ids: Vec<ID>,
    /// The global ids of the agents to take out; who is not in stays out.
    #[graphql(default)]
    remove_agent_ids: Vec<ID>,
}

/// Into which skill groups to put an agent, and out of which to take it.
#[derive(InputObject)]
pub struct UpdateAgentSkillGroupsInput {
    /// The global id of the agent.
    agent_id: ID,
    /// The global ids of the skill groups to put the agent into.
    #[graphql(default)]
    add_skill_group_ids: Vec<ID>,
    /// The global ids of the skill groups to take the agent out of.
    #[graphql(default)]
    remove_skill_group_ids: Vec<ID>,
}

user_errors! {
    /// Why a skill group's agents were not changed.
    UpdateSkillGroupAgentsErrorCode of "UpdateSkillGroupAgents", find out by "`skillGroup { agents }`" {
        /// There is no such skill group, or the viewer may not see it.
        SkillGroupNotFound("skillGroupId"),
        /// There is no such agent, or the viewer may not see it.
        AgentNotFound,
        /// The agent belongs to another platform than the skill group.
        PlatformDiffers,
        /// The portal does not tell the number by which it wants the agent named; nothing is guessed.
        AgentKeyUnknown,
        /// Nobody is to be put in or taken out.
        NothingToChange,
        /// The same agent is to be put in and taken out.
        AddedAndRemoved("removeAgentIds"),
        /// The portal misses the skill group's key.
        SkillGroupIdRequired("skillGroupId") = "BAD_REQUEST_SKILL_GROUP_ID_REQUIRED",
        /// The portal misses the skill group's name.
        SkillGroupNameRequired("skillGroupId") = "BAD_REQUEST_SKILL_GROUP_NAME_REQUIRED",
        /// The portal does not tell the skill group's platform, without which its agents cannot be changed.
        PlatformRequired("skillGroupId") = "BAD_REQUEST_PERIPHERAL_ID_REQUIRED",
    }
    failures ["SAVE_SKILL_GROUP_FAILED", "CONAPI_ERROR_UNABLE_TO_UPDATE_ICM"]
}

user_errors! {
    /// Why an agent's skill groups were not changed.
    UpdateAgentSkillGroupsErrorCode of "UpdateAgentSkillGroups", find out by "`agent { skillGroups }`" {
        /// There is no such agent, or the viewer may not see it.
        AgentNotFound("agentId"),
        /// There is no such skill group, or the viewer may not see it.
        SkillGroupNotFound,
        /// The skill group belongs to another platform than the agent.
        PlatformDiffers,
        /// No skill group is named.
        NothingToChange,
        /// The agent is to be put into a skill group and taken out of the same.
        AddedAndRemoved("removeSkillGroupIds"),
        /// The portal misses the agent's key.
        AgentIdRequired("agentId") = "BAD_REQUEST_AGENT_ID_REQD",
    }
    failures ["SAVE_SKILLS_TO_AGENT_FAILED", "CONAPI_ERROR_UNABLE_TO_UPDATE_ICM"]
}

/// The keys of a list of ids, with the place of each that names nothing.
fn keys<C: UserErrorCode>(
    violations: &mut Violations<C>,
    (field, ids): (&str, &[ID]),
    (kinds, tenant): (&[Kind], TenantId),
    not_found: C,
) -> BTreeSet<i64> {
    let mut keys = BTreeSet::new();
    for (place, id) in ids.iter().enumerate() {
        match key_of(id, kinds, tenant) {
            Some(key) => drop(keys.insert(key)),
            None => violations.add_at(not_found, [field.to_owned(), place.to_string()], not_found.message()),
        }
    }
    keys
}

/// Whom an id in a list names.
enum Named {
    /// It is no id of an agent.
    Wrongly,
    /// There is no such agent, or the viewer may not see it.
    Nobody,
    /// The agent, and the number by which the portal wants it named, if it tells it.
    Agent(Arc<User>, Option<i64>),
}

/// Whom each of the ids names.
async fn agents_named(
    caller: &Caller,
    ids: &[ID],
    tenant: TenantId,
    kind: AgentIdKind,
) -> Result<Vec<Named>, GraphError> {
    let keys: Vec<_> = ids.iter().map(|id| key_of(id, &[Kind::Agent, Kind::User], tenant)).collect();
    let asked: Vec<_> = keys.iter().flatten().map(|key| UserId(*key)).collect();
    let mut users = caller.users_by_id(&asked).await.into_iter();
    let mut agents = Vec::new();
    for key in keys {
        agents.push(match key {
            None => Named::Wrongly,
            Some(_) => match users.next().transpose()?.flatten().filter(|user| user.is_agent()) {
                None => Named::Nobody,
                Some(user) => {
                    let number = caller.agent_number_of(&user, kind).await?;
                    Named::Agent(user, number.and_then(|number| number.parse().ok()))
                }
            },
        });
    }
    Ok(agents)
}

async fn update_agents(
    ctx: &Context<'_>,
    input: &UpdateSkillGroupAgentsInput,
) -> Result<SkillGroupId, Refusal<UpdateSkillGroupAgentsErrorCode>> {
    use UpdateSkillGroupAgentsErrorCode as Code;
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    let key = violations.key(&input.skill_group_id, &[Kind::SkillGroup], tenant, Code::SkillGroupNotFound);
    let kinds: (&[Kind], _) = (&[Kind::Agent, Kind::User], tenant);
    let added = keys(&mut violations, ("addAgentIds", &input.add_agent_ids), kinds, Code::AgentNotFound);
    let removed =
        keys(&mut violations, ("removeAgentIds", &input.remove_agent_ids), kinds, Code::AgentNotFound);
    if input.add_agent_ids.is_empty() && input.remove_agent_ids.is_empty() {
        violations.add(Code::NothingToChange);
    }
    if !added.is_disjoint(&removed) {
        violations.add(Code::AddedAndRemoved);
    }
    let id = SkillGroupId(key.unwrap_or_default());
    let mut platform = None;
    if key.is_some() {
        match caller.skill_groups().await {
            Ok(groups) => match group_named(&groups, id) {
                None => violations.add(Code::SkillGroupNotFound),
                Some(group) if group.peripheral_id.is_none() => violations.add(Code::PlatformRequired),
                Some(group) => platform = group.peripheral_id,
            },
            Err(failure) => return Err(violations.or(failure)),
        }
    }
    let kind = caller.portal_settings().dialect.skill_group_agent_id;
    let mut numbers = [Vec::new(), Vec::new()];
    for ((field, ids), numbers) in
        [("addAgentIds", &input.add_agent_ids), ("removeAgentIds", &input.remove_agent_ids)]
            .into_iter()
            .zip(&mut numbers)
    {
        let agents = match agents_named(&caller, ids, tenant, kind).await {
            Ok(agents) => agents,
            Err(failure) => return Err(violations.or(failure)),
        };
        for (place, agent) in agents.into_iter().enumerate() {
            let mut add = |code: Code| {
                violations.add_at(code, [field.to_owned(), place.to_string()], code.message());
            };
            match agent {
                // That it is no id at all has been said.
                Named::Wrongly => {}
                Named::Nobody => add(Code::AgentNotFound),
                Named::Agent(agent, _)
                    if agent.platform_id.zip(platform).is_some_and(|(own, wanted)| own != wanted) =>
                {
                    add(Code::PlatformDiffers);
                }
                Named::Agent(_, Some(number)) => {
                    numbers.extend((!numbers.contains(&number)).then_some(number));
                }
                Named::Agent(_, None) => add(Code::AgentKeyUnknown),
            }
        }
    }
    violations.check()?;
    let [added_agent_ids, removed_agent_ids] = numbers;
    let operation = SaveAgentsToSkill {
        peripheral_id: platform,
        added_agent_ids,
        removed_agent_ids,
        skill_group_skill_target_id: Some(id),
        ..SaveAgentsToSkill::default()
    };
    caller.write(operation).await.map_err(Refusal::of_write)?;
    Ok(id)
}

fn group_named(groups: &SkillGroups, id: SkillGroupId) -> Option<&Arc<SkillGroup>> {
    groups.iter().find(|group| group.skill_target_id == Some(id))
}

async fn update_skill_groups(
    ctx: &Context<'_>,
    input: &UpdateAgentSkillGroupsInput,
) -> Result<UserId, Refusal<UpdateAgentSkillGroupsErrorCode>> {
    use UpdateAgentSkillGroupsErrorCode as Code;
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    let key = violations.key(&input.agent_id, &[Kind::Agent, Kind::User], tenant, Code::AgentNotFound);
    let lists = [
        ("addSkillGroupIds", &input.add_skill_group_ids),
        ("removeSkillGroupIds", &input.remove_skill_group_ids),
    ];
    let [added, removed] = lists.map(|(field, ids)| {
        keys(&mut violations, (field, ids), (&[Kind::SkillGroup], tenant), Code::SkillGroupNotFound)
    });
    if lists.iter().all(|(_, ids)| ids.is_empty()) {
        violations.add(Code::NothingToChange);
    }
    if !added.is_disjoint(&removed) {
        violations.add(Code::AddedAndRemoved);
    }
    let id = UserId(key.unwrap_or_default());
    let agent = async { if key.is_some() { caller.user_by_id(id).await } else { Ok(None) } };
    let named = async {
        let is_named = !added.is_empty() || !removed.is_empty();
        if is_named { caller.skill_groups().await } else { Ok(SkillGroups::default()) }
    };
    let (agent, groups) = match futures_util::join!(agent, named) {
        (Ok(agent), Ok(groups)) => (agent.filter(|user| user.is_agent()), groups),
        (Err(failure), _) | (_, Err(failure)) => return Err(violations.or(failure)),
    };
    if key.is_some() && agent.is_none() {
        violations.add(Code::AgentNotFound);
    }
    let platform = agent.as_ref().and_then(|agent| agent.platform_id);
    for (field, ids) in lists {
        for (place, group) in ids.iter().enumerate() {
            let Some(key) = key_of(group, &[Kind::SkillGroup], tenant) else { continue };
            let problem = match group_named(&groups, SkillGroupId(key)) {
                None => Code::SkillGroupNotFound,
                Some(group) if platform.zip(group.peripheral_id).is_some_and(|(a, b)| a != b) => {
                    Code::PlatformDiffers
                }
                Some(_) => continue,
            };
            violations.add_at(problem, [field.to_owned(), place.to_string()], problem.message());
        }
    }
    violations.check()?;
    let operation = SaveSkillsToAgent {
        peripheral_id: platform.or_else(|| {
            let first = added.iter().chain(&removed).next().copied().map(SkillGroupId);
            first.and_then(|id| group_named(&groups, id)?.peripheral_id)
        }),
        added_skill_group_skill_target_ids: added.into_iter().map(SkillGroupId).collect(),
        removed_skill_group_skill_target_ids: removed.into_iter().map(SkillGroupId).collect(),
        agent_skill_target_id: agent.and_then(|agent| agent.agent_skill_target_id),
        agent_id_program_user: Some(id),
        ..SaveSkillsToAgent::default()
    };
    caller.write(operation).await.map_err(Refusal::of_write)?;
    Ok(id)
}

#[Object]
impl MembershipMutation {
    /// Puts agents into a skill group and takes others out, in one step.
    async fn update_skill_group_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which skill group, and whom to put in and take out.")]
        input: UpdateSkillGroupAgentsInput,
    ) -> Nullable<SkillGroupPayload<UpdateSkillGroupAgentsErrorCode>> {
        SkillGroupPayload::of(ctx, update_agents(ctx, &input).await)
    }

    /// Puts an agent into skill groups and takes it out of others, in one step.
    async fn update_agent_skill_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent, and into and out of which skill groups.")]
        input: UpdateAgentSkillGroupsInput,
    ) -> Nullable<AgentPayload<UpdateAgentSkillGroupsErrorCode>> {
        AgentPayload::of(ctx, update_skill_groups(ctx, &input).await)
    }
}
