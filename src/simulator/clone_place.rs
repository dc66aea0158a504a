//! Where a new user belongs: as the source does, except for what is asked otherwise.

use std::sync::Arc;

use super::clone::FAILED;
use super::edit::Edit;
use super::routes::Answered;
use super::user_change::in_team_of;
use super::world::Thing;
use crate::portal::reference::{ReferenceEntry, Site};
use crate::portal::user::{CloneUser, User};
use crate::portal::{
    AccessCollectionId, AgentDeskSettingsId, AgentProfileId, AgentTeamId, BillingUnitId, DepartmentId,
    RoleGroupId, SiteId, UserId,
};

/// The number that asks for the standard role group.
const STANDARD_GROUP: RoleGroupId = RoleGroupId(-1);

/// Where a new user belongs.
pub(super) struct Place {
    department: Option<DepartmentId>,
    site: Option<SiteId>,
    billing_unit: Option<BillingUnitId>,
    role_group: Option<RoleGroupId>,
    profile: Option<AgentProfileId>,
    desk_settings: Option<AgentDeskSettingsId>,
    team: Option<AgentTeamId>,
    collections: Vec<AccessCollectionId>,
}

impl Place {
    /// What is asked for must be there; what is copied need not be seen.
    pub(super) fn find(edit: &Edit<'_>, ask: &CloneUser, source: &User, is_agent: bool) -> Answered<Self> {
        let tenant = &edit.tenant;
        let department = (ask.clone_user_id_program_department, &ask.clone_user_program_department_nm);
        let department = chosen(department, |name| by_name(&tenant.departments, name).map(DepartmentId))?;
        let billing_unit = (ask.clone_user_id_program_bill_unit, &ask.clone_user_program_bill_unit_nm);
        let billing_unit =
            chosen(billing_unit, |name| by_name(&tenant.billing_units, name).map(BillingUnitId))?;
        let site = (ask.clone_user_id_program_site, &ask.clone_user_program_site_nm);
        let site = chosen(site, |name| {
            let named = |site: &&Arc<Site>| is_called(site.program_site_nm.as_deref(), name);
            tenant.sites.iter().find(named)?.id_program_site
        })?;
        let role_group = match ask.clone_user_id_program_group {
            Some(STANDARD_GROUP) => Some(standard_group(edit).ok_or(FAILED)?),
            group => group,
        };
        let known = |thing: Option<Thing>, refusal: &'static str| match thing {
            Some(thing) if !edit.knows(thing) => Err(refusal),
            _ => Ok(()),
        };
        known(department.map(Thing::Department), FAILED)?;
        known(billing_unit.map(Thing::BillingUnit), FAILED)?;
        known(site.map(Thing::Site), FAILED)?;
        known(role_group.map(Thing::RoleGroup), "CLONE_USER_FAILED_TO_CLONE_USER_GROUPS")?;
        known(ask.clone_user_id_profile.map(Thing::AgentProfile), FAILED)?;
        let desk_settings = ask.clone_user_id_agent_desk_settings;
        let refusal = "CLONE_USER_FAILED_TO_CLONE_AGENT_DESK_SETTINGS";
        known(desk_settings.map(Thing::AgentDeskSettings), refusal)?;
        if ask.clone_user_agent_team_id.is_some_and(|team| edit.teammate(team).is_none()) {
            return Err("CLONE_USER_FAILED_TO_CLONE_AGENT_TEAM");
        }
        Ok(Self {
            department: department.or(source.id_program_department),
            site: site.or(source.id_program_site),
            billing_unit: billing_unit.or(source.id_program_bill_unit),
            role_group: role_group.or(source.id_program_group),
            profile: ask.clone_user_id_profile.or(source.id_profile),
            desk_settings: desk_settings.or(source.agent_desk_settings_id),
            team: ask.clone_user_agent_team_id.or(source.agent_team_id),
            collections: collections(edit, ask, is_agent).ok_or(FAILED)?,
        })
    }

    /// The user there, under the names that go with it.
    pub(super) fn settle(&self, edit: &Edit<'_>, user: User) -> User {
        let user = User {
            id_program_department: self.department,
            id_program_site: self.site,
            id_program_bill_unit: self.billing_unit,
            id_program_group: self.role_group,
            id_profile: self.profile,
            agent_desk_settings_id: self.desk_settings,
            ..user
        };
        let mate = self.team.filter(|team| Some(*team) != user.agent_team_id);
        match mate.and_then(|team| edit.teammate(team)) {
            Some(mate) => in_team_of(&mate, user),
            None => user,
        }
    }

    /// Puts the new user into the source's access groups and the chosen collections.
    pub(super) fn join(&self, edit: &mut Edit<'_>, id: UserId, source: &User) {
        for row in &mut edit.tenant.access_groups {
            if source.id_program_user.is_some_and(|source| row.members.contains(&source)) {
                row.members.insert(id);
            }
        }
        for row in &mut edit.tenant.access_collections {
            if row.collection.id_program_collection.is_some_and(|id| self.collections.contains(&id)) {
                row.members.insert(id);
            }
        }
    }
}

/// What is asked for by id, by name, or by both if they agree; `None` is as the source.
fn chosen<T: Copy + PartialEq>(
    (id, name): (Option<T>, &Option<String>),
    find: impl Fn(&str) -> Option<T>,
) -> Answered<Option<T>> {
    let Some(name) = name.as_deref() else { return Ok(id) };
    let named = find(name).ok_or(FAILED)?;
    if id.is_none_or(|id| id == named) { Ok(Some(named)) } else { Err(FAILED) }
}

fn by_name(rows: &[Arc<ReferenceEntry>], name: &str) -> Option<i64> {
    rows.iter().find(|row| is_called(row.name.as_deref(), name))?.id
}

fn is_called(row: Option<&str>, name: &str) -> bool {
    row.is_some_and(|row| row.eq_ignore_ascii_case(name))
}

/// The role group that comes with the portal, or else the first one there is.
fn standard_group(edit: &Edit<'_>) -> Option<RoleGroupId> {
    let seen = || {
        let groups = edit.tenant.role_groups.iter();
        groups.filter(|group| group.id_program_group.is_some_and(|id| edit.sees(Thing::RoleGroup(id))))
    };
    seen().find(|group| group.system_managed == Some(true)).or_else(|| seen().next())?.id_program_group
}

/// The collections to join, if each is there and for such a user.
fn collections(edit: &Edit<'_>, ask: &CloneUser, is_agent: bool) -> Option<Vec<AccessCollectionId>> {
    let of_agents = ask.selected_agent_collection_ids.iter().map(|id| (*id, true));
    let of_users = ask.selected_user_collection_ids.iter().map(|id| (*id, false));
    let known = |(id, of_agents): (AccessCollectionId, bool)| {
        let rows = &edit.tenant.access_collections;
        let row = rows.iter().find(|row| row.collection.id_program_collection == Some(id))?;
        let fits = row.of_agents == of_agents && (is_agent || !of_agents);
        (fits && edit.sees(Thing::AccessCollection(id))).then_some(id)
    };
    of_agents.chain(of_users).map(known).collect()
}
