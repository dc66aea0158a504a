//! `Arrival`: somebody at the door, and the session behind what they show.

use std::sync::Arc;

use super::context::Gateway;
use crate::session::{ClientAddress, ServiceAccount, ServiceError, Session, Token, Whose};
use crate::store::StoreError;

/// Somebody at the door: the session behind the token they show, before anything is done with it.
#[derive(Clone)]
pub struct Arrival {
    pub(super) session: Option<Arc<Session>>,
    /// The service account whose session it is.
    pub(super) account: Option<Arc<ServiceAccount>>,
    /// Whether the token is to be left with its client although it opens nothing; so is none at all.
    pub(super) is_token_left: bool,
    pub(super) from: ClientAddress,
}

impl Gateway {
    /// Finds the session of a request that presents this token, or none. Fails if the store that replicas share is gone and
    /// this replica does not know the session.
    pub async fn arrival(&self, token: Option<&str>, from: ClientAddress) -> Result<Arrival, StoreError> {
        let nobody = |is_token_left| Arrival { session: None, account: None, is_token_left, from };
        let Some(token) = token else { return Ok(nobody(true)) };
        let Some(token) = Token::parse(token) else { return Ok(nobody(false)) };
        let session = self.sessions.find(&token).await?;
        // Taking back the token of a replaced session could reach the browser after the new one has.
        let is_token_left = session.is_none() && self.sessions.was_replaced(&token);
        Ok(Arrival { session, account: None, is_token_left, from })
    }

    /// Comes in by a service account, which is signed in now if it is not.
    pub async fn arrival_of(
        &self,
        account: &Arc<ServiceAccount>,
        from: ClientAddress,
    ) -> Result<Arrival, ServiceError> {
        if let Some(store) = &self.store {
            store.begin().await;
        }
        let session = Some(account.session().await?);
        Ok(Arrival { session, account: Some(account.clone()), is_token_left: true, from })
    }
}

impl Arrival {
    /// Whether a session stands behind the request.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_signed_in())
    }

    /// Whether the operator means them by this name: a service account's, or else what one signs in to the portal with.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        if let Some(account) = &self.account {
            return account.name() == name;
        }
        let portal = self.session.as_ref().and_then(|session| session.portal.as_ref());
        // As the portal itself, which knows a login name in any case; one with an @ is no service account's.
        portal.is_some_and(|portal| {
            name.contains('@') && portal.login_name.to_lowercase() == name.to_lowercase()
        })
    }

    /// Whose answers theirs are; `None` if they can read nothing.
    #[must_use]
    pub fn whose(&self) -> Option<Whose> {
        self.session.as_ref()?.whose()
    }

    /// The session, whatever can be read with it.
    #[must_use]
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }
}
