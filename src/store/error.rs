//! `StoreError`: why the store that replicas share was of no use.

/// Why the store was of no use. Neither its address nor anything in it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It could not be reached, or not in time; what was sent may have been carried out.
    #[error("the store that replicas share cannot be reached")]
    Unreachable,
    /// It answered what cannot be: it is no Redis, or too old a one, or its user may not do what is needed.
    #[error("the store that replicas share refuses a command ({0})")]
    Refused(&'static str),
    /// The operating system gave no random numbers.
    #[error("no random numbers could be had")]
    NoRandomness,
}
