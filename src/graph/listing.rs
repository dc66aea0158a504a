//! Lists of skill groups, attributes and precision queues: what may be asked for. Each is read whole and worked on here.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject};

use super::attribute::Attribute;
use super::connection::{Connection, Page};
use super::context::ContextExt as _;
use super::error::GraphError;
use super::id::{Kind, NodeId};
use super::order::{OrderDirection, matches_search, sort_by, sort_by_text};
use super::precision_queue::PrecisionQueue;
use super::skill_group::SkillGroup;
use crate::caller::Whole;
use crate::config::Limits;
use crate::portal::skill_group as wire;

/// How to order skill groups, attributes or precision queues; without it they come in the portal's own order.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct NamedOrder {
    /// What to order by.
    pub field: NamedOrderField,
    /// Which end comes first.
    #[graphql(default)]
    pub direction: OrderDirection,
}

/// What skill groups, attributes and precision queues can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum NamedOrderField {
    /// By name.
    Name,
    /// By the portal's own key.
    DatabaseId,
}

/// Which skill groups to list.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SkillGroupFilter {
    /// Only groups of the platform with this id.
    pub platform: Option<ID>,
}

/// What a list is asked with.
#[derive(Default)]
pub struct ListQuery {
    /// What name or description must contain.
    pub search: Option<String>,
    /// In which order.
    pub order_by: Option<NamedOrder>,
    /// Which page.
    pub page: Page,
}

/// Puts records into the order that is asked for.
fn order<R, K: Ord>(
    records: &mut [&Arc<R>],
    wanted: Option<NamedOrder>,
    name: fn(&R) -> Option<&str>,
    key: fn(&R) -> Option<K>,
) {
    match wanted {
        None => {}
        Some(NamedOrder { field: NamedOrderField::Name, direction }) => {
            sort_by_text(records, direction, |record| name(record).map(str::to_owned));
        }
        Some(NamedOrder { field: NamedOrderField::DatabaseId, direction }) => {
            sort_by(records, direction, |record| key(record));
        }
    }
}

/// A page of skill groups.
pub async fn skill_groups(
    ctx: &Context<'_>,
    filter: Option<SkillGroupFilter>,
    query: ListQuery,
) -> Result<Connection<SkillGroup>, GraphError> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    let platform = match filter.and_then(|filter| filter.platform) {
        None => None,
        Some(id) => match NodeId::decode(&id) {
            Some(node) if node.kind == Kind::Platform && node.tenant == tenant => Some(node.key),
            _ => return Err(GraphError::bad_input("filter.platform is not the id of a Platform.")),
        },
    };
    caller.read_ahead(Whole::SkillGroups).await;
    let groups = caller.skill_groups().await?;
    let search = query.search.as_deref();
    let mut found: Vec<_> = groups
        .iter()
        .filter(|group| platform.is_none() || platform == group.peripheral_id.map(|id| id.0))
        .filter(|group| matches_search(search, &[group.display_name(), group.description.as_deref()]))
        .collect();
    order(&mut found, query.order_by, wire::SkillGroup::display_name, |group| group.skill_target_id);
    let limits = ctx.data_unchecked::<Limits>();
    Connection::new(found.into_iter(), &query.page, limits, |record| SkillGroup::new(tenant, record.clone()))
}

/// A page of attributes.
pub async fn attributes(ctx: &Context<'_>, query: ListQuery) -> Result<Connection<Attribute>, GraphError> {
    let caller = ctx.caller()?;
    let (attributes, tenant) = (caller.attributes().await?, caller.tenant()?);
    let search = query.search.as_deref();
    let matching = |attribute: &crate::portal::attribute::Attribute| {
        matches_search(search, &[attribute.name.as_deref(), attribute.description.as_deref()])
    };
    let mut found: Vec<_> = attributes.iter().filter(|attribute| matching(attribute)).collect();
    order(&mut found, query.order_by, |attribute| attribute.name.as_deref(), |attribute| attribute.id);
    let limits = ctx.data_unchecked::<Limits>();
    Connection::new(found.into_iter(), &query.page, limits, |record| Attribute::new(tenant, record.clone()))
}

/// A page of precision queues.
pub async fn precision_queues(
    ctx: &Context<'_>,
    query: ListQuery,
) -> Result<Connection<PrecisionQueue>, GraphError> {
    let caller = ctx.caller()?;
    caller.read_ahead(Whole::PrecisionQueues).await;
    let (queues, tenant) = (caller.precision_queues().await?, caller.tenant()?);
    let search = query.search.as_deref();
    let matching = |queue: &crate::portal::precision_queue::PrecisionQueue| {
        matches_search(search, &[queue.name.as_deref(), queue.description.as_deref()])
    };
    let mut found: Vec<_> = queues.iter().filter(|queue| matching(queue)).collect();
    order(&mut found, query.order_by, |queue| queue.name.as_deref(), |queue| queue.id);
    let limits = ctx.data_unchecked::<Limits>();
    Connection::new(found.into_iter(), &query.page, limits, |record| {
        PrecisionQueue::new(tenant, record.clone())
    })
}
