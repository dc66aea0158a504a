//! The catalogues: departments, sites, billing units, role groups, platforms, agent profiles, agent desk settings.

use std::sync::Arc;

use super::envelope::{Paging, reply};
use super::operation::{Authentication, Operation};
use super::record::record;
use super::scalar::{AgentDeskSettingsId, AgentProfileId, RoleGroupId, SiteId, TenantId};
use super::tolerant::Tolerant as _;
use crate::config::Catalogue;
use crate::upstream::{Noun, Shareable};

reply! {
    /// The entries of one catalogue.
    pub struct ReferenceReply {
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
        /// Reference entries.
        basic_ref_info: Vec<Arc<ReferenceEntry>> = "basicRefInfo" | "basicRefInfoList" | "refInfoList",
    }
}

record! {
    /// A department, a billing unit or a platform, by the operation that listed it.
    pub struct ReferenceEntry {
        /// Code of the entry.
        code: Option<String> = "code" | "refCode",
        /// ID.
        id: Option<i64> = "id",
        /// Name.
        name: Option<String> = "name",
        /// Caller may edit this object.
        allowed_to_edit: Option<bool> = "allowedToEdit" | "isAllowedToEdit",
        /// Description.
        description: Option<String> = "description" | "desc",
    }
}

reply! {
    /// Every site.
    pub struct GetAllSitesReply {
        /// Sites.
        site_info_list: Vec<Arc<Site>> = "siteInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// A site.
    pub struct Site {
        /// Site ID.
        id_program_site: Option<SiteId> = "idProgramSite",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// Site name.
        program_site_nm: Option<String> = "programSiteNm",
        /// Site description.
        program_site_desc: Option<String> = "programSiteDesc",
        /// Address line 1.
        program_site_addr1: Option<String> = "programSiteAddr1",
        /// Address line 2.
        program_site_addr2: Option<String> = "programSiteAddr2",
        /// City.
        program_site_city: Option<String> = "programSiteCity",
        /// State.
        program_site_state: Option<String> = "programSiteState",
        /// Postal code.
        program_site_zip: Option<String> = "programSiteZip",
        /// Managed by the system.
        system_managed: Option<bool> = "systemManaged",
        /// Site is internal.
        is_internal: Option<bool> = "isInternal" | "internal",
        /// Caller may edit this object.
        allowed_to_edit: Option<bool> = "allowedToEdit" | "isAllowedToEdit",
    }
}

reply! {
    /// Every role group.
    pub struct GetAllRolesReply {
        /// Role groups.
        site_info_list: Vec<Arc<RoleGroup>> = "siteInfoList" | "programGroupInfoList" | "groupInfoList" | "roleInfoList" | "programGroups" | "roles",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
    settle = GetAllRolesReply::find_list, finds = "siteInfoList";
}

record! {
    /// A role group.
    pub struct RoleGroup {
        /// Role group ID.
        id_program_group: Option<RoleGroupId> = "idProgramGroup",
        /// Program (tenant) ID.
        id_program: Option<TenantId> = "idProgram",
        /// Role group name.
        program_group_nm: Option<String> = "programGroupNm",
        /// Role group description.
        program_group_desc: Option<String> = "programGroupDesc",
        /// Deleted flag.
        deleted: Option<bool> = "deleted" | "isDeleted",
        /// Managed by the system.
        system_managed: Option<bool> = "systemManaged",
        /// Group type ID.
        id_group_type: Option<i64> = "idGroupType",
        /// Group type code.
        group_type_code: Option<String> = "groupTypeCode",
        /// Count of assigned users.
        total_assigned_users: Option<i64> = "totalAssignedUsers",
        /// Count of assigned features.
        total_assigned_features: Option<i64> = "totalAssignedFeatures",
    }
}

reply! {
    /// Every profile.
    pub struct GetAllApmProfilesReply {
        /// Agent property management profiles.
        basic_profile_info_list: Vec<Arc<AgentProfile>> = "basicProfileInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// A profile of agent property management.
    pub struct AgentProfile {
        /// Profile ID.
        id_profile: Option<AgentProfileId> = "idProfile",
        /// Profile name.
        profile_nm: Option<String> = "profileNm",
        /// Profile description.
        profile_desc: Option<String> = "profileDesc",
        /// Caller may edit this object.
        allowed_to_edit: Option<bool> = "allowedToEdit" | "isAllowedToEdit",
        /// Managed by the system.
        system_managed: Option<bool> = "systemManaged",
        /// Count of assigned users.
        total_assigned_users: Option<i64> = "totalAssignedUsers",
    }
}

reply! {
    /// Every set of agent desk settings.
    pub struct GetAllAgentDeskSettingsReply {
        /// Agent desk settings.
        basic_agent_desk_settings_info_list: Vec<Arc<AgentDeskSettings>> = "basicAgentDeskSettingsInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// A set of agent desk settings.
    pub struct AgentDeskSettings {
        /// Agent desk settings ID.
        agent_desk_settings_id: Option<AgentDeskSettingsId> = "agentDeskSettingsId",
        /// Enterprise name.
        enterprise_name: Option<String> = "enterpriseName",
    }
}

record! {
    /// Lists departments (departments/getAllDepartments).
    pub struct GetAllDepartments {}
}

impl Operation for GetAllDepartments {
    const NAME: &'static str = "getAllDepartments";
    const PATH: &'static str = "/portal/services/protected/departments/getAllDepartments";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::Departments));
    type Reply = ReferenceReply;
}

record! {
    /// Lists billing units (users/getAllBillingUnits).
    pub struct GetAllBillingUnits {}
}

impl Operation for GetAllBillingUnits {
    const NAME: &'static str = "getAllBillingUnits";
    const PATH: &'static str = "/portal/services/protected/users/getAllBillingUnits";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::BillingUnits));
    type Reply = ReferenceReply;
}

record! {
    /// Lists platforms (users/getAllPlatforms).
    pub struct GetAllPlatforms {}
}

impl Operation for GetAllPlatforms {
    const NAME: &'static str = "getAllPlatforms";
    const PATH: &'static str = "/portal/services/protected/users/getAllPlatforms";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::Platforms));
    type Reply = ReferenceReply;
}

record! {
    /// Lists sites (sites/getAllSites).
    pub struct GetAllSites {}
}

impl Operation for GetAllSites {
    const NAME: &'static str = "getAllSites";
    const PATH: &'static str = "/portal/services/protected/sites/getAllSites";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::Sites));
    type Reply = GetAllSitesReply;
}

record! {
    /// Lists role groups (roles/getAllRoles).
    pub struct GetAllRoles {}
}

impl Operation for GetAllRoles {
    const NAME: &'static str = "getAllRoles";
    const PATH: &'static str = "/portal/services/protected/roles/getAllRoles";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::RoleGroups));
    type Reply = GetAllRolesReply;
}

record! {
    /// Lists profiles of agent property management (users/getAllApmProfiles).
    pub struct GetAllApmProfiles {}
}

impl Operation for GetAllApmProfiles {
    const NAME: &'static str = "getAllApmProfiles";
    const PATH: &'static str = "/portal/services/protected/users/getAllApmProfiles";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::AgentProfiles));
    type Reply = GetAllApmProfilesReply;
}

record! {
    /// Lists agent desk settings (users/getAllAgentDeskSettings).
    pub struct GetAllAgentDeskSettings {}
}

impl Operation for GetAllAgentDeskSettings {
    const NAME: &'static str = "getAllAgentDeskSettings";
    const PATH: &'static str = "/portal/services/protected/users/getAllAgentDeskSettings";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::Catalogue];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::AgentDeskSettings));
    type Reply = GetAllAgentDeskSettingsReply;
}

impl GetAllRolesReply {
    /// The list's name in the guide looks copied from another operation: failing it, the list is the one whose items
    /// have an `idProgramGroup`.
    fn find_list(&mut self) {
        if !self.site_info_list.is_empty() {
            return;
        }
        let list = self.rest.values().find_map(|value| {
            let list = Vec::<Arc<RoleGroup>>::read(value).ok()?;
            list.first().is_some_and(|group| group.id_program_group.is_some()).then_some(list)
        });
        self.site_info_list = list.unwrap_or_default();
    }
}
