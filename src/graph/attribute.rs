//! `Attribute`: what precision queues ask of agents, and what each agent has of it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::agent::{Agent, joinable};
use super::connection::{Connection, ConnectionNode, Page};
use super::context::ContextExt as _;
use super::error::{GraphError, Nullable};
use super::id::{Kind, NodeId, key};
use super::level::row;
use super::list::List;
use super::precision_queue::PrecisionQueue;
use crate::caller::eligibility::AttributeKey;
use crate::caller::user_of;
use crate::config::Limits;
use crate::portal::{AttributeId, TenantId, agent, attribute as wire};

/// What values an attribute takes.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AttributeDataType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A proficiency from 1 to 10.
    Proficiency,
    /// A kind this gateway does not know; `dataTypeCode` has the portal's own code.
    Unknown,
}

impl AttributeDataType {
    fn of_code(code: Option<&str>) -> Self {
        match code.map(str::trim) {
            Some("1") => Self::Text,
            Some("2") => Self::Integer,
            Some("3") => Self::Boolean,
            Some("4") => Self::Proficiency,
            _ => Self::Unknown,
        }
    }

    /// What values an attribute takes, by its code.
    #[must_use]
    pub fn of(attribute: &wire::Attribute) -> Self {
        Self::of_code(attribute.data_type.as_deref())
    }
}

/// Something agents can have, such as a language or a proficiency.
#[derive(Clone)]
pub struct Attribute {
    tenant: TenantId,
    record: Arc<wire::Attribute>,
    /// Whether the record is the catalogue's; else it is what another record says of the attribute.
    is_whole: bool,
}

impl ConnectionNode for Attribute {
    const NAME: &'static str = "Attribute";
}

impl Attribute {
    /// Shows a record of the catalogue.
    #[must_use]
    pub fn new(tenant: TenantId, record: Arc<wire::Attribute>) -> Self {
        Self { tenant, record, is_whole: true }
    }

    /// Shows what another record says of an attribute; the rest is looked up when asked for.
    #[must_use]
    pub fn mentioned(tenant: TenantId, record: Arc<wire::Attribute>) -> Self {
        Self { tenant, record, is_whole: false }
    }

    /// What a precision queue calls an attribute.
    #[must_use]
    pub fn named(tenant: TenantId, key: &AttributeKey) -> Self {
        let record = wire::Attribute {
            id: key.id(),
            name: key.name().map(str::to_owned),
            ..wire::Attribute::default()
        };
        Self::mentioned(tenant, Arc::new(record))
    }

    /// The attribute with this key; none if there is none the viewer may see.
    pub async fn find(ctx: &Context<'_>, id: AttributeId) -> Result<Option<Self>, GraphError> {
        let caller = ctx.caller()?;
        let (attributes, tenant) = (caller.attributes().await?, caller.tenant()?);
        let found = attributes.iter().find(|attribute| attribute.id == Some(id));
        Ok(found.map(|record| Self::new(tenant, record.clone())))
    }

    /// The key without a call where the record has it, else by name from the catalogue.
    async fn key(&self, ctx: &Context<'_>) -> Result<i64, GraphError> {
        let id = match self.record.id {
            Some(id) => Some(id),
            None => self.whole(ctx).await?.id,
        };
        key("Attribute", "id", id.map(|id| id.0))
    }

    /// The catalogue's record, or this one where the catalogue has none.
    async fn whole(&self, ctx: &Context<'_>) -> Result<Arc<wire::Attribute>, GraphError> {
        if self.is_whole {
            return Ok(self.record.clone());
        }
        let Some(wanted) = AttributeKey::of(&self.record) else { return Ok(self.record.clone()) };
        let attributes = ctx.caller()?.attributes().await?;
        let same = |attribute: &&Arc<wire::Attribute>| {
            AttributeKey::of(attribute).is_some_and(|key| key.is_same_as(&wanted))
        };
        Ok(attributes.iter().find(same).unwrap_or(&self.record).clone())
    }

    async fn look_up<T>(
        &self,
        ctx: &Context<'_>,
        field: fn(&wire::Attribute) -> Option<T>,
    ) -> Result<Option<T>, GraphError> {
        match field(&self.record) {
            Some(value) => Ok(Some(value)),
            None => Ok(field(self.whole(ctx).await?.as_ref())),
        }
    }

    async fn holders(
        &self,
        ctx: &Context<'_>,
        page: Page,
    ) -> Result<Connection<AttributeAssignment>, GraphError> {
        let caller = ctx.caller()?;
        let (directory, roster) = futures_util::join!(caller.agent_directory(), caller.roster());
        let (directory, roster) = (joinable(directory?)?, roster?);
        let wanted = AttributeKey::of(&self.record);
        let is_wanted = |held: &agent::AgentAttribute| {
            let key = held.attribute.as_deref().and_then(AttributeKey::of_reference);
            key.zip(wanted.as_ref()).is_some_and(|(key, wanted)| key.is_same_as(wanted))
        };
        let holders: Vec<_> = directory
            .agents()
            .iter()
            .filter_map(|agent| Some((agent, agent.attributes.iter().find(|held| is_wanted(held))?)))
            .filter_map(|(agent, held)| Some((user_of(&roster, agent)?, held)))
            .collect();
        let limits = ctx.data_unchecked::<Limits>();
        Connection::new(holders.into_iter(), &page, limits, |(user, held)| {
            AttributeAssignment::new(Agent::new(self.tenant, user.clone()), held.clone())
        })
    }

