//! `PrecisionQueue`: a queue that chooses agents by their attributes, and whom it would choose.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::agent::{Agent, joinable};
use super::attribute::Attribute;
use super::coded::Coded;
use super::connection::{Connection, ConnectionNode, Page};
use super::context::ContextExt as _;
use super::eligible_agent::{EligibleAgent, StepCondition};
use super::error::{GraphError, Nullable};
use super::id::{Kind, NodeId, key};
use super::level::row;
use super::list::List;
use super::precision_queue_step::PrecisionQueueStep;
use crate::caller::eligibility::Condition;
use crate::caller::{Caller, StaffedQueue, user_of};
use crate::config::Limits;
use crate::portal::{PrecisionQueueId, TenantId, precision_queue as wire};

/// Which of a step's agents a queue prefers.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AgentOrdering {
    /// The one available for longest.
    LongestAvailable,
    /// The most skilled.
    MostSkilled,
    /// The least skilled.
    LeastSkilled,
    /// An order this gateway does not know; `agentOrderingCode` has the portal's own code.
    Unknown,
}

/// How abandoned calls count towards the service level.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ServiceLevelType {
    /// Not at all.
    IgnoreAbandoned,
    /// Against it.
    AbandonedNegative,
    /// For it.
    AbandonedPositive,
    /// A way this gateway does not know; `serviceLevelTypeCode` has the portal's own code.
    Unknown,
}

impl Coded for AgentOrdering {
    const UNKNOWN: Self = Self::Unknown;
    const CODES: &'static [(Self, i64)] =
        &[(Self::LongestAvailable, 1), (Self::MostSkilled, 2), (Self::LeastSkilled, 3)];
}

impl Coded for ServiceLevelType {
    const UNKNOWN: Self = Self::Unknown;
    const CODES: &'static [(Self, i64)] =
        &[(Self::IgnoreAbandoned, 1), (Self::AbandonedNegative, 2), (Self::AbandonedPositive, 3)];
}

/// A queue that chooses agents by their attributes.
#[derive(Clone)]
pub struct PrecisionQueue {
    tenant: TenantId,
    record: Arc<wire::PrecisionQueue>,
    staffed: Option<StaffedQueue>,
}

impl ConnectionNode for PrecisionQueue {
    const NAME: &'static str = "PrecisionQueue";
}

impl PrecisionQueue {
    /// Shows a record of the list; its steps are read when asked for.
    #[must_use]
    pub fn new(tenant: TenantId, record: Arc<wire::PrecisionQueue>) -> Self {
        Self { tenant, record, staffed: None }
    }

    /// Shows a queue read with its steps.
    #[must_use]
    pub fn staffed(tenant: TenantId, queue: StaffedQueue) -> Self {
        Self { tenant, record: queue.record.clone(), staffed: Some(queue) }
    }

    fn key(&self) -> Result<i64, GraphError> {
        key("PrecisionQueue", "id", self.record.id.map(|id| id.0))
    }

    /// The queue with its steps; none if it has gone meanwhile.
    async fn with_steps(&self, ctx: &Context<'_>) -> Result<Option<StaffedQueue>, GraphError> {
        self.staffed_by(&*ctx.caller()?).await
    }

    async fn staffed_by(&self, caller: &Caller) -> Result<Option<StaffedQueue>, GraphError> {
        match &self.staffed {
            Some(staffed) => Ok(Some(staffed.clone())),
            None => Ok(caller.precision_queue(self.precision_queue_id()?).await?),
        }
    }

    /// Whether the list says the same of both.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        self.record == other.record
    }

    /// The portal's own key.
    pub(super) fn precision_queue_id(&self) -> Result<PrecisionQueueId, GraphError> {
        self.key().map(PrecisionQueueId)
    }

    async fn find_steps(&self, ctx: &Context<'_>) -> Result<Option<List<PrecisionQueueStep>>, GraphError> {
        let Some(queue) = self.with_steps(ctx).await? else { return Ok(None) };
        let steps = queue.record.steps.iter().enumerate();
        Ok(Some(
            steps
                .map(|(place, record)| {
                    PrecisionQueueStep::new(self.tenant, queue.clone(), (place, record.clone()))
                })
                .collect(),
        ))
    }

    async fn find_attributes(&self, ctx: &Context<'_>) -> Result<Option<List<Attribute>>, GraphError> {
        let Some(queue) = self.with_steps(ctx).await? else { return Ok(None) };
        Ok(Some(queue.compiled.attributes().iter().map(|key| Attribute::named(self.tenant, key)).collect()))
    }

    async fn find_eligible(
        &self,
        ctx: &Context<'_>,
        conditions: &[StepCondition],
    ) -> Result<Option<Vec<EligibleAgent>>, GraphError> {
        self.eligible(&*ctx.caller()?, conditions).await
    }

    /// Whom the queue could choose, under some suppositions; none if it has gone meanwhile.
    pub(super) async fn eligible(
        &self,
        caller: &Caller,
        conditions: &[StepCondition],
    ) -> Result<Option<Vec<EligibleAgent>>, GraphError> {
        let (queue, directory, roster) =
            futures_util::join!(self.staffed_by(caller), caller.agent_directory(), caller.roster());
        let (Some(queue), directory, roster) = (queue?, joinable(directory?)?, roster?) else {
            return Ok(None);
        };
        let mut compiled = queue.compiled.as_ref().clone();
        for condition in conditions {
            let place = condition.place(compiled.steps().len())?;
            let holds = if condition.holds { Condition::Holds } else { Condition::Fails };
            compiled = compiled.supposing(place, holds);
        }
        let eligible = compiled.eligible_among(directory.values()).into_iter();
        let agents = eligible.filter_map(|eligible| {
            let user = user_of(&roster, directory.agents().get(eligible.agent)?)?;
            Some(EligibleAgent::new(Agent::new(self.tenant, user.clone()), eligible.first_match))
        });
        Ok(Some(agents.collect()))
    }

    async fn page_of_eligible(
        &self,
        ctx: &Context<'_>,
        conditions: Option<Vec<StepCondition>>,
        page: Page,
    ) -> Result<Option<Connection<EligibleAgent>>, GraphError> {
        let Some(agents) = self.find_eligible(ctx, &conditions.unwrap_or_default()).await? else {
            return Ok(None);
        };
        let limits = ctx.data_unchecked::<Limits>();
        Connection::new(agents.into_iter(), &page, limits, |agent| agent).map(Some)
    }

    async fn count_eligible(&self, ctx: &Context<'_>) -> Result<Option<i64>, GraphError> {
        let agents = self.find_eligible(ctx, &[]).await?;
        Ok(agents.and_then(|agents| i64::try_from(agents.len()).ok()))
    }

    fn global_id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::PrecisionQueue, self.key()?).encode())
    }
}

