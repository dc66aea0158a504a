//! `Site`: a place users work at.

use async_graphql::{Context, ID, Object};

use super::catalogue::catalogue;
use super::connection::{Connection, Page};
use super::error::{GraphError, Nullable};
use super::level::row;
use super::user::User;
use crate::portal::reference as wire;

catalogue! {
    /// A place users work at.
    Site(wire::Site) reads sites;
    key "idProgramSite" = |record| record.id_program_site.map(|id| id.0);
    user = |user| user.id_program_site.map(|id| id.0);
}

/// A place users work at.
#[Object]
impl Site {
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
        self.record.program_site_nm.as_deref()
    }

    /// What somebody wrote about the site.
    fn description(&self) -> Option<&str> {
        self.record.program_site_desc.as_deref()
    }

    /// The first line of the address.
    fn address_line1(&self) -> Option<&str> {
        self.record.program_site_addr1.as_deref()
    }

    /// The second line of the address.
    fn address_line2(&self) -> Option<&str> {
        self.record.program_site_addr2.as_deref()
    }

    /// The city.
    fn city(&self) -> Option<&str> {
        self.record.program_site_city.as_deref()
    }

    /// The state or province.
    fn state(&self) -> Option<&str> {
        self.record.program_site_state.as_deref()
    }

    /// The postal code.
    fn postal_code(&self) -> Option<&str> {
        self.record.program_site_zip.as_deref()
    }

    /// Whether the portal itself manages the site.
    fn is_system_managed(&self) -> Option<bool> {
        self.record.system_managed
    }

    /// Whether the site belongs to the provider rather than to the customer.
    fn is_internal(&self) -> Option<bool> {
        self.record.is_internal
    }

    /// Whether the viewer may change the site.
    fn can_edit(&self) -> Option<bool> {
        self.record.allowed_to_edit
    }

    /// The users at the site whom the viewer may see.
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
    Site;
    own id = global_id;
    leaf database_id, name, description, address_line1, address_line2, city, state, postal_code,
        is_system_managed, is_internal, can_edit;
}