    async fn queues(&self, ctx: &Context<'_>) -> Result<List<PrecisionQueue>, GraphError> {
        let wanted = AttributeKey::of(&self.record);
        let queues = ctx.caller()?.staffed_queues().await?;
        let asking =
            queues.into_iter().filter(|queue| wanted.as_ref().is_some_and(|key| queue.compiled.uses(key)));
        Ok(asking.map(|queue| PrecisionQueue::staffed(self.tenant, queue)).collect())
    }
}

/// Something agents can have, such as a language or a proficiency; precision queues choose agents by it.
#[Object]
impl Attribute {
    /// The global id.
    pub async fn id(&self, ctx: &Context<'_>) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::Attribute, self.key(ctx).await?).encode())
    }

    /// The portal's own key.
    async fn database_id(&self, ctx: &Context<'_>) -> Result<i64, GraphError> {
        self.key(ctx).await
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.record.name.as_deref()
    }

    /// What somebody wrote about the attribute.
    async fn description(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.look_up(ctx, |record| record.description.clone()).await.transpose()
    }

    /// What values the attribute takes.
    async fn data_type(&self, ctx: &Context<'_>) -> Nullable<AttributeDataType> {
        let code = self.look_up(ctx, |record| record.data_type.clone()).await;
        let data_type = code.map(|code| AttributeDataType::of_code(code.as_deref()));
        Some(data_type)
    }

    /// The portal's own code of the data type.
    async fn data_type_code(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.look_up(ctx, |record| record.data_type.clone()).await.transpose()
    }

    /// The portal's own name of the data type.
    async fn data_type_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.look_up(ctx, |record| record.data_type_string.clone()).await.transpose()
    }

    /// The value an agent gets when none is given.
    async fn default_value(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.look_up(ctx, |record| record.default_value.clone()).await.transpose()
    }

    /// Counts the changes of the attribute; a change carries the number it was made from.
    async fn change_stamp(&self, ctx: &Context<'_>) -> Nullable<i64> {
        self.look_up(ctx, |record| record.change_stamp).await.transpose()
    }

    /// Whether the viewer may change the attribute.
    async fn can_edit(&self, ctx: &Context<'_>) -> Nullable<bool> {
        self.look_up(ctx, |record| record.allowed_to_edit).await.transpose()
    }

    /// The agents who have the attribute, each with its value. One call of the portal serves all attributes.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<AttributeAssignment>> {
        Some(self.holders(ctx, Page { first, after, last, before }).await)
    }

    /// The precision queues whose steps ask for the attribute. Costs one call of the portal for each precision queue,
    /// once for all attributes.
    async fn precision_queues(&self, ctx: &Context<'_>) -> Nullable<List<PrecisionQueue>> {
        Some(self.queues(ctx).await)
    }
}

row! {
    Attribute;
    leaf name;
    each precision_queues;
}

/// That an agent has an attribute, and with which value.
#[derive(Clone)]
pub struct AttributeAssignment {
    agent: Agent,
    record: Arc<agent::AgentAttribute>,
}

impl ConnectionNode for AttributeAssignment {
    const NAME: &'static str = "AttributeAssignment";
}

impl AttributeAssignment {
    /// Shows what an agent has.
    #[must_use]
    pub fn new(agent: Agent, record: Arc<agent::AgentAttribute>) -> Self {
        Self { agent, record }
    }

    fn held_by(&self) -> Agent {
        self.agent.clone()
    }

    fn held_attribute(&self) -> Option<Attribute> {
        let key = AttributeKey::of_reference(self.record.attribute.as_deref()?)?;
        Some(Attribute::named(self.agent.tenant, &key))
    }
}

/// That an agent has an attribute, and with which value.
#[Object]
impl AttributeAssignment {
    /// The agent.
    async fn agent(&self) -> &Agent {
        &self.agent
    }

    /// The attribute; null where the portal does not say which.
    async fn attribute(&self) -> Option<Attribute> {
        self.held_attribute()
    }

    /// The agent's value, as text: `true`, `false`, or a number from 1 to 10 for a proficiency.
    fn value(&self) -> Option<&str> {
        self.record.attribute_value.as_deref()
    }

    /// What somebody wrote about the assignment.
    fn description(&self) -> Option<&str> {
        self.record.description.as_deref()
    }
}

row! {
    AttributeAssignment;
    leaf value, description;
    child agent = held_by, attribute = held_attribute;
}
