//! New users on the model of others: cloneUser.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::accepted::{
    PhoneFault, check_phone, is_agent_number, is_email, is_enterprise_name, is_login_name, is_name, user_type,
};
use super::clone_place::Place;
use super::edit::{Edit, now};
use super::login::{Entry, Login, Visibility};
use super::routes::Answered;
use super::user::basic;
use super::user_change::numbered;
use crate::portal::user::{CloneUser, CloneUserReply, User};
use crate::portal::{AccountId, Text, UserId};

/// What answers to whatever has no constant of its own.
pub(super) const FAILED: &str = "CLONE_USER_FAILED";

/// The agent that is made along with the user.
struct NewAgent {
    number: String,
    enterprise_name: String,
    /// Who had the number until now.
    holder: Option<UserId>,
}

pub(super) fn make(edit: &mut Edit<'_>, ask: &CloneUser) -> Answered<CloneUserReply> {
    let prefix = &edit.tenant.prefix;
    if ask.program_prefix.as_ref().is_some_and(|named| !named.eq_ignore_ascii_case(prefix)) {
        return Err(FAILED);
    }
    if !edit.takes_flag("skipUnityUser") {
        return Err(FAILED);
    }
    let source = source(edit, ask)?;
    check_names(edit, ask)?;
    let login = login_name(edit, ask)?;
    check_contact(ask)?;
    let code = ask.clone_user_type_code.as_deref().or(source.user_type_code.as_deref()).unwrap_or_default();
    let (kind, kind_name) = user_type(code).ok_or("CLONE_USER_FAILED_USER_TYPE_NOT_FOUND")?;
    let agent = if code == "NC" { None } else { Some(agent(edit, ask, &source)?) };
    let place = Place::find(edit, ask, &source, agent.is_some())?;

    let id = edit.next_id();
    let date = Timestamp::now().to_zoned(TimeZone::UTC).strftime("%m/%d/%Y").to_string();
    let user = User {
        id_program_user: Some(id),
        id_user: source.id_user.and_then(|account| beside(account.0, &source, id)).map(AccountId),
        person_id: source.person_id.and_then(|person| beside(person, &source, id)),
        login_nm: Some(login.as_str().into()),
        first_nm: ask.clone_user_first_nm.clone().map(Text::from),
        last_nm: ask.clone_user_last_nm.clone().map(Text::from),
        phone: ask.clone_user_phone_number.clone().map(Text::from),
        email: ask.clone_user_email.clone().map(Text::from),
        user_type_code: Some(code.into()),
        user_type_nm: Some(kind_name.into()),
        id_user_type: Some(kind),
        user_type_level: Some(kind),
        supervisor_agent: Some(if code == "S" { "Yes" } else { "No" }.into()),
        sso_enabled_user: ask.sso_enabled_user.or(source.sso_enabled_user),
        status: Some(true),
        id_contact_center_user_status: Some(1),
        contact_center_user_status_nm: Some("Active".into()),
        last_status_changed_date_time: now(),
        create_date_str: Some(date.into()),
        source_id_program_user: source.id_program_user,
        // Phones and voice mail belong to one person.
        primary_id_phone: None,
        unity_phone_line: None,
        id_ucm_end_user: None,
        id_program_unity_user: None,
        ..place.settle(edit, User::clone(&source))
    };
    let user = match &agent {
        Some(agent) => as_agent(ask, agent, &source, user),
        None => outside(user),
    };
    let basic_user_agent_info = Some(Arc::new(basic(&user)));
    let work = source.id_program_user.and_then(|id| edit.tenant.agents.get(&id)).cloned().unwrap_or_default();
    if let Some(agent) = &agent {
        edit.free_number(agent.holder);
        edit.tenant.agents.insert(id, work.clone());
    }
    add_login(edit, ask, (&login, id), &source);
    edit.tenant.users.insert(id, Arc::new(user));
    edit.tenant.last_user = id;
    place.join(edit, id, &source);
    edit.tenant.recount_agent(&work);
    Ok(CloneUserReply { basic_user_agent_info, ..CloneUserReply::default() })
}

