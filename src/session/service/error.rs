//! `ServiceError`: why a service account has no session now, and when it is worth asking again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::session::SignInError;

/// Why a service account has no session now.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the service account {account} is not signed in: {cause}")]
pub struct ServiceError {
    /// The account, as the configuration names it.
    pub account: Arc<str>,
    /// What went wrong.
    pub cause: Cause,
    /// Until when it is not tried again, unless the password changes.
    pub(super) until: Instant,
}

/// What went wrong when a service account signed in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Cause {
    /// The upstream refused, or could not be asked.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The password must be changed at the portal first.
    #[error("its password must be changed at the portal first")]
    PasswordMustChange,
    /// It has several tenants and names none or more than one of them, or is in another one than it names.
    #[error("its tenant is none, or more than one, that the portal offers it")]
    NoSuchTenant,
    /// The file or the variable with the password cannot be read.
    #[error("its password cannot be read")]
    NoPassword,
    /// The upstream lets it in and ends the session at once, again and again.
    #[error("its sessions are ended as soon as they are opened")]
    EndsAtOnce,
    /// Another replica was not let in, and says why; this one leaves the account alone as well.
    #[error("{0}")]
    Elsewhere(Arc<str>),
    /// The gateway is stopping, or has a defect.
    #[error("signing in was interrupted")]
    Interrupted,
}

impl ServiceError {
    /// How long to wait before asking again.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now()).max(Duration::from_secs(1))
    }
}
