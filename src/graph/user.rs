//! `User`: a person known to the portal, whichever call the record came by.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::access::{AccessSummary, CloneOptions};
use super::agent::Agent;
use super::agent_profile::AgentProfile;
use super::billing_unit::BillingUnit;
use super::connection::ConnectionNode;
use super::context::ContextExt as _;
use super::date_time::DateTime;
use super::department::Department;
use super::error::{GraphError, Nullable};
use super::id::{Kind, NodeId, key};
use super::level::{Children, row};
use super::role_group::RoleGroup;
use super::site::Site;
use super::tenant::Tenant;
use super::user_collection_access::UserCollectionAccess;
use super::user_telephony::UserTelephony;
use crate::portal::{Leaf as _, TenantId, UserId, user as wire};

/// What kind of user somebody is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq, Hash)]
pub enum UserType {
    /// Takes contacts.
    Agent,
    /// Takes contacts and leads a team.
    Supervisor,
    /// Does not work in the contact centre, an administrator for example.
    NonContactCenter,
    /// A kind this gateway does not know; `userTypeCode` has the portal's own word.
    Unknown,
}

impl UserType {
    /// Reads the portal's code; none is an unknown type.
    #[must_use]
    pub fn of(user: &wire::User) -> Self {
        match user.user_type_code.as_deref().map(str::trim) {
            Some("A") => Self::Agent,
            Some("S") => Self::Supervisor,
            Some("NC") => Self::NonContactCenter,
            _ => Self::Unknown,
        }
    }

    /// The portal's code.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Agent => Some("A"),
            Self::Supervisor => Some("S"),
            Self::NonContactCenter => Some("NC"),
            Self::Unknown => None,
        }
    }
}

/// A person known to the portal.
#[derive(Clone)]
pub struct User {
    pub(super) tenant: TenantId,
    pub(super) record: Arc<wire::User>,
}

impl ConnectionNode for User {
    const NAME: &'static str = "User";
}

impl User {
    /// Shows a record of a tenant.
    #[must_use]
    pub fn new(tenant: TenantId, record: Arc<wire::User>) -> Self {
        Self { tenant, record }
    }

    fn user_id(&self) -> Result<UserId, GraphError> {
        key("User", "idProgramUser", self.record.id_program_user.map(|id| id.0)).map(UserId)
    }

    fn as_agent(&self) -> Option<Agent> {
        self.record.is_agent().then(|| Agent::new(self.tenant, self.record.clone()))
    }

    fn own_telephony(&self) -> UserTelephony {
        UserTelephony(Arc::clone(&self.record))
    }

    fn own_collection_access(&self) -> UserCollectionAccess {
        UserCollectionAccess(Arc::clone(&self.record))
    }

    fn own_tenant(&self) -> Tenant {
        Tenant::of(self.tenant)
    }

    async fn departments(ctx: &Context<'_>, users: &[Self]) -> Vec<Children<Department>> {
        Department::find_all(ctx, users.iter().map(|user| user.record.id_program_department.map(|id| id.0)))
            .await
    }

    async fn sites(ctx: &Context<'_>, users: &[Self]) -> Vec<Children<Site>> {
        Site::find_all(ctx, users.iter().map(|user| user.record.id_program_site.map(|id| id.0))).await
    }

    async fn billing_units(ctx: &Context<'_>, users: &[Self]) -> Vec<Children<BillingUnit>> {
        BillingUnit::find_all(ctx, users.iter().map(|user| user.record.id_program_bill_unit.map(|id| id.0)))
            .await
    }

    async fn role_groups(ctx: &Context<'_>, users: &[Self]) -> Vec<Children<RoleGroup>> {
        RoleGroup::find_all(ctx, users.iter().map(|user| user.record.id_program_group.map(|id| id.0))).await
    }

    async fn agent_profiles(ctx: &Context<'_>, users: &[Self]) -> Vec<Children<AgentProfile>> {
        AgentProfile::find_all(ctx, users.iter().map(|user| user.record.id_profile.map(|id| id.0))).await
    }

