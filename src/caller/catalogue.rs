//! The catalogues, each read whole in one call.

use std::sync::Arc;

use super::error::CallerError;
use super::reader::Reader;
use crate::portal::reference::{
    AgentDeskSettings, AgentProfile, GetAllAgentDeskSettings, GetAllAgentDeskSettingsReply,
    GetAllApmProfiles, GetAllApmProfilesReply, GetAllBillingUnits, GetAllDepartments, GetAllPlatforms,
    GetAllRoles, GetAllRolesReply, GetAllSites, GetAllSitesReply, ReferenceEntry, ReferenceReply, RoleGroup,
    Site,
};

/// A catalogue's records, in the portal's order.
pub type Catalogue<T> = Arc<Vec<Arc<T>>>;

impl Reader {
    /// Departments.
    pub async fn departments(&self) -> Result<Catalogue<ReferenceEntry>, CallerError> {
        self.read_as(GetAllDepartments::default(), |reply: &ReferenceReply| reply.basic_ref_info.clone())
            .await
    }

    /// Billing units.
    pub async fn billing_units(&self) -> Result<Catalogue<ReferenceEntry>, CallerError> {
        self.read_as(GetAllBillingUnits::default(), |reply: &ReferenceReply| reply.basic_ref_info.clone())
            .await
    }

    /// Platforms.
    pub async fn platforms(&self) -> Result<Catalogue<ReferenceEntry>, CallerError> {
        self.read_as(GetAllPlatforms::default(), |reply: &ReferenceReply| reply.basic_ref_info.clone()).await
    }

    /// Sites.
    pub async fn sites(&self) -> Result<Catalogue<Site>, CallerError> {
        self.read_as(GetAllSites::default(), |reply: &GetAllSitesReply| reply.site_info_list.clone()).await
    }

    /// Role groups.
    pub async fn role_groups(&self) -> Result<Catalogue<RoleGroup>, CallerError> {
        self.read_as(GetAllRoles::default(), |reply: &GetAllRolesReply| reply.site_info_list.clone()).await
    }

    /// Agent profiles.
    pub async fn agent_profiles(&self) -> Result<Catalogue<AgentProfile>, CallerError> {
        let profiles = |reply: &GetAllApmProfilesReply| reply.basic_profile_info_list.clone();
        self.read_as(GetAllApmProfiles::default(), profiles).await
    }

    /// Agent desk settings.
    pub async fn agent_desk_settings(&self) -> Result<Catalogue<AgentDeskSettings>, CallerError> {
        let settings =
            |reply: &GetAllAgentDeskSettingsReply| reply.basic_agent_desk_settings_info_list.clone();
        self.read_as(GetAllAgentDeskSettings::default(), settings).await
    }
}