/// The user to model the new one on: by account, by name, or by both if they agree.
fn source(edit: &Edit<'_>, ask: &CloneUser) -> Answered<Arc<User>> {
    const NO_ACCOUNT: &str = "CLONE_USER_FAILED_INVALID_ID_USER";
    const NO_NAME: &str = "CLONE_USER_FAILED_INVALID_SOURCE_USER_NAME";
    let has_name = |user: &User, name: &str| {
        user.login_nm.as_ref().is_some_and(|login| login.eq_ignore_ascii_case(name))
    };
    match (ask.src_id_user, ask.src_user_name.as_deref()) {
        (None, None) => Err(NO_ACCOUNT),
        (None, Some(name)) => edit.user_where(|user| has_name(user, name)).ok_or(NO_NAME),
        (id, name) => {
            let user = edit.user_where(|user| user.id_user == id).ok_or(NO_ACCOUNT)?;
            if name.is_none_or(|name| has_name(&user, name)) { Ok(user) } else { Err(NO_NAME) }
        }
    }
}

fn check_names(edit: &Edit<'_>, ask: &CloneUser) -> Answered<()> {
    let first = ask.clone_user_first_nm.as_deref().unwrap_or_default();
    let last = ask.clone_user_last_nm.as_deref().unwrap_or_default();
    match (is_name(first), is_name(last)) {
        (false, false) => Err("CLONE_USER_FAILED_INVALID_CLONED_USER_FIRST_NM_LAST_NM"),
        (false, true) => Err("CLONE_USER_FAILED_INVALID_CLONED_USER_FIRST_NM"),
        (true, false) => Err("CLONE_USER_FAILED_INVALID_CLONED_USER_LAST_NM"),
        (true, true) if edit.is_namesake(first, last, None) => {
            Err("CLONE_USER_FAILED_USER_FIRST_AND_LAST_ALREADY_EXISTS")
        }
        (true, true) => Ok(()),
    }
}

/// The new login name, which ends in the tenant's prefix whether it was sent so or not.
fn login_name(edit: &Edit<'_>, ask: &CloneUser) -> Answered<String> {
    let prefix = &edit.tenant.prefix;
    let login = ask.clone_user_login_nm.clone().unwrap_or_default();
    let login = if login.contains('@') { login } else { format!("{login}@{prefix}") };
    if !is_login_name(&login, prefix) {
        return Err("CLONE_USER_FAILED_INVALID_CLONED_USER_LOGIN_NM");
    }
    if edit.is_login_taken(&login, None) {
        return Err("CLONE_USER_FAILED_USER_LOGIN_NM_ALREADY_EXISTS");
    }
    let in_directory = edit.logins.iter().any(|known| known.name.eq_ignore_ascii_case(&login));
    if in_directory && ask.re_use_ad_user != Some(true) {
        return Err("CLONE_USER_FAILED_USER_LOGIN_NM_ALREADY_EXISTS_IN_AD");
    }
    Ok(login)
}

fn check_contact(ask: &CloneUser) -> Answered<()> {
    match ask.clone_user_phone_number.as_deref().map(check_phone) {
        None | Some(Err(PhoneFault::Length)) => {
            return Err("CLONE_USER_FAILED_INVALID_CLONED_USER_PHONE_NUM");
        }
        Some(Err(PhoneFault::NotDigits)) => {
            return Err("CLONE_USER_FAILED_ONLY_NUMBERS_ALLOWED_PHONE_NUM");
        }
        Some(Ok(())) => {}
    }
    if ask.clone_user_email.as_deref().is_some_and(|email| !is_email(email)) {
        return Err("CLONE_USER_FAILED_INVALID_CLONE_USER_EMAIL");
    }
    Ok(())
}

