//! `updateSkillGroupAgents` and `updateAgentSkillGroups`: who is in which skill group, from either end.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::payload::{AgentPayload, SkillGroupPayload};
use super::refusal::{Refusal, UserErrorCode, Violations, user_errors};
use crate::caller::{Caller, SkillGroups};
use crate::graph::context::ContextExt as _;
use crate::graph::error::Nullable;
use crate::graph::id::Kind;
use crate::graph::lookup::key_of;
use crate::graph::node;
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

/// An agent named by its place in a list of ids, found or not.
async fn agents_named(
    caller: &Caller,
    ids: &[ID],
    tenant: TenantId,
) -> Result<Vec<Option<Arc<User>>>, crate::graph::GraphError> {
    let keys: Vec<_> = ids.iter().map(|id| key_of(id, &[Kind::Agent, Kind::User], tenant)).collect();
    caller.expect_users(&keys.iter().flatten().map(|key| UserId(*key)).collect()).await;
    let mut agents = Vec::new();
    for key in keys {
        let user = match key {
            Some(key) => node::user(caller, UserId(key)).await?,
            None => None,
        };
        agents.push(user.filter(|user| user.is_agent()));
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
    violations.check()?;
    let id = SkillGroupId(key.unwrap_or_default());
    let groups = caller.skill_groups().await?;
    let group = group_named(&groups, id).ok_or_else(|| Refusal::one(Code::SkillGroupNotFound))?;
    let platform = group.peripheral_id.ok_or_else(|| Refusal::one(Code::PlatformRequired))?;
    let mut violations = Violations::new();
    let kind = caller.portal_settings().dialect.skill_group_agent_id;
    let mut numbers = [Vec::new(), Vec::new()];
    for ((field, ids), numbers) in
        [("addAgentIds", &input.add_agent_ids), ("removeAgentIds", &input.remove_agent_ids)]
            .into_iter()
            .zip(&mut numbers)
    {
        for (place, agent) in agents_named(&caller, ids, tenant).await?.into_iter().enumerate() {
            let mut add = |code: Code| {
                violations.add_at(code, [field.to_owned(), place.to_string()], code.message());
            };
            let Some(agent) = agent else {
                add(Code::AgentNotFound);
                continue;
            };
            if agent.platform_id.is_some_and(|own| own != platform) {
                add(Code::PlatformDiffers);
            } else if let Some(number) = caller.agent_number_of(&agent, kind).await?
                && let Ok(number) = number.parse::<i64>()
            {
                numbers.extend((!numbers.contains(&number)).then_some(number));
            } else {
                add(Code::AgentKeyUnknown);
            }
        }
    }
    violations.check()?;
    let [added_agent_ids, removed_agent_ids] = numbers;
    let operation = SaveAgentsToSkill {
        peripheral_id: Some(platform),
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
    violations.check()?;
    let id = UserId(key.unwrap_or_default());
    let (agent, groups) = futures_util::join!(node::user(&caller, id), caller.skill_groups());
    let agent = agent?.filter(|user| user.is_agent()).ok_or_else(|| Refusal::one(Code::AgentNotFound))?;
    let groups = groups?;
    let mut violations = Violations::new();
    for (field, ids) in lists {
        for (place, group) in ids.iter().enumerate() {
            let key = key_of(group, &[Kind::SkillGroup], tenant).unwrap_or_default();
            let problem = match group_named(&groups, SkillGroupId(key)) {
                None => Code::SkillGroupNotFound,
                Some(group) if agent.platform_id.zip(group.peripheral_id).is_some_and(|(a, b)| a != b) => {
                    Code::PlatformDiffers
                }
                Some(_) => continue,
            };
            violations.add_at(problem, [field.to_owned(), place.to_string()], problem.message());
        }
    }
    violations.check()?;
    let operation = SaveSkillsToAgent {
        peripheral_id: agent.platform_id.or_else(|| {
            let first = added.iter().chain(&removed).next().copied().map(SkillGroupId);
            first.and_then(|id| group_named(&groups, id)?.peripheral_id)
        }),
        added_skill_group_skill_target_ids: added.into_iter().map(SkillGroupId).collect(),
        removed_skill_group_skill_target_ids: removed.into_iter().map(SkillGroupId).collect(),
        agent_skill_target_id: agent.agent_skill_target_id,
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
        SkillGroupPayload::of(update_agents(ctx, &input).await)
    }

    /// Puts an agent into skill groups and takes it out of others, in one step.
    async fn update_agent_skill_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent, and into and out of which skill groups.")]
        input: UpdateAgentSkillGroupsInput,
    ) -> Nullable<AgentPayload<UpdateAgentSkillGroupsErrorCode>> {
        AgentPayload::of(update_skill_groups(ctx, &input).await)
    }
}
