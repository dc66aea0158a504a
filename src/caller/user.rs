//! Changing one user: read as it is now, changed, and written whole, in a turn of its own.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::change::ChangeError;
use super::reader::{CallerError, Reader};
use crate::portal::user::{GetUserByIdProgram, UpdateUser, UpdateUserReply, User};
use crate::portal::{Noun, PortalError, UserId};

/// What a user's editable fields are, in a word; another word once one of them has changed.
#[must_use]
pub fn revision(user: &User) -> String {
    let fields = serde_json::to_vec(&user.editable(false)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(&Sha256::digest(fields)[..12])
}

fn question(id: UserId) -> GetUserByIdProgram {
    GetUserByIdProgram { search_id: Some(id), ..GetUserByIdProgram::default() }
}

impl Reader {
    /// The revision of a user, by the same call that a change begins with; `None` if there is no such user.
    pub async fn user_revision(&self, id: UserId) -> Result<Option<String>, CallerError> {
        Ok(self.user(id).await?.map(|user| revision(&user)))
    }

    /// A user as the portal has it now; `None` if there is no such user.
    pub async fn user_now(&self, id: UserId) -> Result<Option<Arc<User>>, CallerError> {
        match self.read_anew(question(id)).await {
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
    /// saw, a user that has another one by now is left as it is.
    pub async fn change_user<E: From<ChangeError>>(
        &self,
        id: UserId,
        seen: Option<&str>,
        change: impl FnOnce(&mut User) -> Result<UpdateUser, E>,
    ) -> Result<UpdateUserReply, E> {
        let turn = self.turn(Noun::User, id.0).await.map_err(ChangeError::from)?;
        let user = self.user_now(id).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
        if seen.is_some_and(|seen| seen != revision(&user)) {
            return Err(ChangeError::Stale.into());
        }
        let mut user = user.editable(self.portal_settings().dialect.sends_unknown_user_fields);
        let operation = change(&mut user)?;
        let operation = UpdateUser { basic_user_info: Some(Arc::new(user)), ..operation };
        Ok(self.write_holding(operation, turn).await.map_err(ChangeError::Write)?)
    }
}
