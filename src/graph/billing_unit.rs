//! `BillingUnit`: a unit that users are billed to.

use async_graphql::{Context, ID, Object};

use super::catalogue::catalogue;
use super::connection::{Connection, Page};
use super::error::{GraphError, Nullable};
use super::level::row;
use super::user::User;
use crate::portal::reference as wire;

catalogue! {
    /// A unit that users are billed to.
    BillingUnit(wire::ReferenceEntry) reads billing_units;
    key "id" = |record| record.id;
    user = |user| user.id_program_bill_unit.map(|id| id.0);
}

/// A unit that users are billed to.
#[Object]
impl BillingUnit {
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

    /// The short code.
    fn code(&self) -> Option<&str> {
        self.record.code.as_deref()
    }

    /// What somebody wrote about it.
    fn description(&self) -> Option<&str> {
        self.record.description.as_deref()
    }

    /// Whether the viewer may change it.
    fn can_edit(&self) -> Option<bool> {
        self.record.allowed_to_edit
    }

    /// The users billed to the unit whom the viewer may see.
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
    BillingUnit;
    own id = global_id;
    leaf database_id, name, code, description, can_edit;
}