    async fn read_revision(&self, ctx: &Context<'_>) -> Result<Option<String>, GraphError> {
        Ok(ctx.caller()?.user_revision(self.user_id()?).await?)
    }

    fn global_id(&self) -> Result<ID, GraphError> {
        Ok(NodeId::new(self.tenant, Kind::User, self.user_id()?.0).encode())
    }
}

/// A person known to the portal: an agent, a supervisor, or somebody who administers.
#[Object]
impl User {
    /// The global id.
    pub async fn id(&self) -> Result<ID, GraphError> {
        self.global_id()
    }

    /// The portal's own key of the user within the tenant.
    fn database_id(&self) -> Result<i64, GraphError> {
        self.user_id().map(|id| id.0)
    }

    /// The key of the user's account, which is the same in every tenant.
    fn account_database_id(&self) -> Option<i64> {
        self.record.id_user.map(|id| id.0)
    }

    /// The name the user signs in with.
    fn login_name(&self) -> Option<&str> {
        self.record.login_name()
    }

    /// First and last name as people write them, or the login name where neither is known.
    fn display_name(&self) -> String {
        let names: Vec<&str> = [&self.record.first_nm, &self.record.last_nm]
            .into_iter()
            .flatten()
            .map(|name| name.trim())
            .collect();
        match names.join(" ").trim() {
            "" => self.record.login_name().unwrap_or_default().to_owned(),
            name => name.to_owned(),
        }
    }

    /// The first name.
    fn first_name(&self) -> Option<&str> {
        self.record.first_nm.as_deref()
    }

    /// The last name.
    fn last_name(&self) -> Option<&str> {
        self.record.last_nm.as_deref()
    }

    /// The email address.
    fn email(&self) -> Option<&str> {
        self.record.email.as_deref()
    }

    /// The phone number, as the portal keeps it.
    fn phone(&self) -> Option<&str> {
        self.record.phone.as_deref()
    }

    /// Whether the user may work; null where the portal does not say.
    fn is_active(&self) -> Option<bool> {
        self.record.status
    }

    /// Whether the user is active in ICM, which is what lets an agent sign in to the desktop.
    fn is_active_in_icm(&self) -> Option<bool> {
        self.record.icm_status
    }

    /// What kind of user this is.
    fn user_type(&self) -> UserType {
        UserType::of(&self.record)
    }

    /// The portal's own code of the user type.
    fn user_type_code(&self) -> Option<&str> {
        self.record.user_type_code.as_deref()
    }

    /// The portal's name of the user type.
    fn user_type_name(&self) -> Option<&str> {
        self.record.user_type_nm.as_deref()
    }

    /// The rank of the user type; the portal does not say which end is higher.
    fn user_type_level(&self) -> Option<i64> {
        self.record.user_type_level
    }

    /// The portal's own key of the user type.
    fn user_type_database_id(&self) -> Option<i64> {
        self.record.id_user_type
    }

    /// Whether the user is a manager.
    fn is_manager(&self) -> Option<bool> {
        self.record.manager
    }

    /// Whether the user belongs to the provider rather than to the customer.
    fn is_internal(&self) -> Option<bool> {
        self.record.internal_user
    }

    /// Whether the user signs in by single sign-on.
    fn is_single_sign_on_enabled(&self) -> Option<bool> {
        self.record.sso_enabled_user
    }

    /// Whether the viewer may change this user.
    fn can_edit(&self) -> Option<bool> {
        self.record.allowed_to_edit
    }

    /// The name of the user's contact-centre status.
    fn contact_center_status_name(&self) -> Option<&str> {
        self.record.contact_center_user_status_nm.as_deref()
    }

    /// The portal's own key of the contact-centre status.
    fn contact_center_status_database_id(&self) -> Option<i64> {
        self.record.id_contact_center_user_status
    }

    /// When the user was last activated or deactivated.
    fn status_changed_at(&self) -> Option<DateTime> {
        self.record.last_status_changed_date_time.map(DateTime::from)
    }

