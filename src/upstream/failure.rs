//! `Failure`: what the floors above must know of why a call failed, whichever upstream it was.

use std::time::Duration;

/// What a failed call says of the server that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It answered, if only to say no.
    Answered,
    /// It answered that it has failed, of which nobody knows whether it is its own fault or the question's.
    Failed,
    /// It asks to be left alone for a while.
    TurnedAway {
        /// For how long, if it says so.
        retry_after: Option<Duration>,
        /// Whether it asks everybody (503), and not only whoever was turned away (429).
        is_for_all: bool,
    },
    /// Nobody answered.
    Lost {
        /// Whether it is known that no answer had begun: a read may be asked again then.
        is_unanswered: bool,
    },
    /// It was not asked.
    NotAsked,
}

/// Why a call failed. Cheap to clone: one failure reaches many fields. It never holds a body, a host or a secret.
pub trait Failure: std::error::Error + Clone + Send + Sync + 'static {
    /// The cause in a word, for traces.
    fn word(&self) -> &'static str;

    /// Whether the upstream no longer knows the session.
    fn ends_session(&self) -> bool;

    /// Whether the upstream understood and said no, which shows that the session behind the call is alive.
    fn is_refusal(&self) -> bool;

    /// Whether what was asked may have been done although no answer says so.
    fn leaves_outcome_unknown(&self) -> bool;

    /// What it says of the server.
    fn reach(&self) -> Reach;

    /// There is no room for the call, and not before so long if that is known; it was not sent.
    fn no_room(operation: &'static str, retry_after: Option<Duration>) -> Self;

    /// The server has not been reached by the last calls, and is tried again after so long; this one was not sent.
    fn unavailable(operation: &'static str, retry_after: Duration) -> Self;

    /// Waiting for the answer was interrupted, by a defect of the gateway.
    fn interrupted(operation: &'static str) -> Self;
}
