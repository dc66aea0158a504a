//! `addAttributesToAgents` and `removeAttributeFromAgent`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, TypeName};

use super::payload::AgentPayload;
use super::refusal::{Refusal, UserError, UserErrorCode, Violations, user_errors};
use super::value::check_value;
use crate::caller::{Caller, Catalogue};
use crate::config::AgentIdKind;
use crate::graph::agent::Agent;
use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::id::Kind;
use crate::graph::list::List;
use crate::graph::lookup::key_of;
use crate::portal::attribute::{Attribute, SaveAttributesToAgent, UpdateAgentAttributes};
use crate::portal::{AttributeId, UserId};

/// Gives attributes to agents and takes them away.
#[derive(Default)]
pub struct AttributeMutation;

/// An attribute with the value to give.
#[derive(InputObject)]
pub struct AttributeValueInput {
    /// The global id of the attribute.
    attribute_id: ID,
    /// The value: `true` or `false` for a flag, 1 to 10 for a proficiency, a whole number or text as the type says.
    value: String,
}

/// Which attributes to give to which agents.
#[derive(InputObject)]
pub struct AddAttributesToAgentsInput {
    /// The global ids of the agents; each gets every attribute.
    agent_ids: Vec<ID>,
    /// The attributes with their values; an agent who has one already gets the new value.
    attributes: Vec<AttributeValueInput>,
}

/// Which attribute to take from which agent.
#[derive(InputObject)]
pub struct RemoveAttributeFromAgentInput {
    /// The global id of the agent.
    agent_id: ID,
    /// The global id of the attribute.
    attribute_id: ID,
}

user_errors! {
    /// Why attributes were not given to agents.
    AddAttributesToAgentsErrorCode of "AddAttributesToAgents", find out by "`agent { attributes }`" {
        /// No agent is named.
        AgentRequired("agentIds"),
        /// There is no such agent, or the viewer may not see it.
        AgentNotFound,
        /// The portal does not tell the number by which it wants the agent named; nothing is guessed.
        AgentKeyUnknown,
        /// No attribute is named.
        AttributeRequired("attributes"),
        /// There is no such attribute, or the viewer may not see it.
        AttributeNotFound,
        /// The same attribute is named twice.
        DuplicateAttribute,
        /// The value does not fit the attribute's type.
        InvalidValue,
        /// A team of one of the agents has as many supervisors as it may have.
        SupervisorLimitReached("agentIds") = "MAXIMUM_SUPERVISORS_PER_TEAM_ERROR",
    }
    failures ["SAVE_ATTR_TO_AGENT_FAILED", "SAVE_ATTRIBUTE_CC_API_FAILURE"]
}

user_errors! {
    /// Why an attribute was not taken from an agent.
    RemoveAttributeFromAgentErrorCode of "RemoveAttributeFromAgent", find out by "`agent { attributes }`" {
        /// There is no such agent, or the viewer may not see it.
        AgentNotFound("agentId"),
        /// The portal does not tell the number by which it wants the agent named; nothing is guessed.
        AgentKeyUnknown("agentId"),
        /// There is no such attribute, or the viewer may not see it.
        AttributeNotFound("attributeId"),
    }
    failures ["UPDATE_AGENT_ATTRIBUTES_FAILED"]
}

/// What giving attributes to agents came to.
pub struct AddAttributesToAgentsPayload {
    agents: Vec<UserId>,
    errors: Vec<UserError<AddAttributesToAgentsErrorCode>>,
}

impl TypeName for AddAttributesToAgentsPayload {
    fn type_name() -> Cow<'static, str> {
        "AddAttributesToAgentsPayload".into()
    }
}

/// What the mutation came to.
#[Object(name_type)]
impl AddAttributesToAgentsPayload {
    /// The agents as they now are, read back from the portal; null if nothing was done.
    async fn agents(&self, ctx: &Context<'_>) -> Nullable<List<Agent>> {
        if self.agents.is_empty() {
            return None;
        }
        Some(read_agents(ctx, &self.agents).await)
    }

    /// Why nothing was done; empty if it was.
    async fn user_errors(&self) -> List<UserError<AddAttributesToAgentsErrorCode>> {
        List(self.errors.clone())
    }
}

async fn read_agents(ctx: &Context<'_>, ids: &[UserId]) -> Result<List<Agent>, GraphError> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut agents = Vec::new();
    for user in caller.users_by_id(ids).await {
        agents.extend(user?.filter(|user| user.is_agent()).map(|user| Agent::new(tenant, user)));
    }
    Ok(List(agents))
}

/// The number by which the portal wants an agent named, if it tells it; `None` if there is no such agent.
async fn number_of(
    caller: &Caller,
    id: UserId,
    kind: AgentIdKind,
) -> Result<Option<Option<String>>, GraphError> {
    Ok(match caller.user_by_id(id).await?.filter(|user| user.is_agent()) {
        Some(user) => Some(caller.agent_number_of(&user, kind).await?),
        None => None,
    })
}

