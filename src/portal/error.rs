//! `PortalError`: why a call of the portal failed, by cause, with the operation. Cheap to clone: one failure reaches
//! many fields. It never holds a body, a host or a secret.

use std::sync::Arc;
use std::time::Duration;

use crate::upstream::{Failure, Reach};

/// Why a call of the portal failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    /// The portal understood and said no: `code` was not 0.
    #[error("the portal refused {operation}{}", .code_message.as_deref().map(|text| format!(" with {text}")).unwrap_or_default())]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The portal's constant, where it sent one.
        code_message: Option<Arc<str>>,
    },
    /// The portal no longer knows the session: 401, a redirect, or its login page instead of an answer.
    #[error("the portal session behind {operation} has ended")]
    SessionEnded {
        /// The operation.
        operation: &'static str,
    },
    /// Nothing was answered: no connection, a reset, or a gateway in between that found nobody.
    #[error("the portal could not be reached for {operation}: {reason}")]
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
    #[error("the portal has not been reached by the last calls, and is tried again in {} ms", .retry_after.as_millis())]
    Unavailable {
        /// The operation.
        operation: &'static str,
        /// When it is tried again.
        retry_after: Duration,
    },
    /// No answer came in time.
    #[error("the portal did not answer {operation} within {} ms", .after.as_millis())]
    TimedOut {
        /// The operation.
        operation: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The portal asks to be left alone for a while: 429, or 503 with Retry-After.
    #[error("the portal is overloaded and turned {operation} away")]
    Overloaded {
        /// The operation.
        operation: &'static str,
        /// How long it asks to wait, or how long it will take until there is room.
        retry_after: Option<Duration>,
        /// Whether everybody is to wait (503), and not only whoever was turned away (429).
        is_for_all: bool,
    },
    /// Something came back that is not an answer of this operation.
    #[error("the portal's answer to {operation} could not be understood: {reason}")]
    Unintelligible {
        /// The operation.
        operation: &'static str,
        /// What was wrong with it; names fields, never values.
        reason: Arc<str>,
    },
    /// The portal answered with an HTTP status that means failure.
    #[error("the portal answered {operation} with HTTP status {status}")]
    Status {
        /// The operation.
        operation: &'static str,
        /// The status.
        status: u16,
    },
    /// The operation needs a setting that is empty.
    #[error("{operation} needs the setting {setting}, which is empty")]
    NotConfigured {
        /// The operation.
        operation: &'static str,
        /// The setting's dotted name.
        setting: &'static str,
    },
    /// The portal's spelling of a dangerous field is uncertain, and the operator has not confirmed it.
    #[error("{operation} is refused until the setting {setting} confirms how the portal spells its flag")]
    Unconfirmed {
        /// The operation.
        operation: &'static str,
        /// The setting's dotted name.
        setting: &'static str,
    },
}

impl PortalError {
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
            | Self::Status { operation, .. }
            | Self::NotConfigured { operation, .. }
            | Self::Unconfirmed { operation, .. } => operation,
        }
    }
}

impl Failure for PortalError {
    fn word(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::SessionEnded { .. } => "session_ended",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timeout",
            Self::Overloaded { .. } => "overloaded",
            Self::Unintelligible { .. } => "unintelligible",
            Self::Status { .. } => "status",
            Self::Unavailable { .. } | Self::NotConfigured { .. } | Self::Unconfirmed { .. } => "not_sent",
        }
    }

    fn ends_session(&self) -> bool {
        matches!(self, Self::SessionEnded { .. })
    }

    fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// What the portal refused, turned away or answered with 4xx it has not done; of a lost or unreadable answer nobody
    /// knows.
    fn leaves_outcome_unknown(&self) -> bool {
        match self {
            Self::Unreachable { was_sent, .. } => *was_sent,
            Self::Status { status, .. } => *status >= 500,
            Self::TimedOut { .. } | Self::Unintelligible { .. } => true,
            Self::Refused { .. }
            | Self::SessionEnded { .. }
            | Self::Overloaded { .. }
            | Self::Unavailable { .. }
            | Self::NotConfigured { .. }
            | Self::Unconfirmed { .. } => false,
        }
    }

    fn reach(&self) -> Reach {
        match self {
            Self::Status { status: 500.., .. } => Reach::Failed,
            Self::Unreachable { has_begun, .. } => Reach::Lost { is_unanswered: !has_begun },
            // It may still be at it: asking again would be asking twice at once.
            Self::TimedOut { .. } => Reach::Lost { is_unanswered: false },
            Self::Overloaded { retry_after, is_for_all, .. } => {
                Reach::TurnedAway { retry_after: *retry_after, is_for_all: *is_for_all }
            }
            Self::Refused { .. }
            | Self::SessionEnded { .. }
            | Self::Unintelligible { .. }
            | Self::Status { .. } => Reach::Answered,
            Self::Unavailable { .. } | Self::NotConfigured { .. } | Self::Unconfirmed { .. } => {
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