/// A queue that chooses agents by their attributes, step by step until somebody is free.
#[Object]
impl PrecisionQueue {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        self.global_id()
    }

    /// The portal's own key.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.record.name.as_deref()
    }

    /// What somebody wrote about the queue.
    fn description(&self) -> Option<&str> {
        self.record.description.as_deref()
    }

    /// How many agents are in the queue, by the portal's count.
    fn agent_count(&self) -> Option<i64> {
        self.record.agent_count
    }

    /// Within how many seconds a call should be answered.
    fn service_level_threshold_seconds(&self) -> Option<i64> {
        self.record.service_level_threshold
    }

    /// The portal's own code of the agent ordering.
    fn agent_ordering_code(&self) -> Option<i64> {
        self.record.agent_ordering
    }

    /// The portal's own name of the agent ordering.
    fn agent_ordering_name(&self) -> Option<&str> {
        self.record.agent_ordering_string.as_deref()
    }

    /// The portal's own code of the call ordering; 1, by priority and then by time in queue, is the only one known.
    fn call_ordering_code(&self) -> Option<i64> {
        self.record.call_ordering
    }

    /// The portal's own code of the service level type.
    fn service_level_type_code(&self) -> Option<i64> {
        self.record.service_level_type
    }

    /// The portal's own name of the service level type.
    fn service_level_type_name(&self) -> Option<&str> {
        self.record.service_level_type_string.as_deref()
    }

    /// Counts the changes of the queue; a change carries the number it was made from.
    fn change_stamp(&self) -> Option<i64> {
        self.record.change_stamp
    }

    /// Whether the viewer may change the queue.
    fn can_edit(&self) -> Option<bool> {
        self.record.allowed_to_edit
    }

    /// Which of a step's agents the queue prefers.
    fn agent_ordering(&self) -> AgentOrdering {
        AgentOrdering::of(self.record.agent_ordering)
    }

    /// How abandoned calls count towards the service level.
    fn service_level_type(&self) -> ServiceLevelType {
        ServiceLevelType::of(self.record.service_level_type)
    }

    /// The steps a call goes through until somebody is free. Costs a call of the portal for each queue.
    async fn steps(&self, ctx: &Context<'_>) -> Nullable<List<PrecisionQueueStep>> {
        self.find_steps(ctx).await.transpose()
    }

    /// The attributes the steps ask for, in order of first use. Costs a call of the portal for each queue.
    async fn attributes(&self, ctx: &Context<'_>) -> Nullable<List<Attribute>> {
        self.find_attributes(ctx).await.transpose()
    }

    /// The agents who satisfy a step, by first step and then as the queue orders them, worked out by the gateway. The
    /// portal does not tell who is signed in and ready, so these are eligible, not available.
    async fn eligible_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to suppose of conditional steps; one not named here counts as reached.")]
        conditions: Option<Vec<StepCondition>>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<EligibleAgent>> {
        self.page_of_eligible(ctx, conditions, Page { first, after, last, before }).await.transpose()
    }

    /// How many agents satisfy a step, worked out by the gateway; compare `agentCount`, the portal's own count.
    async fn eligible_agent_count(&self, ctx: &Context<'_>) -> Nullable<i64> {
        self.count_eligible(ctx).await.transpose()
    }
}

row! {
    PrecisionQueue;
    own id = global_id;
    leaf database_id, name, description, agent_count, service_level_threshold_seconds, agent_ordering_code,
        agent_ordering_name, call_ordering_code, service_level_type_code, service_level_type_name,
        change_stamp, can_edit;
    enumeration agent_ordering, service_level_type;
    each steps, attributes;
}
