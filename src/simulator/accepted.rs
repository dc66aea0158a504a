//! What the portal accepts as a name, a number, a phone or an address, and what must not be taken already.

use std::sync::Arc;

use super::edit::Edit;
use super::world::Thing;
use crate::portal::reference::ReferenceEntry;
use crate::portal::user::User;
use crate::portal::{AgentTeamId, PlatformId, Text, UserId};

/// What is wrong with a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PhoneFault {
    NotDigits,
    Length,
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn check_phone(phone: &str) -> Result<(), PhoneFault> {
    if !is_digits(phone) {
        return Err(PhoneFault::NotDigits);
    }
    if (5..=15).contains(&phone.len()) { Ok(()) } else { Err(PhoneFault::Length) }
}

/// Whether it can be a first or last name, which has no space.
pub(super) fn is_name(text: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || "-'._".contains(letter);
    !text.is_empty() && text.chars().all(fits)
}

/// Whether it can be an enterprise name: period and underscore are the only special characters, and never the first.
pub(super) fn is_enterprise_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._".contains(&byte);
    text.bytes().all(fits) && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

pub(super) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}

/// Whether it can be an agent's number.
pub(super) fn is_agent_number(text: &str) -> bool {
    is_digits(text) && text.len() <= 11
}

/// Whether it is a login name of the tenant with this prefix.
pub(super) fn is_login_name(text: &str, prefix: &str) -> bool {
    let fits = |name: &str| {
        !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "-._".contains(letter))
    };
    text.split_once('@').is_some_and(|(name, suffix)| fits(name) && suffix.eq_ignore_ascii_case(prefix))
}

/// The id and the name of a user type.
pub(super) fn user_type(code: &str) -> Option<(i64, &'static str)> {
    match code {
        "A" => Some((1, "Agent")),
        "S" => Some((2, "Supervisor")),
        "NC" => Some((3, "Non-Contact Center User")),
        _ => None,
    }
}

impl Edit<'_> {
    /// Whether a row of a catalogue is there and may be seen.
    pub(super) fn knows(&self, thing: Thing) -> bool {
        let tenant = &*self.tenant;
        let entry = |rows: &[Arc<ReferenceEntry>], id: i64| rows.iter().any(|row| row.id == Some(id));
        let exists = match thing {
            Thing::Department(id) => entry(&tenant.departments, id.0),
            Thing::BillingUnit(id) => entry(&tenant.billing_units, id.0),
            Thing::Platform(id) => entry(&tenant.platforms, id.0),
            Thing::Site(id) => tenant.sites.iter().any(|row| row.id_program_site == Some(id)),
            Thing::RoleGroup(id) => tenant.role_groups.iter().any(|row| row.id_program_group == Some(id)),
            Thing::AgentProfile(id) => tenant.agent_profiles.iter().any(|row| row.id_profile == Some(id)),
            Thing::AgentDeskSettings(id) => {
                tenant.agent_desk_settings.iter().any(|row| row.agent_desk_settings_id == Some(id))
            }
            _ => false,
        };
        exists && self.sees(thing)
    }

    /// Somebody in a team, who knows what it is called; teams are in no catalogue.
    pub(super) fn teammate(&self, team: AgentTeamId) -> Option<Arc<User>> {
        self.view().users().find(|user| user.agent_team_id == Some(team)).cloned()
    }

    /// Whether somebody else has both names, seen or not.
    pub(super) fn is_namesake(&self, first: &str, last: &str, except: Option<UserId>) -> bool {
        let same = |name: &Option<Text>, wanted: &str| {
            name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        };
        self.others(except).any(|user| same(&user.first_nm, first) && same(&user.last_nm, last))
    }

    /// Whether somebody else has the login name, seen or not.
    pub(super) fn is_login_taken(&self, login: &str, except: Option<UserId>) -> bool {
        self.others(except)
            .any(|user| user.login_nm.as_ref().is_some_and(|taken| taken.eq_ignore_ascii_case(login)))
    }

    /// Who else has the agent number on the platform, seen or not.
    pub(super) fn number_holder(
        &self,
        number: &str,
        platform: Option<PlatformId>,
        except: Option<UserId>,
    ) -> Option<UserId> {
        let has = |user: &&Arc<User>| {
            user.platform_id == platform && user.peripheral_number.as_deref() == Some(number)
        };
        self.others(except).find(has)?.id_program_user
    }

    /// Takes the agent number from whoever has it, because the caller meant another user to have it.
    pub(super) fn free_number(&mut self, holder: Option<UserId>) {
        if let Some(user) = holder.and_then(|id| self.user_mut(id)) {
            (user.peripheral_number, user.ui_agent_id, user.int_ui_agent_id) = (None, None, None);
        }
    }

    fn others(&self, except: Option<UserId>) -> impl Iterator<Item = &Arc<User>> {
        self.tenant.users.values().filter(move |user| except.is_none() || user.id_program_user != except)
    }
}
