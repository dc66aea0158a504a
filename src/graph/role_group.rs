//! `RoleGroup`: a group of roles, which decides what its users may do in the portal.

use async_graphql::{Context, ID, Object};

use super::catalogue::catalogue;
use super::connection::{Connection, Page};
use super::error::{GraphError, Nullable};
use super::level::row;
use super::user::User;
use crate::portal::reference as wire;

catalogue! {
    /// A group of roles, which decides what its users may do in the portal.
    RoleGroup(wire::RoleGroup) reads role_groups;
    key "idProgramGroup" = |record| record.id_program_group.map(|id| id.0);
    user = |user| user.id_program_group.map(|id| id.0);
}

/// A group of roles, which decides what its users may do in the portal.
#[Object]
impl RoleGroup {
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
        self.record.program_group_nm.as_deref()
    }

    /// What somebody wrote about the group.
    fn description(&self) -> Option<&str> {
        self.record.program_group_desc.as_deref()
    }

    /// Whether the group is deleted.
    fn is_deleted(&self) -> Option<bool> {
        self.record.deleted
    }

    /// Whether the portal itself manages the group.
    fn is_system_managed(&self) -> Option<bool> {
        self.record.system_managed
    }

    /// The portal's own code of the group type.
    fn type_code(&self) -> Option<&str> {
        self.record.group_type_code.as_deref()
    }

    /// The portal's own key of the group type.
    fn type_database_id(&self) -> Option<i64> {
        self.record.id_group_type
    }

    /// How many users have the group, by the portal's count.
    fn user_count(&self) -> Option<i64> {
        self.record.total_assigned_users
    }

    /// How many features the group opens, by the portal's count.
    fn feature_count(&self) -> Option<i64> {
        self.record.total_assigned_features
    }

    /// The users with the role group whom the viewer may see.
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
    RoleGroup;
    own id = global_id;
    leaf database_id, name, description, is_deleted, is_system_managed, type_code, type_database_id,
        user_count, feature_count;
}
