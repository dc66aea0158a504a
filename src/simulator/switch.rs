//! Switching users on and off: setUserStatus, enableDisableUserInICM, enableDisableUserInPortal.
//!
//! The flag counts under its exact name alone: under another one it is missing, and what is missing is false.

use serde_json::Value;

use super::edit::{Edit, now};
use super::login::LoginState;
use super::routes::Answered;
use crate::portal::user::{EnableDisableUserInICM, EnableDisableUserInPortal, SetUserStatus, User};
use crate::portal::{AccountId, Envelope, Operation as _, UserId};

/// The operations whose flag each installation may name in its own way.
pub(super) const SWITCHES: [&str; 3] =
    [SetUserStatus::NAME, EnableDisableUserInICM::NAME, EnableDisableUserInPortal::NAME];

/// The three ways to name a user; those that are given must agree.
struct Named<'a> {
    user: Option<UserId>,
    account: Option<AccountId>,
    login: Option<&'a str>,
}

macro_rules! named {
    ($ask:expr) => {
        Named { user: $ask.id_program_user, account: $ask.id_user, login: $ask.login_nm.as_deref() }
    };
}

pub(super) fn everywhere(edit: &mut Edit<'_>, ask: &SetUserStatus) -> Answered<Envelope> {
    let named = named!(ask);
    let known = |login: &str| edit.user_where(|user| has_login(user, login)).is_some();
    if named.login.is_some_and(|login| !known(login)) {
        return Err("SET_USER_STATUS_FAILED_INVALID_LOGIN_NM");
    }
    let id = find(edit, &named).ok_or("SET_USER_STATUS_FAILED")?;
    let active = flag(edit);
    let is_agent = edit.tenant.agents.contains_key(&id);
    if let Some(user) = edit.user_mut(id) {
        user.status = Some(active);
        user.id_contact_center_user_status = Some(if active { 1 } else { 2 });
        user.contact_center_user_status_nm = Some(if active { "Active" } else { "Deactivated" }.into());
        user.last_status_changed_date_time = now();
        if is_agent {
            user.icm_status = Some(active);
        }
    }
    let_in(edit, id, active);
    Ok(Envelope::default())
}

/// Somebody who is no agent is not in ICM.
pub(super) fn in_icm(edit: &mut Edit<'_>, ask: &EnableDisableUserInICM) -> Answered<Envelope> {
    const FAILED: &str = "ENABLE_DISABLE_USER_IN_IMC_FAILED";
    let id = find(edit, &named!(ask)).filter(|id| edit.tenant.agents.contains_key(id)).ok_or(FAILED)?;
    let active = flag(edit);
    let user = edit.user_mut(id).ok_or(FAILED)?;
    user.icm_status = Some(active);
    user.last_status_changed_date_time = now();
    Ok(Envelope::default())
}

pub(super) fn in_portal(edit: &mut Edit<'_>, ask: &EnableDisableUserInPortal) -> Answered<Envelope> {
    let id = find(edit, &named!(ask)).ok_or("ENABLE_DISABLE_USER_IN_PORTAL_FAILED")?;
    let active = flag(edit);
    let_in(edit, id, active);
    Ok(Envelope::default())
}

fn flag(edit: &Edit<'_>) -> bool {
    match edit.body.get(&edit.settings.status_field) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

fn has_login(user: &User, login: &str) -> bool {
    user.login_nm.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(login))
}

fn find(edit: &Edit<'_>, named: &Named<'_>) -> Option<UserId> {
    if named.user.is_none() && named.account.is_none() && named.login.is_none() {
        return None;
    }
    let found = edit.user_where(|user| {
        (named.user.is_none() || user.id_program_user == named.user)
            && (named.account.is_none() || user.id_user == named.account)
            && named.login.is_none_or(|login| has_login(user, login))
    });
    found?.id_program_user
}

/// Opens or closes the portal to a user; sessions there are stay.
fn let_in(edit: &mut Edit<'_>, id: UserId, open: bool) {
    let tenant = edit.tenant.id;
    if !open {
        edit.tenant.barred.insert(id);
        return;
    }
    edit.tenant.barred.remove(&id);
    for login in edit.logins.iter_mut() {
        let owns = login.entries.iter().any(|entry| (entry.tenant, entry.user) == (tenant, id));
        if owns && matches!(login.state, LoginState::Disabled | LoginState::NotEnabled) {
            login.state = LoginState::Active;
        }
    }
}
