//! Passwords: resetPassword.

use super::edit::Edit;
use super::login::LoginState;
use super::routes::Answered;
use crate::portal::user::{ResetPassword, User};
use crate::portal::{Envelope, Text, UserId};
use crate::upstream::Secret;

/// The directory's password is that of the user's logins; ICM's is kept nowhere, as nothing asks for it.
pub(super) fn reset(edit: &mut Edit<'_>, ask: &ResetPassword) -> Answered<Envelope> {
    const UNKNOWN: &str = "RESET_PASSWORD_FAILED_USER_NOT_FOUND";
    let user = ask.user_name.as_deref().and_then(|name| named(edit, name)).ok_or(UNKNOWN)?;
    let id = user.id_program_user.ok_or(UNKNOWN)?;
    if ask.new_password.is_none() && ask.new_icm_password.is_none() {
        return Err("RESET_PASSWORD_FAILED");
    }
    if ask.new_icm_password.is_some() {
        if !user.is_agent() {
            return Err("RESET_ICM_PASSWORD_NOT_ALLOWED_FOR_NON_CONTACT_USERS");
        }
        if !edit.tenant.agents.contains_key(&id) {
            return Err("RESET_PASSWORD_ICM_FAILED_PERSON_NOT_FOUND");
        }
    }
    let in_portal = ask.change_portal_password != Some(false);
    if let Some(password) = ask.new_password.as_ref().filter(|_| in_portal) {
        change(edit, id, password, ask.change_pwd_at_next_logon == Some(true));
    }
    Ok(Envelope::default())
}

/// The user with a login name, whether the user's own record has it or a login that is this user.
fn named(edit: &Edit<'_>, name: &str) -> Option<User> {
    let has = |login: &Option<Text>| login.as_ref().is_some_and(|login| login.eq_ignore_ascii_case(name));
    let found = edit.user_where(|user| has(&user.login_nm)).or_else(|| {
        let login = edit.logins.iter().find(|login| login.name.eq_ignore_ascii_case(name))?;
        let entry = login.entries.iter().find(|entry| entry.tenant == edit.tenant.id)?;
        edit.user(Some(entry.user))
    });
    found.as_deref().cloned()
}

fn change(edit: &mut Edit<'_>, id: UserId, password: &Secret, change_at_next: bool) {
    let tenant = edit.tenant.id;
    let owns =
        |entries: &[super::Entry]| entries.iter().any(|entry| (entry.tenant, entry.user) == (tenant, id));
    for login in edit.logins.iter_mut().filter(|login| owns(&login.entries)) {
        password.expose().clone_into(&mut login.password);
        login.state = match login.state {
            LoginState::Active | LoginState::PasswordExpired | LoginState::MustChangePassword => {
                if change_at_next {
                    LoginState::MustChangePassword
                } else {
                    LoginState::Active
                }
            }
            state => state,
        };
    }
}
