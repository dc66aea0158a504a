//! Changing users: updateUser, which replaces everything that can be edited by what is sent.

use std::sync::Arc;

use serde_json::Value;

use super::accepted::{
    PhoneFault, check_phone, is_agent_number, is_email, is_enterprise_name, is_login_name, is_name, user_type,
};
use super::edit::{Edit, now};
use super::routes::Answered;
use super::world::Thing;
use crate::config::AgentNumberType;
use crate::portal::user::{UpdateUser, UpdateUserReply, User};
use crate::portal::{Text, UserId};

const FAILED: &str = "UPDATE_USER_FAILED";

pub(super) fn update(edit: &mut Edit<'_>, ask: &UpdateUser) -> Answered<UpdateUserReply> {
    let asked = ask.basic_user_info.as_deref().ok_or(FAILED)?;
    let current = edit.user(asked.id_program_user);
    let current = current.ok_or("UPDATE_USER_FAILED_ID_PROGRAM_USER_NOT_FOUND")?;
    if asked.id_user.is_some() && asked.id_user != current.id_user || !edit.takes_flag("skipUnityUser") {
        return Err(FAILED);
    }
    let sent = edit.body.get("basicUserInfo").and_then(Value::as_object).ok_or(FAILED)?;
    let number = sent.get("agentId");
    let is_number = edit.settings.user_agent_number_type == AgentNumberType::Number;
    if number.is_some_and(|number| !number.is_null() && number.is_number() != is_number) {
        return Err("UPDATE_USER_FAILED_INVALID_AGENT_ID");
    }
    let asked = &edit.merged(&current.editable(true), asked, sent).ok_or(FAILED)?;
    check_person(edit, asked, &current)?;
    check_place(edit, asked, &current)?;
    let works = current.id_program_user.is_some_and(|id| edit.tenant.agents.contains_key(&id));
    check_type(asked, &current, works)?;
    let holder = if works { check_agent(edit, ask, asked)? } else { None };
    let user = replaced(edit, asked, &current);
    let basic_user_info = Some(Arc::new(user.editable(true)));
    edit.free_number(holder);
    if let Some(id) = current.id_program_user {
        edit.tenant.users.insert(id, Arc::new(user));
    }
    edit.tenant.recount_catalogues();
    Ok(UpdateUserReply { basic_user_info, ..UpdateUserReply::default() })
}

fn check_person(edit: &Edit<'_>, asked: &User, current: &User) -> Answered<()> {
    let id = current.id_program_user;
    let login = asked.login_nm.as_deref().unwrap_or_default();
    if !is_login_name(login, &edit.tenant.prefix) {
        return Err("UPDATE_USER_FAILED_INVALID_LOGIN_NM");
    }
    if edit.is_login_taken(login, id) {
        return Err("UPDATE_USER_FAILED_USER_LOGIN_NM_ALREADY_EXISTS");
    }
    let first = asked.first_nm.as_deref().ok_or("UPDATE_USER_FAILED_FIRST_NM_REQUIRED")?;
    let last = asked.last_nm.as_deref().ok_or("UPDATE_USER_FAILED_LAST_NM_REQUIRED")?;
    if !is_name(first) {
        return Err("UPDATE_USER_FAILED_INVALID_FIRST_NM");
    }
    if !is_name(last) {
        return Err("UPDATE_USER_FAILED_INVALID_LAST_NM");
    }
    let renamed = (&asked.first_nm, &asked.last_nm) != (&current.first_nm, &current.last_nm);
    if renamed && edit.is_namesake(first, last, id) {
        return Err("UPDATE_USER_FAILED_USER_FIRST_AND_LAST_ALREADY_EXISTS");
    }
    match asked.phone.as_deref().map(check_phone) {
        Some(Err(PhoneFault::NotDigits)) => return Err("UPDATE_USER_FAILED_PHONE_ONLY_NUMBERS_ALLOWED"),
        Some(Err(PhoneFault::Length)) => return Err("UPDATE_USER_FAILED_PHONE_LENGTH_ERROR"),
        Some(Ok(())) | None => {}
    }
    if asked.email.as_deref().is_some_and(|email| !is_email(email)) {
        return Err(FAILED);
    }
    Ok(())
}

/// Whether what the user is put into is there; what stays as it was need not be seen.
fn check_place(edit: &Edit<'_>, asked: &User, current: &User) -> Answered<()> {
    /// Whether a reference is gone, as it was, or to something there.
    macro_rules! holds {
        ($field:ident, $thing:expr) => {
            asked.$field == current.$field || asked.$field.is_none_or(|id| edit.knows($thing(id)))
        };
    }
    // A site of 0 fails because there is none with that id.
    let holds = asked.id_program_site.is_some()
        && holds!(id_program_site, Thing::Site)
        && holds!(id_program_department, Thing::Department)
        && holds!(id_program_bill_unit, Thing::BillingUnit)
        && holds!(id_program_group, Thing::RoleGroup)
        && holds!(id_profile, Thing::AgentProfile)
        && holds!(agent_desk_settings_id, Thing::AgentDeskSettings)
        && (asked.agent_team_id == current.agent_team_id
            || asked.agent_team_id.is_none_or(|team| edit.teammate(team).is_some()));
    if holds { Ok(()) } else { Err(FAILED) }
}

