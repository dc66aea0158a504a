//! The roster: every user the caller may see, read in one call and looked up by any of their names.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::CallerError;
use super::reader::Reader;
use crate::portal::user::{GetUsers, GetUsersReply, User};
use crate::portal::{AccountId, PortalError, UserId};

/// All users the caller may see, in the portal's order.
pub struct Roster {
    users: Vec<Arc<User>>,
    by_id: HashMap<UserId, usize>,
    by_account: HashMap<AccountId, usize>,
    by_login_name: HashMap<String, usize>,
    by_agent_number: HashMap<String, Vec<usize>>,
}

impl Roster {
    pub(super) fn new(reply: &GetUsersReply) -> Self {
        let lists = [
            &reply.user_agent_info_list,
            &reply.basic_user_agent_info_list,
            &reply.user_mobile_agent_info_list,
        ];
        let users = lists.into_iter().find(|list| !list.is_empty()).cloned().unwrap_or_default();
        let mut roster = Self {
            by_id: HashMap::with_capacity(users.len()),
            by_account: HashMap::with_capacity(users.len()),
            by_login_name: HashMap::with_capacity(users.len()),
            by_agent_number: HashMap::with_capacity(users.len()),
            users: Vec::new(),
        };
        for (place, user) in users.iter().enumerate() {
            // The first of two records with one id stands, as it would in the portal's own list.
            user.id_program_user.map(|id| *roster.by_id.entry(id).or_insert(place));
            user.id_user.map(|id| *roster.by_account.entry(id).or_insert(place));
            if let Some(name) = user.login_name() {
                roster.by_login_name.entry(name.to_lowercase()).or_insert(place);
            }
            if let Some(number) = user.agent_number() {
                roster.by_agent_number.entry(number).or_default().push(place);
            }
        }
        roster.users = users;
        roster
    }

    /// Everyone, in the portal's order.
    #[must_use]
    pub fn users(&self) -> &[Arc<User>] {
        &self.users
    }

    /// Everyone who is an agent or a supervisor, in the portal's order.
    pub fn agents(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.iter().filter(|user| user.is_agent())
    }

    /// The user with this id.
    #[must_use]
    pub fn by_id(&self, id: UserId) -> Option<&Arc<User>> {
        self.at(self.by_id.get(&id))
    }

    /// The user with this account.
    #[must_use]
    pub fn by_account(&self, id: AccountId) -> Option<&Arc<User>> {
        self.at(self.by_account.get(&id))
    }

    /// The user with this login name, without regard to case.
    #[must_use]
    pub fn by_login_name(&self, name: &str) -> Option<&Arc<User>> {
        self.at(self.by_login_name.get(&name.to_lowercase()))
    }

    /// The users with this agent number; numbers are unique on a platform only.
    pub fn by_agent_number(&self, number: &str) -> impl Iterator<Item = &Arc<User>> {
        let places = self.by_agent_number.get(number).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.users.get(*place))
    }

    fn at(&self, place: Option<&usize>) -> Option<&Arc<User>> {
        self.users.get(*place?)
    }
}

/// How the portal is asked for the roster.
pub(super) fn everyone() -> GetUsers {
    GetUsers { page_size: Some(0), ..GetUsers::default() }
}

impl Reader {
    /// The roster, in one call.
    pub async fn roster(&self) -> Result<Arc<Roster>, CallerError> {
        self.users_like(everyone()).await
    }

    /// The users that fit the criteria, in one call.
    pub async fn users_like(&self, criteria: GetUsers) -> Result<Arc<Roster>, CallerError> {
        self.read_as(criteria, Roster::new).await
    }

    /// One user, in one call; the portal answers with a list and perhaps with nobody.
    pub async fn user(&self, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
        let Some(question) = self.question(id).await? else { return Ok(None) };
        match self.read(question).await {
            Ok(reply) => {
                Ok(reply.user_agent_info_list.iter().find(|user| user.id_program_user == Some(id)).cloned())
            }
            // The guide has no constant for an unknown id, so a refusal may mean just that: the roster knows.
            Err(CallerError::Portal(PortalError::Refused { .. })) => {
                Ok(self.roster().await?.by_id(id).cloned())
            }
            Err(error) => Err(error),
        }
    }
}
