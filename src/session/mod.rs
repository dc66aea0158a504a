//! Gateway sessions and the portal sessions behind them: each client's session stands for one session of the portal.

mod identity;
mod sign_in;
mod store;
mod token;

pub use identity::{Identity, Principal, Upstream};
pub use sign_in::{SignIn, SignInError};
pub use store::Sessions;
pub use token::{SessionId, Token};

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::portal::auth::{LoginReply, Tenant};
use crate::portal::{Credentials, Secret};

/// One client's session: who it is at the portal, and what proves it there.
#[derive(Debug)]
pub struct Session {
    /// Names the session; derived from its token, which is not kept.
    pub id: SessionId,
    /// The login name as the person typed it.
    pub login_name: String,
    /// Where signing in has come to.
    pub stage: Stage,
    /// What the portal said at login or tenant selection; its token is taken out.
    pub profile: Arc<LoginReply>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Calls of this session that may still be started; servlets answer one session's calls one by one.
    pub calls: Arc<Semaphore>,
    /// When the portal last answered this session, in epoch seconds: its idle clock runs from there.
    heard_at: AtomicI64,
    credentials: Credentials,
}

/// Where signing in has come to.
#[derive(Clone, Debug)]
pub enum Stage {
    /// A tenant must be selected from these before anything can be read.
    TenantSelection(Vec<Arc<Tenant>>),
    /// In a tenant.
    SignedIn {
        /// Whose answers these are.
        identity: Identity,
        /// The tenant.
        tenant: Arc<Tenant>,
    },
}

impl Session {
    /// What signs this session's calls.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The tenants to select from, while one must be selected.
    #[must_use]
    pub fn tenants_to_select(&self) -> Option<&[Arc<Tenant>]> {
        match &self.stage {
            Stage::TenantSelection(tenants) => Some(tenants),
            Stage::SignedIn { .. } => None,
        }
    }

    /// Notes that the portal answered this session just now.
    pub fn hear(&self) {
        self.heard_at.store(Timestamp::now().as_second(), Ordering::Relaxed);
    }

    /// When the session ends if the portal is not asked again: its own idle clock does not see kept answers.
    #[must_use]
    pub fn idle_expires_at(&self, idle_minutes: u64) -> Timestamp {
        let heard_at =
            Timestamp::from_second(self.heard_at.load(Ordering::Relaxed)).unwrap_or(self.created_at);
        let idle = SignedDuration::from_mins(i64::try_from(idle_minutes).unwrap_or(30));
        (heard_at + idle).min(self.expires_at)
    }

    /// Whose answers this session reads; `None` until a tenant is selected.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        match &self.stage {
            Stage::SignedIn { identity, .. } => Some(identity),
            Stage::TenantSelection(_) => None,
        }
    }

    /// The tenant, once there is one.
    #[must_use]
    pub fn tenant(&self) -> Option<&Arc<Tenant>> {
        match &self.stage {
            Stage::SignedIn { tenant, .. } => Some(tenant),
            Stage::TenantSelection(_) => None,
        }
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