    /// When the user was created, in the portal's own words.
    fn created_at_text(&self) -> Option<&str> {
        self.record.create_date_str.as_deref()
    }

    /// The key of the user this one was cloned from.
    fn source_database_id(&self) -> Option<i64> {
        self.record.source_id_program_user.map(|id| id.0)
    }

    /// The key of the person in ICM.
    fn person_database_id(&self) -> Option<i64> {
        self.record.person_id
    }

    /// The key of the system the record comes from.
    fn source_system_database_id(&self) -> Option<i64> {
        self.record.id_source_system
    }

    /// When the user was created; null where the portal's text for it is not an instant.
    fn created_at(&self) -> Option<DateTime> {
        self.record.create_date_str.as_deref().and_then(crate::portal::Instant::from_text).map(DateTime::from)
    }

    /// How the user is known to the phone system.
    async fn telephony(&self) -> UserTelephony {
        self.own_telephony()
    }

    /// What the viewer may do with the collections the user is in.
    async fn collection_access(&self) -> UserCollectionAccess {
        self.own_collection_access()
    }

    /// The tenant the user belongs to.
    async fn tenant(&self) -> Tenant {
        self.own_tenant()
    }

    /// The user as an agent; null if the user takes no contacts.
    async fn agent(&self) -> Option<Agent> {
        self.as_agent()
    }

    /// The department; null where the user has none.
    async fn department(&self, ctx: &Context<'_>) -> Nullable<Department> {
        Department::find(ctx, self.record.id_program_department.map(|id| id.0)).await.transpose()
    }

    /// The site; null where the user has none.
    async fn site(&self, ctx: &Context<'_>) -> Nullable<Site> {
        Site::find(ctx, self.record.id_program_site.map(|id| id.0)).await.transpose()
    }

    /// The billing unit; null where the user has none.
    async fn billing_unit(&self, ctx: &Context<'_>) -> Nullable<BillingUnit> {
        BillingUnit::find(ctx, self.record.id_program_bill_unit.map(|id| id.0)).await.transpose()
    }

    /// The role group, which decides what the user may do in the portal.
    async fn role_group(&self, ctx: &Context<'_>) -> Nullable<RoleGroup> {
        RoleGroup::find(ctx, self.record.id_program_group.map(|id| id.0)).await.transpose()
    }

    /// The profile of agent property management.
    async fn agent_profile(&self, ctx: &Context<'_>) -> Nullable<AgentProfile> {
        AgentProfile::find(ctx, self.record.id_profile.map(|id| id.0)).await.transpose()
    }

    /// Changes whenever an editable field changes; give it to `updateUser` as `ifRevision`. Costs a call of the portal for
    /// each user.
    async fn revision(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.read_revision(ctx).await.transpose()
    }

    /// What the user may reach, by access group. Costs a call of the portal for each user.
    async fn access_summary(&self, ctx: &Context<'_>) -> Nullable<AccessSummary> {
        AccessSummary::read(ctx, self.user_id()).await.transpose()
    }

    /// The collections a clone of this user could join. Costs a call of the portal for each user.
    async fn clone_options(&self, ctx: &Context<'_>) -> Nullable<CloneOptions> {
        CloneOptions::read(ctx, self.user_id()).await.transpose()
    }
}

row! {
    User;
    own id = global_id;
    leaf database_id, account_database_id, login_name, display_name, first_name, last_name, email, phone,
        is_active, is_active_in_icm, user_type_code, user_type_name, user_type_level, user_type_database_id,
        is_manager, is_internal, is_single_sign_on_enabled, can_edit, contact_center_status_name,
        contact_center_status_database_id, status_changed_at, created_at_text, source_database_id,
        person_database_id, source_system_database_id, created_at;
    enumeration user_type;
    child agent = as_agent, tenant = own_tenant, telephony = own_telephony,
        collection_access = own_collection_access;
    edge department = departments, site = sites, billing_unit = billing_units, role_group = role_groups,
        agent_profile = agent_profiles;
}
