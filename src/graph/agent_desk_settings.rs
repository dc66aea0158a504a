//! `AgentDeskSettings`: a set of settings for agents' desktops.

use async_graphql::{Context, ID, Object};

use super::catalogue::catalogue;
use super::connection::{Connection, Page};
use super::error::{GraphError, Nullable};
use super::level::row;
use super::user::User;
use crate::portal::reference as wire;

catalogue! {
    /// A set of settings for agents' desktops.
    AgentDeskSettings(wire::AgentDeskSettings) reads agent_desk_settings;
    key "agentDeskSettingsId" = |record| record.agent_desk_settings_id.map(|id| id.0);
    user = |user| user.agent_desk_settings_id.map(|id| id.0);
}

/// A set of settings for agents' desktops.
#[Object]
impl AgentDeskSettings {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        self.global_id()
    }

    /// The portal's own key.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.key()
    }

    /// The name; unique in the enterprise.
    fn name(&self) -> Option<&str> {
        self.record.enterprise_name.as_deref()
    }

    /// The users with these settings whom the viewer may see.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many users after `after`.")] first: Option<i32>,
        #[graphql(desc = "Only users after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many users before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only users before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<User>> {
        Some(self.members(ctx, Page { first, after, last, before }).await)
    }
}

row! {
    AgentDeskSettings;
    own id = global_id;
    leaf database_id, name;
}