fn agent(edit: &Edit<'_>, ask: &CloneUser, source: &User) -> Answered<NewAgent> {
    // Only agents have what a new agent is modelled on.
    if !source.id_program_user.is_some_and(|id| edit.tenant.agents.contains_key(&id)) {
        return Err("CLONE_USER_FAILED_INCORRECT_AGENT_ASSOCIATION");
    }
    if source.platform_id.is_none() {
        return Err("CLONE_USER_FAILED_INCORRECT_PLATFORM_ASSOCIATION");
    }
    let number = ask.clone_user_agent_id.clone().ok_or("CLONE_USER_FAILED_AGENT_ID_NOT_PROVIDED")?;
    if !is_agent_number(&number) {
        return Err("CLONE_USER_FAILED_TO_SETUP_AGENT_OR_SUPERVISOR_IN_ICM");
    }
    let holder = edit.number_holder(&number, source.platform_id, None);
    if holder.is_some() && ask.re_use_agent_id != Some(true) {
        return Err("CLONE_USER_FAILED_AGENT_ID_ALREADY_IN_USE");
    }
    if ask.clone_agent_enterprise_name.as_deref().is_some_and(|name| !is_enterprise_name(name)) {
        return Err("CLONE_USER_FAILED_INVALID_CLONED_AGENT_ENTERPRISE_NM");
    }
    let made_up = || {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        format!("{}_{}_{number}", name(&ask.clone_user_first_nm), name(&ask.clone_user_last_nm))
    };
    let enterprise_name = ask.clone_agent_enterprise_name.clone().unwrap_or_else(made_up);
    Ok(NewAgent { number, enterprise_name, holder })
}

fn as_agent(ask: &CloneUser, agent: &NewAgent, source: &User, user: User) -> User {
    let target = source.agent_id.as_deref().and_then(|target| target.parse().ok());
    let target = target.zip(user.id_program_user).and_then(|(target, id)| beside(target, source, id));
    let user = User {
        agent_id: target.map(|target| Text::from(target.to_string())),
        agent_skill_target_id: None,
        agent_enterprise_name: Some(agent.enterprise_name.as_str().into()),
        agent_description: ask.clone_agent_description.clone().map(Text::from).or(user.agent_description),
        icm_status: Some(true),
        team_primary: Some(false),
        primary_flag: Some(false),
        ..user
    };
    numbered(&agent.number, user)
}

/// The user without what only agents have.
fn outside(user: User) -> User {
    User {
        agent_id: None,
        agent_skill_target_id: None,
        peripheral_number: None,
        ui_agent_id: None,
        int_ui_agent_id: None,
        agent_enterprise_name: None,
        agent_description: None,
        agent_team_id: None,
        agent_team: None,
        agent_team_nm: None,
        agent_team_desc: None,
        team_primary: None,
        primary_flag: None,
        platform: None,
        platform_id: None,
        icm_status: None,
        pri_supervisor_skill_target_id: None,
        total_assigned_skills: None,
        ..user
    }
}

/// Lets the new user sign in: with the password, or with the account that is in the directory already.
fn add_login(edit: &mut Edit<'_>, ask: &CloneUser, (name, user): (&str, UserId), source: &User) {
    let tenant = edit.tenant.id;
    let mut entries = edit.logins.iter().flat_map(|login| &login.entries);
    let model = entries.find(|entry| entry.tenant == tenant && Some(entry.user) == source.id_program_user);
    let own = || Visibility::Departments(source.id_program_department.into_iter().collect());
    let visibility = model.map_or_else(own, |entry| entry.visibility.clone());
    let entry = Entry { tenant, user, visibility };
    if let Some(login) = edit.logins.iter_mut().find(|login| login.name.eq_ignore_ascii_case(name)) {
        login.entries.retain(|entry| entry.tenant != tenant);
        login.entries.push(entry);
    } else if let Some(password) = &ask.clone_user_password {
        edit.logins.push(Login::new(name, password.expose(), vec![entry]));
    }
}

/// A number as far from the source's as the new user's id is: nobody ever had it, as nobody had the id.
fn beside(number: i64, source: &User, id: UserId) -> Option<i64> {
    source.id_program_user.map(|source| number + id.0 - source.0)
}

impl Edit<'_> {
    /// The id of the next user, which nobody ever had.
    fn next_id(&self) -> UserId {
        let last = self.tenant.users.keys().next_back().copied().unwrap_or(UserId(0));
        UserId(last.max(self.tenant.last_user).0 + 1)
    }
}