async fn add(
    ctx: &Context<'_>,
    input: &AddAttributesToAgentsInput,
) -> Result<Vec<UserId>, Refusal<AddAttributesToAgentsErrorCode>> {
    use AddAttributesToAgentsErrorCode as Code;
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    let at = |list: &str, place: usize, rest: &[&str]| -> Vec<String> {
        let rest = rest.iter().map(|name| (*name).to_owned());
        [list.to_owned(), place.to_string()].into_iter().chain(rest).collect()
    };
    if input.agent_ids.is_empty() {
        violations.add(Code::AgentRequired);
    }
    if input.attributes.is_empty() {
        violations.add(Code::AttributeRequired);
    }
    let agents: Vec<_> =
        input.agent_ids.iter().map(|id| key_of(id, &[Kind::Agent, Kind::User], tenant).map(UserId)).collect();
    for (place, _) in agents.iter().enumerate().filter(|(_, key)| key.is_none()) {
        violations.add_at(Code::AgentNotFound, at("agentIds", place, &[]), Code::AgentNotFound.message());
    }
    let mut seen = BTreeSet::new();
    for (place, given) in input.attributes.iter().enumerate() {
        let path = at("attributes", place, &["attributeId"]);
        match key_of(&given.attribute_id, &[Kind::Attribute], tenant) {
            None => violations.add_at(Code::AttributeNotFound, path, Code::AttributeNotFound.message()),
            Some(key) if !seen.insert(key) => {
                violations.add_at(Code::DuplicateAttribute, path, Code::DuplicateAttribute.message());
            }
            Some(_) => {}
        }
    }
    let mut known = Catalogue::default();
    if !seen.is_empty() {
        match caller.attributes().await {
            Ok(all) => known = all,
            Err(failure) => return Err(violations.or(failure)),
        }
    }
    let mut attributes_info = Vec::new();
    for (place, given) in input.attributes.iter().enumerate() {
        let Some(key) = key_of(&given.attribute_id, &[Kind::Attribute], tenant) else { continue };
        let Some(attribute) = known.iter().find(|known| known.id == Some(AttributeId(key))) else {
            let path = at("attributes", place, &["attributeId"]);
            violations.add_at(Code::AttributeNotFound, path, Code::AttributeNotFound.message());
            continue;
        };
        match check_value(attribute, &given.value) {
            Ok(value) => attributes_info
                .push(Arc::new(Attribute { default_value: Some(value), ..Attribute::clone(attribute) })),
            Err(expected) => {
                violations.add_at(Code::InvalidValue, at("attributes", place, &["value"]), expected);
            }
        }
    }
    // All at once, so that one plan is made; each is looked at below.
    let asked: Vec<_> = agents.iter().copied().flatten().collect();
    drop(caller.users_by_id(&asked).await);
    let kind = caller.portal_settings().dialect.attribute_agent_id;
    let mut agents_ids = Vec::new();
    let mut ids = Vec::new();
    for (place, id) in agents.into_iter().enumerate() {
        let Some(id) = id.filter(|id| !ids.contains(id)) else { continue };
        let number = match number_of(&caller, id, kind).await {
            Ok(number) => number,
            Err(failure) => return Err(violations.or(failure)),
        };
        let problem = match number {
            None => Code::AgentNotFound,
            Some(None) => Code::AgentKeyUnknown,
            Some(Some(number)) => {
                agents_ids.push(number);
                ids.push(id);
                continue;
            }
        };
        violations.add_at(problem, at("agentIds", place, &[]), problem.message());
    }
    violations.check()?;
    let operation = SaveAttributesToAgent { agents_ids, attributes_info, ..SaveAttributesToAgent::default() };
    caller.write(operation).await.map_err(Refusal::of_write)?;
    Ok(ids)
}

async fn remove(
    ctx: &Context<'_>,
    input: &RemoveAttributeFromAgentInput,
) -> Result<UserId, Refusal<RemoveAttributeFromAgentErrorCode>> {
    use RemoveAttributeFromAgentErrorCode as Code;
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let mut violations = Violations::new();
    let agent = violations.key(&input.agent_id, &[Kind::Agent, Kind::User], tenant, Code::AgentNotFound);
    let attribute = violations.key(&input.attribute_id, &[Kind::Attribute], tenant, Code::AttributeNotFound);
    let kind = caller.portal_settings().dialect.attribute_agent_id;
    let known = async {
        let Some(key) = attribute else { return Ok(true) };
        let known = caller.attributes().await?;
        Ok::<_, GraphError>(known.iter().any(|known| known.id == Some(AttributeId(key))))
    };
    let number = async {
        let Some(key) = agent else { return Ok(Some(None)) };
        number_of(&caller, UserId(key), kind).await
    };
    let (is_known, number) = match futures_util::join!(known, number) {
        (Ok(is_known), Ok(number)) => (is_known, number),
        (Err(failure), _) | (_, Err(failure)) => return Err(violations.or(failure)),
    };
    if !is_known {
        violations.add(Code::AttributeNotFound);
    }
    match &number {
        None => violations.add(Code::AgentNotFound),
        Some(None) if agent.is_some() => violations.add(Code::AgentKeyUnknown),
        Some(_) => {}
    }
    violations.check()?;
    let (id, attribute) = (UserId(agent.unwrap_or_default()), AttributeId(attribute.unwrap_or_default()));
    let operation = UpdateAgentAttributes {
        agent_id: number.flatten(),
        attribute_id: Some(attribute.to_string()),
        ..UpdateAgentAttributes::default()
    };
    caller.write(operation).await.map_err(Refusal::of_write)?;
    Ok(id)
}

#[Object]
impl AttributeMutation {
    /// Gives attributes with their values to agents: each agent gets all of them, in one step.
    async fn add_attributes_to_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which attributes to give to which agents.")] input: AddAttributesToAgentsInput,
    ) -> Nullable<AddAttributesToAgentsPayload> {
        let settled = Refusal::settle(ctx, add(ctx, &input).await);
        Some(settled.map(|(agents, errors)| AddAttributesToAgentsPayload {
            agents: agents.unwrap_or_default(),
            errors,
        }))
    }

    /// Takes an attribute from an agent. A portal may refuse to take one that the agent does not have.
    async fn remove_attribute_from_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which attribute to take from which agent.")] input: RemoveAttributeFromAgentInput,
    ) -> Nullable<AgentPayload<RemoveAttributeFromAgentErrorCode>> {
        AgentPayload::of(ctx, remove(ctx, &input).await)
    }
}