fn check_type(asked: &User, current: &User, works: bool) -> Answered<()> {
    let code = asked.user_type_code.as_deref().filter(|code| user_type(code).is_some());
    let code = code.ok_or("UPDATE_USER_FAILED_REQUESTED_USER_TYPE_NOT_FOUND")?;
    match (code == "NC", works) {
        (false, false) => Err("UPDATE_USER_FAILED_AGENT_SUPERVISOR_NOT_FOUND"),
        (false, true) if asked.platform_id.is_none() => Err("UPDATE_USER_FAILED_PLATFORM_ID_NOT_PROVIDED"),
        (false, true) if asked.platform_id != current.platform_id => {
            Err("UPDATE_USER_FAILED_PLATFORM_CANNOT_BE_CHANGED")
        }
        (true, _) if asked.platform_id.is_some() => Err("UPDATE_USER_FAILED_PLATFORM_SHOULD_BE_NULL"),
        // Who is an agent leaves the contact centre by being deleted.
        (true, true) => Err(FAILED),
        (true, false) if asked.agent_id.is_some() => Err("UPDATE_USER_FAILED_INVALID_AGENT_ID"),
        _ => Ok(()),
    }
}

/// Checks what only agents have, and answers who else had the number until now.
fn check_agent(edit: &Edit<'_>, ask: &UpdateUser, asked: &User) -> Answered<Option<UserId>> {
    let current = edit.user(asked.id_program_user);
    let target = asked.agent_skill_target_id.map(|target| target.to_string());
    if target.is_some() && current.is_some_and(|current| current.agent_id.as_deref() != target.as_deref()) {
        return Err("UPDATE_USER_FAILED_AGENT_SUPERVISOR_NOT_FOUND");
    }
    let number = asked.agent_id.as_deref().filter(|number| is_agent_number(number));
    let number = number.ok_or("UPDATE_USER_FAILED_INVALID_AGENT_ID")?;
    let holder = edit.number_holder(number, asked.platform_id, asked.id_program_user);
    if holder.is_some() && ask.reuse_agent_id != Some(true) {
        return Err("UPDATE_USER_FAILED_AGENT_ID_ALREADY_IN_USE");
    }
    if asked.agent_enterprise_name.as_deref().is_some_and(|name| !is_enterprise_name(name)) {
        return Err("UPDATE_USER_FAILED_INVALID_ENTERPRISE_NM");
    }
    match asked.supervisor_agent.as_deref() {
        None | Some("Yes" | "No" | "Y" | "N") => Ok(holder),
        Some(_) => Err(FAILED),
    }
}

/// The user with all that can be edited as it was sent: what was not sent is gone.
fn replaced(edit: &Edit<'_>, asked: &User, current: &User) -> User {
    let kind = asked.user_type_code.as_deref().and_then(user_type);
    let status_nm = match asked.id_contact_center_user_status {
        Some(1) => Some("Active"),
        Some(2) => Some("Deactivated"),
        _ => None,
    };
    let supervisor = asked.supervisor_agent.as_deref();
    let supervisor = supervisor.map(|flag| if flag.starts_with('Y') { "Yes" } else { "No" });
    let changed = if asked.status == current.status { current.last_status_changed_date_time } else { now() };
    let user = User {
        agent_desk_settings_id: asked.agent_desk_settings_id,
        phone: asked.phone.clone(),
        id_program_department: asked.id_program_department,
        agent_description: asked.agent_description.clone(),
        sso_enabled_user: asked.sso_enabled_user,
        supervisor_agent: supervisor.map(Text::from),
        agent_enterprise_name: asked.agent_enterprise_name.clone(),
        id_program_site: asked.id_program_site,
        id_program_bill_unit: asked.id_program_bill_unit,
        login_nm: asked.login_nm.clone(),
        first_nm: asked.first_nm.clone(),
        user_type_code: asked.user_type_code.clone(),
        id_user_type: kind.map(|(id, _)| id),
        user_type_level: kind.map(|(id, _)| id),
        user_type_nm: kind.map(|(_, name)| name.into()),
        manager: asked.manager,
        id_program_group: asked.id_program_group,
        last_nm: asked.last_nm.clone(),
        status: asked.status,
        last_status_changed_date_time: changed,
        id_contact_center_user_status: asked.id_contact_center_user_status,
        contact_center_user_status_nm: status_nm.map(Text::from),
        id_profile: asked.id_profile,
        create_date_str: asked.create_date_str.clone(),
        email: asked.email.clone(),
        agent_skill_target_id: asked.agent_skill_target_id,
        rest: asked.rest.clone(),
        ..current.clone()
    };
    let user = in_team(edit, asked, user);
    match &asked.agent_id {
        Some(number) => numbered(number, user),
        None => user,
    }
}

/// The user in the team that was sent, under the team's name.
fn in_team(edit: &Edit<'_>, asked: &User, user: User) -> User {
    if asked.agent_team_id == user.agent_team_id {
        return user;
    }
    let mate = asked.agent_team_id.and_then(|team| edit.teammate(team));
    in_team_of(&mate.unwrap_or_default(), user)
}

/// The user in the team of another one.
pub(super) fn in_team_of(mate: &User, user: User) -> User {
    User {
        agent_team_id: mate.agent_team_id,
        agent_team: mate.agent_team.clone(),
        agent_team_nm: mate.agent_team_nm.clone(),
        agent_team_desc: mate.agent_team_desc.clone(),
        pri_supervisor_skill_target_id: mate.pri_supervisor_skill_target_id,
        ..user
    }
}

/// The agent with another number, in each of the three fields that hold it.
pub(super) fn numbered(number: &str, user: User) -> User {
    User {
        peripheral_number: Some(number.into()),
        ui_agent_id: Some(number.into()),
        int_ui_agent_id: number.parse().ok(),
        ..user
    }
}
