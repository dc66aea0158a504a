//! Changing one user: read as it is now, changed, and written whole, in a turn of its own.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::change::{ChangeError, Stale};
use super::error::CallerError;
use super::reader::Reader;
use crate::config::UserIdKind;
use crate::portal::dialect::clear;
use crate::portal::user::{GetUserByIdProgram, UpdateUser, User};
use crate::portal::{PortalError, UserId};
use crate::upstream::Noun;

/// What a user's editable fields are, in a word; another word once one of them has changed.
#[must_use]
pub fn revision(user: &User) -> String {
    let fields = serde_json::to_vec(&user.editable(false)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(&Sha256::digest(fields)[..12])
}

impl Reader {
    /// How the portal is asked for a user; `None` if nobody the caller may see has the id.
    pub(super) async fn question(&self, id: UserId) -> Result<Option<GetUserByIdProgram>, CallerError> {
        let search_id = match self.portal_settings().dialect.user_search_id {
            UserIdKind::ProgramUserId => Some(id),
            kind @ UserIdKind::AccountId => {
                self.roster().await?.by_id(id).and_then(|user| user.search_id(kind))
            }
        };
        Ok(search_id.map(|id| GetUserByIdProgram { search_id: Some(id), ..GetUserByIdProgram::default() }))
    }

    /// The revision of a user, by the same call that a change begins with; `None` if there is no such user.
    pub async fn user_revision(&self, id: UserId) -> Result<Option<String>, CallerError> {
        Ok(self.user(id).await?.map(|user| revision(&user)))
    }

    /// A user as the portal has it now; `None` if there is no such user.
    pub async fn user_now(&self, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
        let Some(question) = self.question(id).await? else { return Ok(None) };
        match self.read_anew(question).await {
            Ok(reply) => {
                let mut users = reply.user_agent_info_list.into_iter();
                Ok(users.find(|user| user.id_program_user == Some(id)))
            }
            // The guide has no constant for an unknown id; the roster knows whether it is one.
            Err(CallerError::Portal(error @ PortalError::Refused { .. })) => {
                match self.roster().await?.by_id(id) {
                    Some(_) => Err(error.into()),
                    None => Ok(None),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Changes a user: everything that `change` leaves alone is sent back as it was read. With a revision the client
    /// saw, a user that has another one by now is left as it is. Answers what could be edited, as it was read.
    pub async fn change_user<E: From<ChangeError> + From<Stale>>(
        &self,
        id: UserId,
        seen: Option<&str>,
        change: impl FnOnce(&mut User) -> Result<UpdateUser, E>,
    ) -> Result<User, E> {
        let turn = self.turn(Noun::User, id.0).await.map_err(ChangeError::from)?;
        let user = self.user_now(id).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
        if seen.is_some_and(|seen| seen != revision(&user)) {
            return Err(Stale.into());
        }
        let dialect = &self.portal_settings().dialect;
        let before = user.editable(dialect.sends_unknown_user_fields);
        let mut after = before.clone();
        let operation = change(&mut after)?;
        clear(&before, &mut after, dialect.cleared_field);
        let operation = UpdateUser { basic_user_info: Some(Arc::new(after)), ..operation };
        self.write_holding(operation, turn).await.map_err(ChangeError::Write)?;
        Ok(before)
    }
}
