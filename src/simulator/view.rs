//! A tenant as one login sees it: every read goes through here, so that no row reaches who may not see it.

use std::sync::Arc;

use super::login::Visibility;
use super::world::{Tenant, Thing, Work};
use crate::config::UserIdKind;
use crate::portal::UserId;
use crate::portal::user::User;

/// A tenant as one login sees it.
pub(super) struct View<'a> {
    /// The tenant; what is read of it must pass one of the methods.
    pub(super) tenant: &'a Tenant,
    /// What the login may see.
    pub(super) visibility: &'a Visibility,
    /// Which number a user is looked up by.
    pub(super) search_id: UserIdKind,
}

impl<'a> View<'a> {
    /// Whether a thing may be seen.
    pub(super) fn sees(&self, thing: Thing) -> bool {
        match (self.visibility, self.tenant.reserved.get(&thing)) {
            (Visibility::All, _) | (_, None) => true,
            (Visibility::Departments(own), Some(reserved)) => !own.is_disjoint(reserved),
        }
    }

    /// Whether a user may be seen.
    pub(super) fn sees_user(&self, user: &User) -> bool {
        match self.visibility {
            Visibility::All => true,
            Visibility::Departments(own) => user.id_program_department.is_some_and(|id| own.contains(&id)),
        }
    }

    /// The rows that may be seen, of rows that are things when they have an id.
    pub(super) fn rows<T>(&self, rows: &'a [Arc<T>], thing: impl Fn(&T) -> Option<Thing>) -> Vec<Arc<T>> {
        rows.iter().filter(|row| thing(row).is_some_and(|thing| self.sees(thing))).cloned().collect()
    }

    /// The users that may be seen.
    pub(super) fn users(&self) -> impl Iterator<Item = &'a Arc<User>> {
        self.tenant.users.values().filter(|user| self.sees_user(user))
    }

    /// A user that may be seen.
    pub(super) fn user(&self, id: UserId) -> Option<&'a Arc<User>> {
        self.tenant.users.get(&id).filter(|user| self.sees_user(user))
    }

    /// The user that may be seen and is named by the number in `searchId`.
    pub(super) fn searched(&self, number: UserId) -> Option<&'a Arc<User>> {
        match self.search_id {
            UserIdKind::ProgramUserId => self.user(number),
            kind @ UserIdKind::AccountId => self.users().find(|user| user.search_id(kind) == Some(number)),
        }
    }

    /// The agents that may be seen, with what they work on.
    pub(super) fn agents(&self) -> impl Iterator<Item = (&'a Arc<User>, &'a Work)> {
        self.tenant.agents.iter().filter_map(|(id, work)| Some((self.user(*id)?, work)))
    }
}
