//! Users, in the form asked for: getUsers, getUserByIdProgram.

use std::sync::Arc;

use super::listing::{contains, listing, whole};
use super::routes::Answered;
use super::view::View;
use crate::portal::user::{GetUserByIdProgram, GetUserByIdProgramReply, GetUsers, GetUsersReply, User};

pub(super) fn all(view: &View<'_>, ask: &GetUsers) -> Answered<GetUsersReply> {
    let status = status(ask.filter_by_status.as_deref(), "GET_USERS_FAILED")?;
    let known = |kind: &String| ["A", "S", "NC"].contains(&kind.as_str());
    if !ask.filter_by_user_type.iter().all(known) {
        return Err("GET_USERS_FAILED");
    }
    let wanted = |user: &User| {
        (ask.platform_id.is_none() || user.platform_id == ask.platform_id)
            && status.is_none_or(|active| user.status == Some(active))
            && is_of_type(user, &ask.filter_by_user_type)
            && manages_phone(user, ask)
            && is_found(user, ask)
    };
    let rows = view.users().filter(|user| wanted(user)).cloned().collect();
    let (rows, paging_info) = listing!(ask).page(rows);
    let reply = GetUsersReply { paging_info, ..GetUsersReply::default() };
    Ok(match (ask.get_mobile_user_info_only, ask.get_base_object_info_only) {
        (Some(true), _) => GetUsersReply { user_mobile_agent_info_list: each(&rows, mobile), ..reply },
        (_, Some(true)) => GetUsersReply { basic_user_agent_info_list: each(&rows, basic), ..reply },
        _ => GetUsersReply { user_agent_info_list: rows, ..reply },
    })
}

pub(super) fn by_id(view: &View<'_>, ask: &GetUserByIdProgram) -> Answered<GetUserByIdProgramReply> {
    let id = ask.search_id.ok_or("BAD_REQUEST")?;
    let user = view.searched(id).ok_or("GET_USERS_FAILED")?;
    Ok(GetUserByIdProgramReply {
        user_agent_info_list: vec![Arc::clone(user)],
        paging_info: Some(whole(1)),
        ..GetUserByIdProgramReply::default()
    })
}

/// Which state a status letter asks for, none of them meaning any; an unknown letter is refused.
pub(super) fn status(letter: Option<&str>, refusal: &'static str) -> Answered<Option<bool>> {
    match letter {
        None | Some("B") => Ok(None),
        Some("A") => Ok(Some(true)),
        Some("D") => Ok(Some(false)),
        Some(_) => Err(refusal),
    }
}

/// Whether a user is of one of the types, none of which means all.
pub(super) fn is_of_type(user: &User, types: &[String]) -> bool {
    types.is_empty() || user.user_type_code.as_ref().is_some_and(|code| types.iter().any(|kind| code == kind))
}

fn manages_phone(user: &User, ask: &GetUsers) -> bool {
    (ask.get_ucm_users_only != Some(true) || user.id_ucm_end_user.is_some())
        && (ask.get_ucm_no_primary_users_only != Some(true)
            || (user.id_ucm_end_user.is_some() && user.primary_id_phone.is_none()))
        && (ask.cm_cluster_id.is_none() || user.cm_cluster_id == ask.cm_cluster_id)
        && (ask.primary_id_phone.is_none() || user.primary_id_phone == ask.primary_id_phone)
}

fn is_found(user: &User, ask: &GetUsers) -> bool {
    let (Some(true), Some(term)) = (ask.searching, &ask.search_term) else { return true };
    found(user, ask.search_column.as_deref(), term)
}

/// Whether the user has the term in the column, or in any searchable one.
pub(super) fn found(user: &User, column: Option<&str>, term: &str) -> bool {
    let platform = user.platform_id.map(|id| id.to_string());
    let columns = [
        ("loginnm", user.login_nm.as_deref()),
        ("firstnm", user.first_nm.as_deref()),
        ("lastnm", user.last_nm.as_deref()),
        ("agentid", user.peripheral_number.as_deref()),
        ("platform", platform.as_deref()),
        ("agentteamnm", user.agent_team_nm.as_deref()),
        ("phone", user.phone.as_deref()),
    ];
    let column = column.unwrap_or("All").to_ascii_lowercase();
    let chosen: Vec<_> = columns
        .iter()
        .filter(|(name, _)| column == "all" || column == *name)
        .map(|(_, text)| *text)
        .collect();
    contains(&chosen, term)
}

fn each(rows: &[Arc<User>], form: fn(&User) -> User) -> Vec<Arc<User>> {
    rows.iter().map(|row| Arc::new(form(row))).collect()
}

/// The basic form leaves out what names things, and what only agents have.
pub(super) fn basic(user: &User) -> User {
    User {
        id_program: None,
        agent_team_desc: None,
        id_user_type: None,
        agent_description: None,
        user_type_code: None,
        platform: None,
        supervisor_agent: None,
        person_id: None,
        agent_team: None,
        agent_enterprise_name: None,
        agent_team_nm: None,
        id_contact_center_user_status: None,
        team_primary: None,
        int_ui_agent_id: None,
        pri_supervisor_skill_target_id: None,
        user_type_nm: None,
        primary_flag: None,
        id_source_system: None,
        ..user.clone()
    }
}

fn mobile(user: &User) -> User {
    User {
        id_ucm_end_user: user.id_ucm_end_user,
        login_nm: user.login_nm.clone(),
        ui_agent_id: user.ui_agent_id.clone(),
        contact_center_user_status_nm: user.contact_center_user_status_nm.clone(),
        agent_team_nm: user.agent_team_nm.clone(),
        id_program_user: user.id_program_user,
        internal_user: user.internal_user,
        platform_id: user.platform_id,
        last_status_changed_date_time: user.last_status_changed_date_time,
        last_nm: user.last_nm.clone(),
        source_id_program_user: user.source_id_program_user,
        sso_enabled_user: user.sso_enabled_user,
        cm_cluster_id: user.cm_cluster_id,
        status: user.status,
        allowed_to_edit: user.allowed_to_edit,
        first_nm: user.first_nm.clone(),
        id_contact_center_user_status: user.id_contact_center_user_status,
        ..User::default()
    }
}
