//! The catalogues, each as a whole.

use std::sync::Arc;

use super::listing::whole;
use super::view::View;
use super::world::Thing;
use crate::portal::reference::{
    GetAllAgentDeskSettings, GetAllAgentDeskSettingsReply, GetAllApmProfiles, GetAllApmProfilesReply,
    GetAllBillingUnits, GetAllDepartments, GetAllPlatforms, GetAllRoles, GetAllRolesReply, GetAllSites,
    GetAllSitesReply, ReferenceEntry, ReferenceReply,
};
use crate::portal::{BillingUnitId, DepartmentId, PlatformId};

pub(super) fn departments(view: &View<'_>, _: &GetAllDepartments) -> ReferenceReply {
    entries(view, &view.tenant.departments, |id| Thing::Department(DepartmentId(id)))
}

pub(super) fn billing_units(view: &View<'_>, _: &GetAllBillingUnits) -> ReferenceReply {
    entries(view, &view.tenant.billing_units, |id| Thing::BillingUnit(BillingUnitId(id)))
}

pub(super) fn platforms(view: &View<'_>, _: &GetAllPlatforms) -> ReferenceReply {
    entries(view, &view.tenant.platforms, |id| Thing::Platform(PlatformId(id)))
}

fn entries<'a>(view: &View<'a>, rows: &'a [Arc<ReferenceEntry>], thing: fn(i64) -> Thing) -> ReferenceReply {
    let basic_ref_info = view.rows(rows, |entry| entry.id.map(thing));
    ReferenceReply {
        paging_info: Some(whole(basic_ref_info.len())),
        basic_ref_info,
        ..ReferenceReply::default()
    }
}

pub(super) fn sites(view: &View<'_>, _: &GetAllSites) -> GetAllSitesReply {
    let site_info_list = view.rows(&view.tenant.sites, |site| site.id_program_site.map(Thing::Site));
    GetAllSitesReply {
        paging_info: Some(whole(site_info_list.len())),
        site_info_list,
        ..GetAllSitesReply::default()
    }
}

pub(super) fn roles(view: &View<'_>, _: &GetAllRoles) -> GetAllRolesReply {
    let rows = view.rows(&view.tenant.role_groups, |group| group.id_program_group.map(Thing::RoleGroup));
    GetAllRolesReply {
        paging_info: Some(whole(rows.len())),
        site_info_list: rows,
        ..GetAllRolesReply::default()
    }
}

pub(super) fn agent_profiles(view: &View<'_>, _: &GetAllApmProfiles) -> GetAllApmProfilesReply {
    let thing = |id| Some(Thing::AgentProfile(id));
    let rows = view.rows(&view.tenant.agent_profiles, |profile| profile.id_profile.and_then(thing));
    GetAllApmProfilesReply {
        paging_info: Some(whole(rows.len())),
        basic_profile_info_list: rows,
        ..GetAllApmProfilesReply::default()
    }
}

pub(super) fn agent_desk_settings(
    view: &View<'_>,
    _: &GetAllAgentDeskSettings,
) -> GetAllAgentDeskSettingsReply {
    let thing = |id| Some(Thing::AgentDeskSettings(id));
    let rows = view
        .rows(&view.tenant.agent_desk_settings, |settings| settings.agent_desk_settings_id.and_then(thing));
    GetAllAgentDeskSettingsReply {
        basic_agent_desk_settings_info_list: rows,
        ..GetAllAgentDeskSettingsReply::default()
    }
}
