//! `CallerError`: why something could not be read or written, whichever upstream was asked.

use std::sync::Arc;

use super::deadline::Deadline;
use crate::icws::IcwsError;
use crate::portal::PortalError;
use crate::session::{ServiceError, System};
use crate::store::StoreError;
use crate::upstream::{Failure as _, Reach};

/// Why something could not be read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallerError {
    /// The call of the portal failed.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The call of ICWS failed.
    #[error(transparent)]
    Icws(#[from] IcwsError),
    /// The call was a write, and nobody knows whether the upstream carried it out.
    #[error("whether it was carried out is not known: {0}")]
    OutcomeUnknown(Arc<CallerError>),
    /// The request was over before this write was sent: it was not.
    #[error("the request was over before this was sent")]
    TooLate,
    /// The portal's answer was not there in time for the request's; others may still wait for it.
    #[error("{operation} was not answered within {deadline}")]
    OutOfTime {
        /// What was asked.
        operation: &'static str,
        /// What it was too late for.
        deadline: Deadline,
    },
    /// Somebody else's change of the same record did not end in time.
    #[error("the record is being changed by somebody else")]
    Busy,
    /// The gateway session holds no session of the upstream that would have to be asked.
    #[error("nobody is signed in there")]
    NotSignedIn(System),
    /// The store that replicas share is gone: a change was not sent, because the others could not be told of it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A service account has no session now.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A service account's session had ended when a write met it: it was not carried out, and is not sent again.
    #[error("the service account's session had ended, and the write was not carried out")]
    ServiceSessionEnded,
    /// The portal session has no tenant yet.
    #[error("a tenant must be selected first")]
    NoTenant,
    /// The request has made as many calls as it may; this one was not made.
    #[error("the request has made all {allowed} calls it may make")]
    TooManyCalls {
        /// How many that is.
        allowed: usize,
    },
    /// There are as many subscriptions as there may be.
    #[error("{setting} allows {allowed} subscriptions")]
    TooManySubscriptions {
        /// How many that is.
        allowed: usize,
        /// What says so.
        setting: &'static str,
    },
}

impl CallerError {
    /// Whether the upstream no longer knows the session.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        match self {
            Self::Portal(error) => error.ends_session(),
            Self::Icws(error) => error.ends_session(),
            Self::OutcomeUnknown(error) => error.ends_session(),
            Self::TooLate
            | Self::OutOfTime { .. }
            | Self::Busy
            | Self::NotSignedIn(_)
            | Self::NoTenant
            | Self::TooManyCalls { .. }
            | Self::TooManySubscriptions { .. }
            | Self::Store(_)
            | Self::Service(_)
            | Self::ServiceSessionEnded => false,
        }
    }

    /// Whether it is known that no answer had begun, so that a read may be put once more.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        let reach = match self {
            Self::Portal(error) => error.reach(),
            Self::Icws(error) => error.reach(),
            _ => return false,
        };
        reach == Reach::Lost { is_unanswered: true }
    }

    /// Whether the upstream said no, in its own words or by an HTTP status, rather than failed.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Portal(PortalError::Status { status, .. }) => (400..500).contains(status),
            Self::Portal(error) => error.is_refusal(),
            Self::Icws(error) => error.is_refusal(),
            Self::OutcomeUnknown(_)
            | Self::TooLate
            | Self::OutOfTime { .. }
            | Self::Busy
            | Self::NotSignedIn(_)
            | Self::NoTenant
            | Self::TooManyCalls { .. }
            | Self::TooManySubscriptions { .. }
            | Self::Store(_)
            | Self::Service(_)
            | Self::ServiceSessionEnded => false,
        }
    }

    /// Whether it is about the way to the upstream alone, so that what was known before may still be so.
    #[must_use]
    pub fn says_nothing_of_data(&self) -> bool {
        match self {
            Self::Portal(error) => matches!(
                error,
                PortalError::Unreachable { .. }
                    | PortalError::Unavailable { .. }
                    | PortalError::TimedOut { .. }
                    | PortalError::Overloaded { .. }
                    | PortalError::Unintelligible { .. }
                    | PortalError::Status { status: 500.., .. }
            ),
            Self::Icws(error) => matches!(
                error,
                IcwsError::Unreachable { .. }
                    | IcwsError::Unavailable { .. }
                    | IcwsError::TimedOut { .. }
                    | IcwsError::Overloaded { .. }
                    | IcwsError::Unintelligible { .. }
                    | IcwsError::Refused { status: 500.., .. }
            ),
            Self::OutOfTime { .. } => true,
            Self::OutcomeUnknown(_)
            | Self::TooLate
            | Self::Busy
            | Self::NotSignedIn(_)
            | Self::NoTenant
            | Self::TooManyCalls { .. }
            | Self::TooManySubscriptions { .. }
            | Self::Store(_)
            | Self::Service(_)
            | Self::ServiceSessionEnded => false,
        }
    }

    /// The same failure of a write: one that may have been carried out says so.
    #[must_use]
    pub fn of_write(self) -> Self {
        let is_unknown = match &self {
            Self::Portal(error) => error.leaves_outcome_unknown(),
            Self::Icws(error) => error.leaves_outcome_unknown(),
            Self::OutcomeUnknown(_)
            | Self::TooLate
            | Self::OutOfTime { .. }
            | Self::Busy
            | Self::NotSignedIn(_)
            | Self::NoTenant
            | Self::TooManyCalls { .. }
            | Self::TooManySubscriptions { .. }
            | Self::Store(_)
            | Self::Service(_)
            | Self::ServiceSessionEnded => false,
        };
        if is_unknown { Self::OutcomeUnknown(Arc::new(self)) } else { self }
    }
}
