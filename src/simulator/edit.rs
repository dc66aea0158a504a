//! A tenant as one login may change it: what the login may not see is not there, so no write reaches it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::login::{Login, Visibility};
use super::settings::Settings;
use super::view::View;
use super::world::{Tenant, Thing, Work};
use crate::config::{AgentIdKind, ClearedField, FlagType};
use crate::portal::user::User;
use crate::portal::{Instant, PlatformId, Record, UserId};

/// A tenant as one login may change it.
///
/// A change looks first and acts last, so that a refused one leaves everything as it was.
pub(super) struct Edit<'a> {
    /// The tenant; what is changed in it must have passed one of the methods.
    pub(super) tenant: &'a mut Tenant,
    /// Who may sign in, to all tenants.
    pub(super) logins: &'a mut Vec<Login>,
    /// What the login may see.
    pub(super) visibility: Visibility,
    /// How the portal is set up.
    pub(super) settings: &'a Settings,
    /// The request as it came, where spelling matters.
    pub(super) body: &'a Map<String, Value>,
}

impl Edit<'_> {
    /// The tenant as the login sees it.
    pub(super) fn view(&self) -> View<'_> {
        View { tenant: self.tenant, visibility: &self.visibility, search_id: self.settings.user_search_id }
    }

    /// Whether a thing may be seen.
    pub(super) fn sees(&self, thing: Thing) -> bool {
        self.view().sees(thing)
    }

    /// A user that may be seen.
    pub(super) fn user(&self, id: Option<UserId>) -> Option<Arc<User>> {
        self.view().user(id?).cloned()
    }

    /// The one user that may be seen and fits.
    pub(super) fn user_where(&self, fits: impl Fn(&User) -> bool) -> Option<Arc<User>> {
        let view = self.view();
        let mut found = view.users().filter(|user| fits(user));
        let user = found.next()?;
        found.next().is_none().then(|| Arc::clone(user))
    }

    /// The agent with a number of some kind; agent numbers are unique on a platform alone.
    pub(super) fn agent(
        &self,
        kind: AgentIdKind,
        number: &str,
        platform: Option<PlatformId>,
    ) -> Option<UserId> {
        let view = self.view();
        let on_platform = |user: &User| platform.is_none() || user.platform_id == platform;
        let mut found = view.agents().filter(|(user, _)| match kind {
            AgentIdKind::SkillTargetId => user.agent_id.as_deref() == Some(number),
            AgentIdKind::AgentNumber => {
                user.peripheral_number.as_deref() == Some(number) && on_platform(user)
            }
            AgentIdKind::ProgramUserId => user.id_program_user.is_some_and(|id| Ok(id.0) == number.parse()),
        });
        let (user, _) = found.next()?;
        if found.next().is_some() { None } else { user.id_program_user }
    }

    /// Whether a flag that is sent is of the JSON type this portal reads.
    pub(super) fn takes_flag(&self, name: &str) -> bool {
        self.body.get(name).is_none_or(|flag| match self.settings.skip_unity_user_type {
            FlagType::Boolean => flag.is_boolean(),
            FlagType::Text => flag.is_string(),
        })
    }

    /// A record with what this portal keeps of it, because what was sent does not empty it: by the record as it is, as it
    /// is asked for, and as the latter was sent.
    pub(super) fn merged<R: Record>(&self, current: &R, asked: &R, sent: &Map<String, Value>) -> Option<R> {
        let how = self.settings.cleared_field;
        let fields = |record: &R| serde_json::to_value(record).ok()?.as_object().cloned();
        let mut merged = fields(asked)?;
        for (name, value) in fields(current)? {
            let is_emptied = match sent.get(&name) {
                None => how == ClearedField::LeftOut,
                Some(Value::Null) => how != ClearedField::Empty || !value.is_string(),
                Some(_) => true,
            };
            if !is_emptied {
                merged.entry(name).or_insert(value);
            }
        }
        serde_json::from_value(Value::Object(merged)).ok()
    }

    /// What an agent works on, to change it.
    pub(super) fn work(&mut self, id: UserId) -> Option<&mut Work> {
        self.tenant.agents.get_mut(&id)
    }

    /// A user, to change it.
    pub(super) fn user_mut(&mut self, id: UserId) -> Option<&mut User> {
        self.tenant.users.get_mut(&id).map(Arc::make_mut)
    }
}

/// The time now, as the wire counts.
pub(super) fn now() -> Option<Instant> {
    let milliseconds = Timestamp::now().as_millisecond();
    Timestamp::from_millisecond(milliseconds).ok().map(Instant)
}
