//! `IcwsError`: why a call of ICWS failed, by cause, with the operation. It never holds a body, a host or a secret.

use std::sync::Arc;
use std::time::Duration;

use super::problem::Problem;
use crate::upstream::{Failure, Reach};

/// Why a call of ICWS failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IcwsError {
    /// ICWS answered with a status that means no; of one from 500 on nobody knows whether it was done all the same.
    #[error("ICWS refused {operation} with HTTP status {status}{}", .error_id.as_deref().map(|id| format!(" and {id}")).unwrap_or_default())]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The error's id, where ICWS sent one.
        error_id: Option<Arc<str>>,
        /// What ICWS said was wrong, as far as it was typed.
        problem: Arc<Problem>,
    },
    /// ICWS no longer knows the session: 401.
    #[error("the ICWS session behind {operation} has ended")]
    SessionEnded {
        /// The operation.
        operation: &'static str,
    },
    /// Nothing was answered: no connection, a reset, or a server that takes no calls.
    #[error("ICWS could not be reached for {operation}: {reason}")]
    Unreachable {
        /// The operation.
        operation: &'static str,
        /// What went wrong, in words.
        reason: &'static str,
        /// Whether the call may have arrived all the same.
        was_sent: bool,
        /// Whether an answer had begun when the connection broke.
        has_begun: bool,
    },
    /// The last calls have not reached it, so that this one was not sent.
    #[error("ICWS has not been reached by the last calls, and is tried again in {} ms", .retry_after.as_millis())]
    Unavailable {
        /// The operation.
        operation: &'static str,
        /// When it is tried again.
        retry_after: Duration,
    },
    /// No answer came in time.
    #[error("ICWS did not answer {operation} within {} ms", .after.as_millis())]
    TimedOut {
        /// The operation.
        operation: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// ICWS asks to be left alone for a while: 429, or 503 with Retry-After.
    #[error("ICWS is overloaded and turned {operation} away")]
    Overloaded {
        /// The operation.
        operation: &'static str,
        /// How long it asks to wait, or how long it will take until there is room.
        retry_after: Option<Duration>,
        /// Whether everybody is to wait (503), and not only whoever was turned away (429).
        is_for_all: bool,
    },
    /// Something came back that is not an answer of this operation.
    #[error("the answer of ICWS to {operation} could not be understood: {reason}")]
    Unintelligible {
        /// The operation.
        operation: &'static str,
        /// What was wrong with it; names fields, never values.
        reason: Arc<str>,
    },
    /// This release of ICWS no longer has the operation: 410.
    #[error("ICWS has removed {operation}")]
    Removed {
        /// The operation.
        operation: &'static str,
    },
    /// The operation needs a setting that is empty.
    #[error("{operation} needs the setting {setting}, which is empty")]
    NotConfigured {
        /// The operation.
        operation: &'static str,
        /// The setting's dotted name.
        setting: &'static str,
    },
    /// What was asked cannot be put into a request; nothing was sent.
    #[error("{operation} cannot be sent: {reason}")]
    Unsendable {
        /// The operation.
        operation: &'static str,
        /// What stands in the way, in words.
        reason: &'static str,
    },
}

impl IcwsError {
    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Refused { operation, .. }
            | Self::SessionEnded { operation }
            | Self::Unreachable { operation, .. }
            | Self::Unavailable { operation, .. }
            | Self::TimedOut { operation, .. }
            | Self::Overloaded { operation, .. }
            | Self::Unintelligible { operation, .. }
            | Self::Removed { operation }
            | Self::NotConfigured { operation, .. }
            | Self::Unsendable { operation, .. } => operation,
        }
    }

    /// The id of the error, where ICWS sent one.
    #[must_use]
    pub fn error_id(&self) -> Option<&str> {
        match self {
            Self::Refused { error_id, .. } => error_id.as_deref(),
            _ => None,
        }
    }
}

impl Failure for IcwsError {
    fn word(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::SessionEnded { .. } => "session_ended",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timeout",
            Self::Overloaded { .. } => "overloaded",
            Self::Unintelligible { .. } => "unintelligible",
            Self::Removed { .. } => "removed",
            Self::Unavailable { .. } | Self::NotConfigured { .. } | Self::Unsendable { .. } => "not_sent",
        }
    }

    fn ends_session(&self) -> bool {
        matches!(self, Self::SessionEnded { .. })
    }

    /// A server that failed has understood nothing.
    fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status < 500,
            Self::Removed { .. } => true,
            _ => false,
        }
    }

    /// What ICWS refused or turned away it has not done; of a failure (`error.request.timeout` is one) and of a lost or
    /// unreadable answer nobody knows.
    fn leaves_outcome_unknown(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status >= 500,
            Self::Unreachable { was_sent, .. } => *was_sent,
            Self::TimedOut { .. } | Self::Unintelligible { .. } => true,
            Self::SessionEnded { .. }
            | Self::Overloaded { .. }
            | Self::Unavailable { .. }
            | Self::Removed { .. }
            | Self::NotConfigured { .. }
            | Self::Unsendable { .. } => false,
        }
    }

    fn reach(&self) -> Reach {
        match self {
            Self::Refused { status: 500.., .. } => Reach::Failed,
            Self::Unreachable { has_begun, .. } => Reach::Lost { is_unanswered: !has_begun },
            // It may still be at it: asking again would be asking twice at once.
            Self::TimedOut { .. } => Reach::Lost { is_unanswered: false },
            Self::Overloaded { retry_after, is_for_all, .. } => {
                Reach::TurnedAway { retry_after: *retry_after, is_for_all: *is_for_all }
            }
            Self::Refused { .. }
            | Self::SessionEnded { .. }
            | Self::Unintelligible { .. }
            | Self::Removed { .. } => Reach::Answered,
            Self::Unavailable { .. } | Self::NotConfigured { .. } | Self::Unsendable { .. } => {
                Reach::NotAsked
            }
        }
    }

    fn no_room(operation: &'static str, retry_after: Option<Duration>) -> Self {
        Self::Overloaded { operation, retry_after, is_for_all: false }
    }

    fn unavailable(operation: &'static str, retry_after: Duration) -> Self {
        Self::Unavailable { operation, retry_after }
    }

    fn interrupted(operation: &'static str) -> Self {
        Self::Unintelligible { operation, reason: "waiting for it was interrupted".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> IcwsError {
        let error_id = Some("error.request.timeout".into());
        IcwsError::Refused { operation: "createRole", status, error_id, problem: Arc::default() }
    }

    #[test]
    fn a_server_that_failed_has_not_refused() {
        assert!(refused(400).is_refusal() && !refused(400).leaves_outcome_unknown());
        assert!(!refused(500).is_refusal() && refused(500).leaves_outcome_unknown());
        assert_eq!(
            refused(500).to_string(),
            "ICWS refused createRole with HTTP status 500 and error.request.timeout"
        );
    }

    #[test]
    fn what_was_not_sent_was_not_done() {
        let unsendable = IcwsError::Unsendable { operation: "createRole", reason: "it is too large" };
        let turned_away = IcwsError::no_room("createRole", None);
        let ended = IcwsError::SessionEnded { operation: "createRole" };
        for error in [&unsendable, &turned_away, &ended] {
            assert!(!error.leaves_outcome_unknown() && !error.is_refusal(), "{error}");
        }
        assert!(ended.ends_session() && !turned_away.ends_session());
        assert!(IcwsError::interrupted("createRole").leaves_outcome_unknown());
    }
}
