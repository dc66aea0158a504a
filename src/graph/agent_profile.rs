//! `AgentProfile`: a profile of agent property management.

use async_graphql::{Context, ID, Object};

use super::catalogue::catalogue;
use super::connection::{Connection, Page};
use super::error::{GraphError, Nullable};
use super::level::row;
use super::user::User;
use crate::portal::reference as wire;

catalogue! {
    /// A profile of agent property management.
    AgentProfile(wire::AgentProfile) reads agent_profiles;
    key "idProfile" = |record| record.id_profile.map(|id| id.0);
    user = |user| user.id_profile.map(|id| id.0);
}

/// A profile of agent property management.
#[Object]
impl AgentProfile {
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
        self.record.profile_nm.as_deref()
    }

    /// What somebody wrote about the profile.
    fn description(&self) -> Option<&str> {
        self.record.profile_desc.as_deref()
    }

    /// Whether the portal itself manages the profile.
    fn is_system_managed(&self) -> Option<bool> {
        self.record.system_managed
    }

    /// Whether the viewer may change the profile.
    fn can_edit(&self) -> Option<bool> {
        self.record.allowed_to_edit
    }

    /// How many users have the profile, by the portal's count.
    fn user_count(&self) -> Option<i64> {
        self.record.total_assigned_users
    }

    /// The users with the profile whom the viewer may see.
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
    AgentProfile;
    own id = global_id;
    leaf database_id, name, description, is_system_managed, can_edit, user_count;
}
