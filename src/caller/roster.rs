//! The roster: every user the caller may see, read in one call and looked up by any of their names.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use super::error::CallerError;
use super::reader::Reader;
use crate::portal::user::{GetUsers, GetUsersReply, User};
use crate::portal::{AccountId, PortalError, UserId};

/// All users the caller may see, in the portal's order. Each index is made when somebody first looks for that name.
pub struct Roster {
    users: Vec<Arc<User>>,
    by_id: OnceLock<HashMap<UserId, usize>>,
    by_account: OnceLock<HashMap<AccountId, usize>>,
    by_login_name: OnceLock<HashMap<String, usize>>,
    by_agent_number: OnceLock<HashMap<String, Vec<usize>>>,
}

impl Roster {
    pub(super) fn new(reply: &GetUsersReply) -> Self {
        let lists = [
            &reply.user_agent_info_list,
            &reply.basic_user_agent_info_list,
            &reply.user_mobile_agent_info_list,
        ];
        let users = lists.into_iter().find(|list| !list.is_empty()).cloned().unwrap_or_default();
        Self {
            users,
            by_id: OnceLock::new(),
            by_account: OnceLock::new(),
            by_login_name: OnceLock::new(),
            by_agent_number: OnceLock::new(),
        }
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
        self.first(&self.by_id, |user| user.id_program_user, &id)
    }

    /// The user with this account.
    #[must_use]
    pub fn by_account(&self, id: AccountId) -> Option<&Arc<User>> {
        self.first(&self.by_account, |user| user.id_user, &id)
    }

    /// The user with this login name, without regard to case.
    #[must_use]
    pub fn by_login_name(&self, name: &str) -> Option<&Arc<User>> {
        let name_of = |user: &User| user.login_name().map(str::to_lowercase);
        self.first(&self.by_login_name, name_of, &name.to_lowercase())
    }

    /// The users with this agent number; numbers are unique on a platform only.
    pub fn by_agent_number(&self, number: &str) -> impl Iterator<Item = &Arc<User>> {
        let index = self.by_agent_number.get_or_init(|| {
            let mut index = HashMap::<_, Vec<_>>::new();
            for (place, user) in self.users.iter().enumerate() {
                if let Some(number) = user.agent_number() {
                    index.entry(number).or_default().push(place);
                }
            }
            index
        });
        let places = index.get(number).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.users.get(*place))
    }

    /// The first of the users whose name is `wanted`, as it would be in the portal's own list.
    fn first<K: Hash + Eq>(
        &self,
        index: &OnceLock<HashMap<K, usize>>,
        name_of: impl Fn(&User) -> Option<K>,
        wanted: &K,
    ) -> Option<&Arc<User>> {
        let index = index.get_or_init(|| {
            let mut index = HashMap::with_capacity(self.users.len());
            for (place, user) in self.users.iter().enumerate() {
                if let Some(name) = name_of(user) {
                    index.entry(name).or_insert(place);
                }
            }
            index
        });
        self.users.get(*index.get(wanted)?)
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
