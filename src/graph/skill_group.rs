//! `SkillGroup`: a group of agents with one skill.

use std::convert::Infallible;
use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::agent::Agent;
use super::connection::{Connection, ConnectionNode, Page};
use super::context::ContextExt as _;
use super::error::{GraphError, Nullable};
use super::id::{Kind, NodeId, key};
use super::level::{Children, each, row};
use super::platform::Platform;
use crate::caller::{Caller, Roster};
use crate::config::Limits;
use crate::portal::user::User;
use crate::portal::{SkillGroupId, TenantId, skill_group as wire};

/// A group of agents with one skill; calls are queued to it.
#[derive(Clone, PartialEq)]
pub struct SkillGroup {
    tenant: TenantId,
    record: Arc<wire::SkillGroup>,
}

impl ConnectionNode for SkillGroup {
    const NAME: &'static str = "SkillGroup";
}

impl SkillGroup {
    /// Shows a record of a tenant.
    #[must_use]
    pub fn new(tenant: TenantId, record: Arc<wire::SkillGroup>) -> Self {
        Self { tenant, record }
    }

    fn key(&self) -> Result<i64, GraphError> {
        key("SkillGroup", "skillTargetId", self.record.skill_target_id.map(|id| id.0))
    }

    async fn platforms(ctx: &Context<'_>, groups: &[Self]) -> Vec<Children<Platform>> {
        Platform::find_all(ctx, groups.iter().map(|group| group.record.peripheral_id.map(|id| id.0))).await
    }

    async fn all_agents(ctx: &Context<'_>, groups: &[Self]) -> Vec<Children<Connection<Agent>>> {
        Self::all_members(ctx, groups, true).await
    }

    async fn all_assignable_agents(ctx: &Context<'_>, groups: &[Self]) -> Vec<Children<Connection<Agent>>> {
        Self::all_members(ctx, groups, false).await
    }

    async fn all_members(
        ctx: &Context<'_>,
        groups: &[Self],
        assigned: bool,
    ) -> Vec<Children<Connection<Agent>>> {
        let page = Page::of_arguments(ctx);
        let members = groups.iter().map(|group| {
            let page = page.clone();
            async move {
                let members = async { group.members(ctx, assigned, page?).await };
                Ok::<_, Infallible>(Some(members.await))
            }
        });
        each(members).await
    }

    async fn members(
        &self,
        ctx: &Context<'_>,
        assigned: bool,
        page: Page,
    ) -> Result<Connection<Agent>, GraphError> {
        let (rows, roster) = self.rows(&*ctx.caller()?, assigned).await?;
        let limits = ctx.data_unchecked::<Limits>();
        Connection::new(rows.iter(), &page, limits, |row| Agent::new(self.tenant, in_full(row, &roster)))
    }

    /// The portal's rows of the group, and the roster, whose records say more; both start at once.
    async fn rows(
        &self,
        caller: &Caller,
        assigned: bool,
    ) -> Result<(Arc<[Arc<User>]>, Arc<Roster>), GraphError> {
        let (rows, roster) =
            futures_util::join!(caller.agents_of_skill_group(&self.record, assigned), caller.roster());
        Ok((rows?, roster?))
    }

    /// The records of everyone in the group.
    pub(super) async fn everyone_in_it(&self, caller: &Caller) -> Result<Vec<Arc<User>>, GraphError> {
        let (rows, roster) = self.rows(caller, true).await?;
        Ok(rows.iter().map(|row| in_full(row, &roster)).collect())
    }

    /// The portal's own key.
    pub(super) fn skill_group_id(&self) -> Result<SkillGroupId, GraphError> {
        self.key().map(SkillGroupId)
    }

    fn global_id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::SkillGroup, self.key()?).encode())
    }
}

