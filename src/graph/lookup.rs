//! Single records: the ways to name one, and what finds it.

use std::sync::Arc;

use async_graphql::{Context, ID, OneofObject};

use super::agent::Agent;
use super::attribute::Attribute;
use super::context::ContextExt as _;
use super::error::GraphError;
use super::id::{Kind, NodeId};
use super::node;
use super::precision_queue::PrecisionQueue;
use super::skill_group::SkillGroup;
use super::user::User;
use crate::portal::{AccountId, AttributeId, PrecisionQueueId, SkillGroupId, TenantId, UserId, user as wire};

/// The ways to name a user or an agent.
#[derive(OneofObject)]
pub enum UserBy {
    /// By global id, of the user or of the agent it is.
    Id(ID),
    /// By the portal's own key within the tenant.
    DatabaseId(i64),
    /// By the key of the account, which is the same in every tenant.
    AccountDatabaseId(i64),
    /// By the name the user signs in with, without regard to case.
    LoginName(String),
    /// By agent number; null where two platforms have given the same number.
    AgentNumber(String),
}

/// The ways to name a skill group, an attribute or a precision queue.
#[derive(OneofObject)]
pub enum NamedBy {
    /// By global id.
    Id(ID),
    /// By the portal's own key.
    DatabaseId(i64),
    /// By name, without regard to case; null where two have the same name.
    Name(String),
}

/// The key an id of this type and tenant holds; an id of anything else finds nothing.
pub(super) fn key_of(id: &ID, kinds: &[Kind], tenant: TenantId) -> Option<i64> {
    NodeId::decode(id).filter(|node| kinds.contains(&node.kind) && node.tenant == tenant).map(|node| node.key)
}

async fn find_user(ctx: &Context<'_>, by: UserBy) -> Result<Option<Arc<wire::User>>, GraphError> {
    let caller = ctx.caller()?;
    let tenant = caller.tenant()?;
    Ok(match by {
        UserBy::Id(id) => match key_of(&id, &[Kind::User, Kind::Agent], tenant) {
            Some(key) => caller.user_by_id(UserId(key)).await?,
            None => None,
        },
        UserBy::DatabaseId(key) => caller.user_by_id(UserId(key)).await?,
        UserBy::AccountDatabaseId(key) => caller.roster().await?.by_account(AccountId(key)).cloned(),
        UserBy::LoginName(name) => caller.roster().await?.by_login_name(&name).cloned(),
        UserBy::AgentNumber(number) => {
            let roster = caller.roster().await?;
            let mut users = roster.by_agent_number(&number);
            users.next().filter(|_| users.next().is_none()).cloned()
        }
    })
}

/// The user that is named.
pub async fn user(ctx: &Context<'_>, by: UserBy) -> Result<Option<User>, GraphError> {
    let tenant = ctx.tenant()?;
    Ok(find_user(ctx, by).await?.map(|record| User::new(tenant, record)))
}

/// The agent that is named; none if the user takes no contacts.
pub async fn agent(ctx: &Context<'_>, by: UserBy) -> Result<Option<Agent>, GraphError> {
    let tenant = ctx.tenant()?;
    let user = find_user(ctx, by).await?.filter(|user| user.is_agent());
    Ok(user.map(|record| Agent::new(tenant, record)))
}

/// The only record with this name; two of one name are nobody in particular.
fn only<'a, T>(records: &'a [Arc<T>], name: &str, named: impl Fn(&T) -> Option<&str>) -> Option<&'a Arc<T>> {
    let wanted = name.to_lowercase();
    let mut same =
        records.iter().filter(|record| named(record).is_some_and(|name| name.to_lowercase() == wanted));
    same.next().filter(|_| same.next().is_none())
}

/// The skill group that is named.
pub async fn skill_group(ctx: &Context<'_>, by: NamedBy) -> Result<Option<SkillGroup>, GraphError> {
    let tenant = ctx.tenant()?;
    let key = match by {
        NamedBy::Id(id) => key_of(&id, &[Kind::SkillGroup], tenant),
        NamedBy::DatabaseId(key) => Some(key),
        NamedBy::Name(name) => {
            let groups = ctx.caller()?.skill_groups().await?;
            let found = only(&groups, &name, crate::portal::skill_group::SkillGroup::display_name);
            return Ok(found.map(|record| SkillGroup::new(tenant, record.clone())));
        }
    };
    match key {
        Some(key) => node::skill_group(ctx, SkillGroupId(key)).await,
        None => Ok(None),
    }
}

/// The attribute that is named.
pub async fn attribute(ctx: &Context<'_>, by: NamedBy) -> Result<Option<Attribute>, GraphError> {
    let tenant = ctx.tenant()?;
    let key = match by {
        NamedBy::Id(id) => key_of(&id, &[Kind::Attribute], tenant),
        NamedBy::DatabaseId(key) => Some(key),
        NamedBy::Name(name) => {
            let attributes = ctx.caller()?.attributes().await?;
            let found = only(&attributes, &name, |attribute| attribute.name.as_deref());
            return Ok(found.map(|record| Attribute::new(tenant, record.clone())));
        }
    };
    match key {
        Some(key) => Attribute::find(ctx, AttributeId(key)).await,
        None => Ok(None),
    }
}

/// The precision queue that is named.
pub async fn precision_queue(ctx: &Context<'_>, by: NamedBy) -> Result<Option<PrecisionQueue>, GraphError> {
    let tenant = ctx.tenant()?;
    let key = match by {
        NamedBy::Id(id) => key_of(&id, &[Kind::PrecisionQueue], tenant),
        NamedBy::DatabaseId(key) => Some(key),
        NamedBy::Name(name) => {
            let queues = ctx.caller()?.precision_queues().await?;
            let found = only(&queues, &name, |queue| queue.name.as_deref());
            return Ok(found.map(|record| PrecisionQueue::new(tenant, record.clone())));
        }
    };
    match key {
        Some(key) => node::precision_queue(ctx, PrecisionQueueId(key)).await,
        None => Ok(None),
    }
}
