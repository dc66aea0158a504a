//! `Failure`: what the floors above must know of why a call failed, whichever upstream it was.

/// Why a call failed. Cheap to clone: one failure reaches many fields. It never holds a body, a host or a secret.
pub trait Failure: std::error::Error + Clone + Send + Sync + 'static {
    /// Whether the upstream no longer knows the session.
    fn ends_session(&self) -> bool;

    /// Whether the upstream understood and said no, which shows that the session behind the call is alive.
    fn is_refusal(&self) -> bool;

    /// Whether what was asked may have been done although no answer says so.
    fn leaves_outcome_unknown(&self) -> bool;

    /// There was no room for the call in time; it was not sent.
    fn no_room(operation: &'static str) -> Self;

    /// Waiting for the answer was interrupted, by a defect of the gateway.
    fn interrupted(operation: &'static str) -> Self;
}
