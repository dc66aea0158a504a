//! `AgentTeam`: a team, as far as its agents' records tell of it; the portal has no call that lists teams.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::agent::Agent;
use super::connection::{Connection, Page};
use super::context::ContextExt as _;
use super::error::{GraphError, Nullable};
use super::id::{Kind, NodeId};
use super::level::row;
use crate::config::Limits;
use crate::portal::{AgentTeamId, TenantId, user as wire};

/// A team of agents.
#[derive(Clone)]
pub struct AgentTeam {
    tenant: TenantId,
    id: AgentTeamId,
    record: Arc<wire::User>,
}

impl AgentTeam {
    /// The team an agent's record names.
    #[must_use]
    pub fn of(tenant: TenantId, record: &Arc<wire::User>) -> Option<Self> {
        record.agent_team_id.filter(|id| id.0 != 0).map(|id| Self { tenant, id, record: record.clone() })
    }

    /// The team with this key, if an agent the viewer may see is in it.
    pub async fn find(ctx: &Context<'_>, id: AgentTeamId) -> Result<Option<Self>, GraphError> {
        let caller = ctx.caller()?;
        let (roster, tenant) = (caller.roster().await?, caller.tenant()?);
        let member = roster.agents().find(|user| user.agent_team_id == Some(id));
        Ok(member.and_then(|member| Self::of(tenant, member)))
    }

    async fn members(&self, ctx: &Context<'_>, page: Page) -> Result<Connection<Agent>, GraphError> {
        let roster = ctx.caller()?.roster().await?;
        let members: Vec<_> = roster.agents().filter(|user| user.agent_team_id == Some(self.id)).collect();
        let limits = ctx.data_unchecked::<Limits>();
        Connection::new(members.into_iter(), &page, limits, |user| Agent::new(self.tenant, user.clone()))
    }

    fn global_id(&self) -> ID {
        NodeId::new(self.tenant, Kind::AgentTeam, self.id.0).encode()
    }
}

/// A team of agents.
#[Object]
impl AgentTeam {
    /// The global id.
    pub async fn id(&self) -> ID {
        self.global_id()
    }

    /// The portal's own key.
    fn database_id(&self) -> i64 {
        self.id.0
    }

    /// The name.
    fn name(&self) -> Option<&str> {
        self.record.agent_team_nm.as_deref().or(self.record.agent_team.as_deref())
    }

    /// What somebody wrote about the team.
    fn description(&self) -> Option<&str> {
        self.record.agent_team_desc.as_deref()
    }

    /// The agents in the team whom the viewer may see.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many agents after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only agents after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many agents before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only agents before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Agent>> {
        Some(self.members(ctx, Page { first, after, last, before }).await)
    }
}

row! {
    AgentTeam;
    own id = global_id;
    leaf database_id, name, description;
}