/// The agent's record in the roster; who is not there is shown by the row.
fn in_full(row: &User, roster: &Roster) -> Arc<User> {
    let known = row.id_program_user.and_then(|id| roster.by_id(id));
    known.cloned().unwrap_or_else(|| on_its_own(row))
}

/// A row of a group as the agent's record: what it says of the group in the same words is left out.
fn on_its_own(row: &User) -> Arc<User> {
    Arc::new(User { original_id: None, skill_target_id: None, ..row.clone() })
}

/// A group of agents with one skill; calls are queued to it.
#[Object]
impl SkillGroup {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        self.global_id()
    }

    /// The portal's own key, the group's skill target id.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The name people know the group by.
    fn name(&self) -> Option<&str> {
        self.record.display_name()
    }

    /// The name that is unique in the enterprise.
    fn enterprise_name(&self) -> Option<&str> {
        self.record.enterprise_name.as_deref()
    }

    /// The name on the platform.
    fn peripheral_name(&self) -> Option<&str> {
        self.record.peripheral_name.as_deref()
    }

    /// What somebody wrote about the group.
    fn description(&self) -> Option<&str> {
        self.record.description.as_deref()
    }

    /// The kind of skill, in the portal's own word.
    fn skill_type(&self) -> Option<&str> {
        self.record.skill_type.as_deref()
    }

    /// The group's number on the platform.
    fn peripheral_number(&self) -> Option<i64> {
        self.record.peripheral_number
    }

    /// The name of the platform as it stands in the group's own record; costs no call.
    fn platform_name(&self) -> Option<&str> {
        self.record.platform_name.as_deref()
    }

    /// The media routing domain, such as voice or chat.
    fn media_routing_domain_name(&self) -> Option<&str> {
        self.record.media_routing_domain_name.as_deref()
    }

    /// The number calls are transferred to the group with.
    fn transfer_number(&self) -> Option<&str> {
        self.record.transfer_number.as_deref()
    }

    /// Within how many seconds a call should be answered; -1 takes the platform's own threshold.
    fn service_level_threshold_seconds(&self) -> Option<i64> {
        self.record.service_level_threshold
    }

    /// How many agents are in the group, by the portal's count.
    fn agent_count(&self) -> Option<i64> {
        self.record.total_assigned_users
    }

    /// Whether the portal ticked the group in the list it came by; null where it does not say.
    fn is_checked(&self) -> Option<bool> {
        self.record.checked
    }

    /// Whether the viewer may change the group.
    fn can_edit(&self) -> Option<bool> {
        self.record.is_allowed_to_edit
    }

    /// The key of the skill in workforce management.
    fn unified_workforce_database_id(&self) -> Option<&str> {
        self.record.uwf_skill_id.as_deref()
    }

    /// The key the group had before it was moved; the guide says no more.
    fn original_database_id(&self) -> Option<i64> {
        self.record.original_id
    }

    /// The key of the system the record comes from.
    fn source_system_database_id(&self) -> Option<i64> {
        self.record.id_source_system_id
    }

    /// The platform, which is a peripheral of the contact centre.
    async fn platform(&self, ctx: &Context<'_>) -> Nullable<Platform> {
        Platform::find(ctx, self.record.peripheral_id.map(|id| id.0)).await.transpose()
    }

    /// The agents in this group.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Agent>> {
        Some(self.members(ctx, true, Page { first, after, last, before }).await)
    }

    /// The agents who could be put into this group.
    async fn assignable_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Agent>> {
        Some(self.members(ctx, false, Page { first, after, last, before }).await)
    }
}

row! {
    SkillGroup;
    own id = global_id;
    leaf database_id, name, enterprise_name, peripheral_name, description, skill_type, peripheral_number,
        platform_name, media_routing_domain_name, transfer_number, service_level_threshold_seconds,
        agent_count, is_checked, can_edit, unified_workforce_database_id, original_database_id,
        source_system_database_id;
    edge platform = platforms, agents = all_agents, assignable_agents = all_assignable_agents;
}
