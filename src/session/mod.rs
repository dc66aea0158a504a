//! Gateway sessions and what stands behind them: each client's session holds one session of the portal, one of ICWS, or
//! both, and each of them ends on its own. Service accounts hold one session each, for all who show one of their tokens.

mod at_icws;
mod at_portal;
mod client_address;
mod entrance;
mod identity;
mod login_throttle;
mod own;
mod particulars;
mod record;
mod service;
mod shared;
mod shelf;
mod sign_in;
mod standing;
mod store;
mod token;
mod whose;

pub use at_icws::IcwsSession;
pub use at_portal::{PortalSession, Stage};
pub use client_address::ClientAddress;
pub use entrance::Entrance;
pub use identity::{Identity, Principal, Realm};
pub use login_throttle::{LoginThrottle, LoginTry};
pub use particulars::Particulars;
pub use service::{Cause, ServiceAccount, ServiceAccounts, ServiceError, TokenHash, new_service_token};
pub use sign_in::{SignIn, SignInError};
pub use standing::{Held, Standing, System};
pub use store::Sessions;
pub use token::{SessionId, Token};
pub use whose::Whose;

use std::sync::Arc;

use jiff::Timestamp;

use crate::upstream::Secret;

/// One client's session: who it is at each upstream, and what proves it there.
#[derive(Clone, Debug)]
pub struct Session {
    /// Names the session; derived from its token, which is not kept.
    pub id: SessionId,
    /// What its owner is told of it.
    pub particulars: Arc<Particulars>,
    /// The session at the portal.
    pub portal: Option<Arc<PortalSession>>,
    /// The session at ICWS.
    pub icws: Option<Arc<IcwsSession>>,
}

impl Session {
    /// Whether anything can be read with it.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.icws.is_some() || self.portal.as_ref().is_some_and(|portal| portal.identity.is_some())
    }

    /// Whether it holds a session of an upstream, or of any.
    #[must_use]
    pub fn holds(&self, only: Option<System>) -> bool {
        match only {
            Some(System::Portal) => self.portal.is_some(),
            Some(System::Icws) => self.icws.is_some(),
            None => !self.is_empty(),
        }
    }

    /// The same session without what it holds of an upstream, or without anything.
    #[must_use]
    pub fn without(&self, only: Option<System>) -> Self {
        let leaves = |system| only.is_none_or(|only| only == system);
        Self {
            id: self.id,
            particulars: self.particulars.clone(),
            portal: self.portal.clone().filter(|_| !leaves(System::Portal)),
            icws: self.icws.clone().filter(|_| !leaves(System::Icws)),
        }
    }

    /// The same session with nothing but what it holds of one upstream.
    #[must_use]
    pub fn only(&self, system: System) -> Self {
        match system {
            System::Portal => self.without(Some(System::Icws)),
            System::Icws => self.without(Some(System::Portal)),
        }
    }

    /// When the latest of what it holds was opened.
    pub(crate) fn began(&self) -> Option<Timestamp> {
        let portal = self.portal.as_ref().map(|portal| portal.created_at);
        portal.max(self.icws.as_ref().map(|icws| icws.created_at))
    }

    /// Whether it holds no session at all, and so opens nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.portal.is_none() && self.icws.is_none()
    }
}

/// What a sign-in hands to the client: the token it will come back with.
#[derive(Debug)]
pub struct Issued {
    /// Goes into the cookie or to the bearer; nobody else sees it.
    pub token: Secret,
    /// The session it opens.
    pub session: Arc<Session>,
}
